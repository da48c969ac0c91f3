"""The state survives: a window that is killed without warning goes on where it was at its next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import tiny_model_folder
from tests.sound_files import sweep, write_sound
from visualizer.gui.settings import Settings, SettingsFile

WAIT_S = 60.0
RUN_S = 5


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    return [write_sound(tmp_path / f"{name}.wav", sweep(120, 8000), 8000) for name in ("first", "second")]


def command(config: Path, *more: str) -> tuple[list[str], dict[str, str]]:
    words = [sys.executable, "-m", "visualizer", "play", "--silent", *more]
    return words, os.environ | {"MVNET_CONFIG": str(config), "MVNET_CANVAS": "raster", "OMP_NUM_THREADS": "1"}


def kept(config: Path) -> Settings:
    return SettingsFile(config / "settings.ini").load()


def kill_after(config: Path, seconds: float, *more: str) -> Settings:
    """Start the window, kill it without warning when it has noted so much of the piece; what it had noted."""
    words, environment = command(config, *more)
    with subprocess.Popen(words, env=environment) as running:
        deadline = time.monotonic() + WAIT_S
        try:
            while kept(config).position_s < seconds:
                assert running.poll() is None
                assert time.monotonic() < deadline, "the place in the piece was never noted"
                time.sleep(0.2)
        finally:
            running.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    return kept(config)


def run_again(config: Path, *more: str, seconds: int = 2) -> str:
    """Start it once more for some seconds; what it said."""
    words, environment = command(config, *more, "--seconds", str(seconds))
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert done.returncode == 0
    return done.stderr


def test_killed_while_playing_it_goes_on_there(tmp_path: Path, config: Path, songs: list[Path]) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    knobs = Settings(model=str(model), wildness=0.9, period=3, volume=0.25)
    queue = tuple(map(str, songs))
    SettingsFile(config / "settings.ini").save(replace(knobs, queue=queue, piece=1, position_s=40.0, left=False))
    killed = kill_after(config, 42.0)  # already a start that goes on
    assert not killed.left
    assert killed.queue == queue
    assert (killed.piece, killed.playing) == (1, True)
    assert run_again(config, seconds=RUN_S) == ""
    after = kept(config)
    assert (after.wildness, after.period, after.volume, after.model) == (0.9, 3, 0.25, str(model))
    assert (after.queue, after.piece) == (queue, 1)
    assert killed.position_s < after.position_s <= killed.position_s + RUN_S + 1
    assert after.left


def test_left_in_order_it_waits_where_it_was(tmp_path: Path, config: Path, songs: list[Path]) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    mine = Settings(model=str(model), queue=tuple(map(str, songs)), position_s=40.0, left=True)
    SettingsFile(config / "settings.ini").save(mine)
    assert run_again(config) == ""
    assert (kept(config).position_s, kept(config).playing) == (40.0, False)


def test_safe_mode_takes_up_and_keeps_nothing(config: Path, songs: list[Path]) -> None:
    mine = Settings(queue=tuple(map(str, songs)), position_s=40.0, left=False, volume=0.25, output=True)
    SettingsFile(config / "settings.ini").save(mine)
    assert run_again(config, "--safe-mode") == ""
    assert kept(config) == mine


def test_reset_sets_the_settings_aside(config: Path) -> None:
    SettingsFile(config / "settings.ini").save(Settings(volume=0.25, listening=True, input_name="no such input"))
    assert run_again(config, "--reset") == ""
    assert kept(config).volume == Settings().volume
    assert "0.25" in (config / "settings.damaged.ini").read_text("utf-8")
