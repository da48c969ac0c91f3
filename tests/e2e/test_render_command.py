"""`visualizer render` as a user meets it: real files in, a real video out, decoded again and looked at."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes import tiny_model_folder
from tests.sound_files import FORMATS, cut, tone, write_sound
from visualizer.__main__ import main
from visualizer.picture.hanging import FITS
from visualizer.rendering.video import part_of

SMALL = ("--size", "128x72", "--quality", "draft", "--raster")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny")


def render(song: Path, video: Path, model: Path, *more: str) -> int:
    return main(["render", str(song), "-o", str(video), "--model", str(model), *SMALL, *more])


def decode(video: Path) -> tuple[np.ndarray, np.ndarray, list[float], np.ndarray]:
    """Images [n, h, w, 3], their luma [n, h, w], their times, and the sound [n, 2] at 48 kHz, which begins at 0."""
    with av.open(str(video)) as file:
        images = list(file.decode(video=0))
    with av.open(str(video)) as file:
        pieces = list(file.decode(audio=0))
        assert pieces[0].time == pytest.approx(0, abs=1e-6)
    sound = np.concatenate([piece.to_ndarray() for piece in pieces], axis=1).T
    times = [float(image.time) for image in images if image.time is not None]
    luma = np.stack([image.to_ndarray(format="gray") for image in images])
    return np.stack([image.to_ndarray(format="rgb24") for image in images]), luma, times, sound


def the_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err.strip()
    assert said.startswith("visualizer: ")
    assert len(said.splitlines()) == 1
    return said


@pytest.mark.parametrize("suffix", [*FORMATS, "aac"])
def test_every_format_with_its_sound(
    suffix: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = write_sound(tmp_path / f"low.{suffix}", tone(1.5, 48_000, 60), 48_000)
    assert render(song, tmp_path / "v.mp4", model, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["period"] == "renaissance"
    assert facts["whole"]
    assert facts["times_real_time"] > 0
    images, luma, times, sound = decode(tmp_path / "v.mp4")
    assert len(images) == facts["images"]
    assert images.shape[1:] == (72, 128, 3)
    assert np.ptp(luma) > 0
    assert times == pytest.approx([number / 30 for number in range(len(times))], abs=1e-4)
    assert len(times) / 30 == pytest.approx(facts["seconds"], abs=1 / 30)
    assert len(sound) / 48_000 == pytest.approx(facts["seconds"], abs=0.03)  # AAC counts in 1,024 samples
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([song.name, "v.mp4"])


def test_the_same_command_gives_the_same_video(model: Path, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", tone(2, 44_100, 200), 44_100)
    hashes = []
    for number, seed in enumerate(("3", "3", "4")):
        video = tmp_path / f"{number}.mp4"
        assert render(song, video, model, "--seed", seed) == 0
        hashes.append(hashlib.sha256(decode(video)[0].tobytes()).hexdigest())
        if number == 1:
            assert video.read_bytes() == (tmp_path / "0.mp4").read_bytes()
    assert hashes[0] == hashes[1] != hashes[2]


def test_picture_and_sound_are_in_time_at_both_ends(model: Path, tmp_path: Path) -> None:
    """Silence and twice a loud second: sound begins within a millisecond, the picture moves within two images."""
    starts, length, rate = (0.8, 4.2), 5.5, 44_100
    rng = np.random.default_rng(0)
    sound = np.zeros((round(length * rate), 2), np.float32)
    for start in starts:
        first = round(start * rate)
        sound[first : first + rate] = rng.uniform(-0.8, 0.8, (rate, 1))
    song = write_sound(tmp_path / "s.wav", sound, rate, "FLOAT")
    assert render(song, tmp_path / "v.mp4", model, "--quality", "good", "--paintings", "30") == 0
    _, luma, times, heard = decode(tmp_path / "v.mp4")
    loud = np.abs(heard).max(axis=1) > 0.1
    moving = np.abs(np.diff(luma.astype(float), axis=0)).mean(axis=(1, 2))
    for start in starts:
        after = round((start - 0.5) * 48_000)
        begun_s = (after + int(np.argmax(loud[after:]))) / 48_000
        assert begun_s == pytest.approx(start, abs=0.002)
        calm = moving[round((start - 0.5) * 30) : round(start * 30) - 2]
        first = round(start * 30) - 2
        moved = first + int(np.argmax(moving[first:] > 2 * calm.max() + 0.1)) + 1
        assert start <= times[moved] <= start + 0.1


def test_flashes_are_allowed_with_a_warning_alone(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = write_sound(tmp_path / "s.wav", tone(1, 8_000), 8_000)
    assert render(song, tmp_path / "v.mp4", model) == 0
    assert "epilepsy" not in capsys.readouterr().err
    assert render(song, tmp_path / "v.mp4", model, "--allow-flashes", "--json") == 0
    out, err = capsys.readouterr()
    assert "epilepsy" in err
    assert json.loads(out)["limited_images"] == 0


def test_the_knobs_change_the_video(model: Path, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", noise(2, 8_000), 8_000)
    videos = []
    for number, more in enumerate(((), ("--speed", "1"), ("--sensitivity", "0"), ("--smoothing", "1"))):
        assert render(song, tmp_path / f"{number}.mp4", model, *more) == 0
        videos.append(decode(tmp_path / f"{number}.mp4")[0].tobytes())
    assert len(set(videos)) == len(videos)


def test_the_fits_change_the_video(model: Path, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", tone(1, 44_100, 200), 44_100)
    sides = {}
    for fit in FITS:
        assert render(song, tmp_path / f"{fit}.mp4", model, "--fit", fit) == 0
        sides[fit] = decode(tmp_path / f"{fit}.mp4")[1][-1][:, :20].astype(float)
    assert sides["fit"].mean() < 40  # the wall
    assert sides["fit"].std() < 4 < sides["fill"].std()
    assert np.abs(sides["fill"] - sides["mirror"]).mean() > 4


def test_a_part_of_a_song(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = write_sound(tmp_path / "s.flac", tone(5, 44_100), 44_100)
    arguments = ("--start", "0:01.5", "--end", "2.25", "--fps", "24", "--period", "baroque", "--json")
    assert render(song, tmp_path / "v.mp4", model, *arguments) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["seconds"], facts["images"], facts["fps"]) == (0.75, 18, 24)


def odd_sounds(folder: Path) -> list[Path]:
    return [
        write_sound(folder / "eight-bit.wav", tone(1, 22_050), 22_050, "PCM_U8"),
        write_sound(folder / "high-rate.wav", tone(1, 96_000), 96_000, "PCM_24"),
        write_sound(folder / "six-channels.wav", tone(1, 48_000, channels=6), 48_000),
        write_sound(folder / "mono.wav", tone(1, 8_000, channels=1), 8_000),
        write_sound(folder / "two-milliseconds.wav", tone(0.002, 48_000), 48_000),
        write_sound(folder / "silent.flac", tone(1, 44_100, amplitude=0.0), 44_100),
        cut(write_sound(folder / "truncated.mp3", tone(5, 44_100), 44_100), 0.4),
    ]


def test_odd_sounds_become_videos(model: Path, tmp_path: Path) -> None:
    for song in odd_sounds(tmp_path):
        assert render(song, tmp_path / "v.mp4", model) == 0, song.name
        images, _, _, sound = decode(tmp_path / "v.mp4")
        assert abs(len(images) / 30 - len(sound) / 48_000) <= 1 / 30 + 1024 / 48_000, song.name


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--size", "big"), "--size big"),
        (("--size", "641x360"), "641x360"),
        (("--fps", "30/0"), "--fps 30/0"),
        (("--fps", "many"), "--fps many"),
        (("--start", "soon"), "--start soon"),
        (("--start", "99"), "1.0 s long"),
        (("--end", "-1"), "end"),
        (("--period", "gothic"), "gothic"),
        (("--wildness", "2"), "wildness"),
        (("--speed", "-1"), "speed"),
        (("--sensitivity", "nan"), "sensitivity"),
        (("--smoothing", "1.5"), "smoothing"),
        (("--quality", "superb"), "superb"),
        (("--fit", "stretch"), "fill, fit, mirror"),
        (("--paintings", "inf"), "paintings"),
        (("--seed", "-3"), "seed"),
        (("--model", "no-such-model"), "no-such-model"),
    ],
)
def test_bad_arguments_are_one_sentence(
    more: tuple[str, str], word: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = write_sound(tmp_path / "s.wav", tone(1, 44_100), 44_100)
    assert render(song, tmp_path / "v.mp4", model, *more) == 2
    assert word in the_sentence(capsys)
    assert list(tmp_path.iterdir()) == [song]


@pytest.mark.parametrize("kind", ["missing song", "text", "no folder", "not mp4", "the song"])
def test_bad_places_are_one_sentence(
    kind: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song, video = write_sound(tmp_path / "s.wav", tone(1, 44_100), 44_100), tmp_path / "v.mp4"
    if kind == "missing song":
        song = tmp_path / "none.wav"
    elif kind == "text":
        song.write_text("this is no music\n" * 100)
    elif kind == "no folder":
        video = tmp_path / "none" / "v.mp4"
    elif kind == "not mp4":
        video = tmp_path / "v.avi"
    else:
        song = song.rename(video)
    assert render(song, video, model) == 2
    assert (song if "song" in kind or kind == "text" else video).name in the_sentence(capsys)


def noise(seconds: int, rate: int) -> np.ndarray:
    """Loud noise, float32 [n, 1]: its AAC soon fills a file."""
    return np.random.default_rng(0).uniform(-0.8, 0.8, (seconds * rate, 1)).astype(np.float32)


def start(song: Path, video: Path, model: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "visualizer", "render", str(song), "-o", str(video), "--model", str(model)]
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    return subprocess.Popen(
        [*command, *SMALL, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("number", "older"), [(signal.SIGINT, False), (signal.SIGTERM, True)])
def test_a_signal_leaves_a_playable_video(number: signal.Signals, older: bool, model: Path, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", noise(120, 8_000), 8_000)
    video = tmp_path / "v.mp4"
    if older:
        video.write_bytes(b"older")
    process = start(song, video, model, "--json")
    for _ in range(3000):  # until images have been written, so that the signal comes in the middle
        if part_of(video).exists() and part_of(video).stat().st_size:
            break
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "interrupted" in err
    assert "Traceback" not in err
    facts = json.loads(out)
    assert not facts["whole"]
    place = part_of(video) if older else video
    assert facts["video"] == str(place)
    images, _, _, sound = decode(place)
    assert 0 < len(images) == facts["images"] < 120 * 30
    assert len(images) / 30 == pytest.approx(len(sound) / 48_000, abs=1 / 30 + 1024 / 48_000)
    if older:
        assert video.read_bytes() == b"older"
    else:
        assert not part_of(video).exists()


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
from visualizer.__main__ import main
from visualizer.picture.hanging import FITS
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits of POSIX")
def test_a_full_disk_is_one_sentence(model: Path, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", noise(4, 8_000), 8_000)
    video = tmp_path / "v.mp4"
    video.write_bytes(b"older")
    command = [sys.executable, "-c", LIMITED, "render", str(song), "-o", str(video), "--model", str(model), *SMALL]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert "v.mp4 cannot be written" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert video.read_bytes() == b"older"
    assert not part_of(video).exists()
