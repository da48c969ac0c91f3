"""The command line as a user meets it: real files, a tiny real model, clear sentences and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvnet.periods import PERIODS
from tests.fakes import other_spec, read_card, reseal, tiny_encoder, tiny_model_folder, write_card
from tests.sound_files import FORMATS, cut, tone, write_sound
from visualizer.__main__ import COMMANDS, main
from visualizer.show.options import AppOptions


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny")


def paint(sound: Path, model: Path, tmp_path: Path, *more: str) -> int:
    return main(["paint", str(sound), "-o", str(tmp_path / "picture.png"), "--model", str(model), *more])


def the_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on stderr: one line, no traceback."""
    said = capsys.readouterr().err.strip()
    assert said.startswith("visualizer: ")
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("suffix", [*FORMATS, "aac"])
def test_paints_every_format(suffix: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = write_sound(tmp_path / f"low.{suffix}", tone(3, 48_000, 60), 48_000)
    assert paint(sound, model, tmp_path, "--json", "--size", "0") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["period"] == PERIODS[0]
    assert sum(facts["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (16, 16)
        assert np.ptp(np.asarray(picture)) > 0


def odd_sounds(folder: Path) -> Iterator[Path]:
    yield write_sound(folder / "eight-bit.wav", tone(2, 22_050), 22_050, "PCM_U8")
    yield write_sound(folder / "high-rate.wav", tone(2, 96_000), 96_000, "PCM_24")
    yield write_sound(folder / "six-channels.wav", tone(2, 48_000, channels=6), 48_000)
    yield write_sound(folder / "short.wav", tone(0.05, 48_000), 48_000)
    yield write_sound(folder / "silent.flac", tone(12, 44_100, amplitude=0.0), 44_100)
    yield cut(write_sound(folder / "truncated.mp3", tone(10, 44_100), 44_100), 0.4)


def test_odd_sounds_are_painted(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for sound in odd_sounds(tmp_path):
        assert paint(sound, model, tmp_path) == 0, sound.name
        assert capsys.readouterr().err == "", sound.name


@pytest.mark.parametrize("kind", ["missing", "empty", "folder", "text", "header"])
def test_unusable_sounds_are_one_sentence(
    kind: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / f"{kind}.wav"
    if kind == "folder":
        sound.mkdir()
    elif kind == "text":
        sound.write_text("this is no music\n" * 100)
    elif kind == "empty":
        sound.touch()
    elif kind == "header":
        write_sound(sound, tone(1, 44_100)[:0], 44_100)
    assert paint(sound, model, tmp_path) == 2
    assert f"{kind}.wav" in the_sentence(capsys)
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.parametrize("kind", ["missing", "no card", "no file", "truncated", "mismatched"])
def test_unusable_models_are_one_sentence(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bad"
    if kind != "missing":
        tiny_model_folder(folder)
    if kind == "no card":
        (folder / "model.json").unlink()
    elif kind == "no file":
        (folder / "generator.onnx").unlink()
    elif kind == "truncated":
        cut(folder / "encoder.onnx", 0.5).replace(folder / "encoder.onnx")
    elif kind == "mismatched":
        spec = other_spec(n_mels=96)
        (folder / "encoder.onnx").write_bytes(tiny_encoder(spec).SerializeToString())
        write_card(folder, read_card(folder))
        reseal(folder)
    sound = write_sound(tmp_path / "tone.wav", tone(1, 44_100), 44_100)
    assert paint(sound, folder, tmp_path) == 2
    assert "bad" in the_sentence(capsys)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(command in said for command in COMMANDS)
    for command in COMMANDS:
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        assert command in capsys.readouterr().out


def test_bad_arguments_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["paint"])
    assert "usage" in capsys.readouterr().err
    assert main(["bench", "--rounds", "1"]) == 2
    assert "--rounds 1" in the_sentence(capsys)


def test_an_unknown_period_is_said_before_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--period", "gothic"]) == 2
    assert "'gothic' is not a period" in the_sentence(capsys)


def test_an_unknown_model_is_said_before_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--model", "nope"]) == 2
    assert "There is no model “nope”" in capsys.readouterr().err


def test_a_model_folder_is_remembered_from_wherever_the_next_start_is(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[AppOptions] = []
    monkeypatch.setattr("visualizer.gui.app.run_app", lambda options: given.append(options) or 0)
    monkeypatch.chdir(model.parent)
    assert main(["play", "--model", f"./{model.name}"]) == 0
    assert main(["play", "--model", "mvnet-64"]) == 0
    assert main(["play"]) == 0
    assert [options.model for options in given] == [str(model), "mvnet-64", None]


def test_a_missing_file_is_said_before_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "no-such-song.ogg"]) == 2
    assert "no-such-song.ogg" in the_sentence(capsys)


def test_bench_without_a_window(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualizer.checks.bench.find_spec", lambda name: None)  # as on a machine with the app alone
    assert main(["bench", "--json", "--rounds", "5", "--no-window", "--model", str(model)]) == 0
    figures = json.loads(capsys.readouterr().out)
    for name in ("mel", "encoder", "generator"):
        assert 0 < figures["stages"][name]["median_ms"] <= figures["stages"][name]["p95_ms"]
    assert figures["stages"]["paint"] is None
    assert set(figures["ratios"].values()) == {None}
    assert "librosa" in figures["reasons"]["mel_vs_librosa"]
    assert figures["startup"] == {"window_s": None, "first_painting_s": None}


def test_selftest_says_what_is_there(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--json", "--model", str(model)]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert checks["model"]["ok"]
    assert checks["painting"]["ok"]
    assert main(["selftest", "--model", str(model.parent / "none")]) == 1
    assert "FAIL model" in capsys.readouterr().out


def test_devices_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["devices", "--json"])
    out, err = capsys.readouterr()
    if code == 0:
        assert all({"name", "kind", "channels", "default"} <= set(device) for device in json.loads(out))
    else:
        assert code == 2
        assert "PortAudio" in err


def test_without_the_portaudio_library(model: Path, tmp_path: Path) -> None:
    """A machine without the library: files are painted, `devices` says what to install."""
    program = (
        "import ctypes.util, sys\n"
        "find = ctypes.util.find_library\n"
        "ctypes.util.find_library = lambda name: None if 'portaudio' in name else find(name)\n"
        "sys.modules['_sounddevice_data'] = None\n"
        "from visualizer.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    run = [sys.executable, "-c", program]
    done = subprocess.run([*run, "devices"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PortAudio" in done.stderr
    assert "Traceback" not in done.stderr
    sound = write_sound(tmp_path / "tone.wav", tone(1, 44_100), 44_100)
    arguments = ["paint", str(sound), "-o", str(tmp_path / "x.png"), "--model", str(model)]
    assert subprocess.run([*run, *arguments], capture_output=True, check=False).returncode == 0


def test_names_too_long_for_the_system_are_one_sentence(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "n" * 300
    assert paint(tmp_path / f"{name}.wav", model, tmp_path) == 2
    assert "cannot be opened" in the_sentence(capsys)
    sound = write_sound(tmp_path / "tone.wav", tone(1, 44_100), 44_100)
    assert paint(sound, Path(name), tmp_path) == 2
    assert "There is no model" in the_sentence(capsys)
    assert main(["play", name]) == 2
    assert "does not exist" in the_sentence(capsys)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_a_name_that_is_not_text_is_painted_and_printed(model: Path, tmp_path: Path) -> None:
    plain = write_sound(tmp_path / "tone.wav", tone(1, 44_100), 44_100)
    sound = plain.rename(tmp_path / os.fsdecode(b"caf\xe9.wav"))
    picture = tmp_path / os.fsdecode(b"caf\xe9.png")
    arguments = ["paint", str(sound), "-o", str(picture), "--model", str(model)]
    done = subprocess.run([sys.executable, "-m", "visualizer", *arguments], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    with Image.open(picture) as painted:
        assert painted.info["mvnet:sound"] == "caf?.wav"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e12"])
def test_impossible_running_times_are_one_sentence(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--seconds", seconds]) == 2
    assert "running time" in the_sentence(capsys)


def test_nothing_is_written_but_the_picture(model: Path, tmp_path: Path) -> None:
    """No caches and no identifiers: ONNX Runtime's telemetry would leave one in the home."""
    home = tmp_path / "home"
    home.mkdir()
    sound = write_sound(tmp_path / "tone.wav", tone(1, 44_100), 44_100)
    arguments = ["paint", str(sound), "-o", str(tmp_path / "picture.png"), "--model", str(model)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    environment |= {"HOME": str(home), "USERPROFILE": str(home)}
    subprocess.run([sys.executable, "-m", "visualizer", *arguments], env=environment, check=True, capture_output=True)
    assert (tmp_path / "picture.png").exists()
    assert list(home.rglob("*")) == []
