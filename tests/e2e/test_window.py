"""The real window in a process of its own: a sound file in, changing pictures on a screen out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.fakes import tiny_model_folder
from tests.sound_files import sweep, write_sound
from visualizer.gui.settings_commands import WARNING

SECONDS = 6
FEWEST = 3  # paintings and refreshes: how many more there are is the machine's matter


def run_window(
    tmp_path: Path, *arguments: str, said: str = "", **environment: str
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Run the window for some seconds; its report, and the pictures it dumped. It says nothing else on stderr."""
    report, dump = tmp_path / "report.json", tmp_path / "dump"
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "visualizer", "play", *arguments]
    command += ["--seconds", str(SECONDS), "--report", str(report), "--dump", str(dump)]
    done = subprocess.run(
        command,
        env=os.environ | {"MVNET_CONFIG": str(tmp_path / "config")} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == said
    assert done.returncode == 0
    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in sorted(dump.glob("*.png"))]
    return json.loads(report.read_text("utf-8")), pictures


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model_folder(tmp_path / "tiny")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "song.ogg", sweep(20, 44_100), 44_100)


def test_without_controls_the_picture_has_the_window(tmp_path: Path, model: Path, song: Path) -> None:
    report, pictures = run_window(
        tmp_path, str(song), "--model", str(model), "--raster", "--no-ui", said=f"{WARNING}\n"
    )
    assert report["picture_size"] == report["window_size"]
    assert len({picture.tobytes() for picture in pictures}) > 1


@pytest.mark.parametrize("canvas", ["raster", pytest.param("opengl", marks=pytest.mark.gl)])
def test_a_song_becomes_changing_pictures(canvas: str, tmp_path: Path, model: Path, song: Path) -> None:
    if canvas == "opengl" and "DISPLAY" not in os.environ and sys.platform.startswith("linux"):
        pytest.skip("no display: Qt's offscreen platform has no OpenGL")
    report, pictures = run_window(tmp_path, str(song), "--model", str(model), MVNET_CANVAS=canvas)
    assert report["canvas"] == ("GLCanvas" if canvas == "opengl" else "RasterCanvas")
    assert min(report["paintings"], report["refreshes"]) >= FEWEST
    assert report["unexpected_errors"] == 0
    assert report["window_s_at"] < report["first_painting_s_at"]
    assert len(pictures) >= 3
    middle = [picture[100:-200, 100:-100].astype(int) for picture in pictures]
    assert middle[-1].std() > 5  # a picture, not a flat wall
    assert max(np.abs(one - middle[-1]).max() for one in middle[:-1]) > 0  # and it moves


def test_without_torch_sound_card_or_screen(tmp_path: Path, model: Path, song: Path) -> None:
    blocked = tmp_path / "blocked"
    for name in ("torch", "torchaudio", "librosa"):
        (blocked / name).mkdir(parents=True)
        (blocked / name / "__init__.py").write_text("raise ImportError('blocked by the test')\n")
    report, _ = run_window(
        tmp_path,
        str(song),
        "--model",
        str(model),
        PYTHONPATH=str(blocked),
        PULSE_SERVER="unix:/nonexistent",
        QT_QPA_PLATFORM="offscreen",
    )
    assert report["paintings"] >= FEWEST
    assert report["unexpected_errors"] == 0


def test_bad_files_and_models_leave_the_window_standing(tmp_path: Path, song: Path) -> None:
    text = tmp_path / "text.mp3"
    text.write_text("no music")
    model = tmp_path / "broken"
    model.mkdir()
    (model / "model.json").write_text("no card")
    report, _ = run_window(tmp_path, str(text), "--model", str(model), QT_QPA_PLATFORM="offscreen")
    assert report["unexpected_errors"] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_it_is_one_sentence(song: Path, tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"MVNET_CONFIG": str(tmp_path / "config"), "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "visualizer", "play", str(song), "--seconds", "1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("visualizer: The window cannot be opened (")
    assert len(done.stderr.splitlines()) == 1
