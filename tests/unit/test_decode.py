"""AudioFile: every promised format, in order and from any place, and a sentence for every bad file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests import sound_files
from tests.sound_files import pitch, sweep, tone, write_sound
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile, clock_text, to_mono, to_stereo

RATE = 48_000
SECONDS = 8.0  # enough for several pages of Ogg
EXACT = ("wav", "flac")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return sound_files.write_all(tmp_path_factory.mktemp("sounds"), SECONDS)


def read_all(file: AudioFile, n: int = 5000) -> np.ndarray:
    return np.concatenate(list(file.blocks(n)))


@pytest.mark.parametrize("name", sound_files.FORMATS)
def test_every_format_is_read_whole_and_in_place(sounds: dict[str, Path], name: str) -> None:
    with AudioFile(sounds[name]) as file:
        samples = read_all(file)
        assert (file.rate, file.channels, samples.dtype) == (RATE, 2, np.float32)
        assert file.duration_s == pytest.approx(SECONDS, abs=0.05)
        assert len(samples) == pytest.approx(SECONDS * RATE, abs=0.05 * RATE)
        assert file.position == len(samples)
        assert file.warning == ""
    for second in (0.5, 2.0):  # the sweep's pitch tells the place
        part = samples[round(second * RATE) : round((second + 0.2) * RATE), 0]
        assert pitch(part, RATE) == pytest.approx(200 + 100 * (second + 0.1), abs=2)
    if name in EXACT:
        np.testing.assert_allclose(samples, sweep(SECONDS, RATE), atol=1e-4)


@pytest.mark.parametrize("name", sound_files.FORMATS)
def test_seeking_continues_as_reading_through_would(sounds: dict[str, Path], name: str) -> None:
    with AudioFile(sounds[name]) as file:
        whole = read_all(file)
        for second in (1.7, 0.4, 0.0, 2.2, 0.1):
            file.seek(second)
            place = round(second * RATE)
            assert file.position == place
            np.testing.assert_allclose(file.read(9000), whole[place : place + 9000], atol=1e-5)


@pytest.mark.parametrize("name", sound_files.FORMATS)
def test_seeking_outside_stays_within(sounds: dict[str, Path], name: str) -> None:
    with AudioFile(sounds[name]) as file:
        file.seek(99.0)
        assert len(file.read(RATE)) <= 0.1 * RATE
        file.seek(-5.0)
        assert file.position == 0
        assert len(file.read(1000)) == 1000


@pytest.mark.parametrize(
    ("subtype", "bits"), [("PCM_U8", 8), ("PCM_16", 16), ("PCM_24", 24), ("PCM_32", 32), ("FLOAT", 24), ("DOUBLE", 24)]
)
def test_every_sample_format_of_wav(tmp_path: Path, subtype: str, bits: int) -> None:
    samples = tone(0.5, RATE)
    with AudioFile(write_sound(tmp_path / "a.wav", samples, RATE, subtype)) as file:
        np.testing.assert_allclose(read_all(file), samples, atol=2 ** (2 - bits))


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 96_000, 192_000])
def test_every_rate(tmp_path: Path, rate: int) -> None:
    with AudioFile(write_sound(tmp_path / "a.flac", tone(0.5, rate), rate)) as file:
        assert file.rate == rate
        assert pitch(to_mono(read_all(file)), rate) == pytest.approx(440, abs=1)


def six_channels() -> np.ndarray:
    """A pitch of its own in each channel, in WAV order, float32 [n, 6]."""
    pitches = (300.0, 400.0, 500.0, 60.0, 700.0, 800.0)
    return np.concatenate([tone(1.0, RATE, hz, channels=1) for hz in pitches], axis=1)


@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "m4a"])
def test_six_channels_come_in_wav_order(tmp_path: Path, name: str) -> None:
    samples = six_channels()
    path = tmp_path / f"six.{name}"
    # Vorbis has an order of its own (left, centre, right, back left, back right, bass); soundfile does not sort.
    write_sound(path, samples[:, [0, 2, 1, 4, 5, 3]] if name == "ogg" else samples, RATE)
    with AudioFile(path) as file:
        read = read_all(file)
    assert read.shape[1] == 6
    for channel, hz in enumerate((300, 400, 500, 60, 700, 800)):
        assert pitch(read[RATE // 4 : 3 * RATE // 4, channel], RATE) == pytest.approx(hz, abs=3)


@pytest.mark.parametrize("channels", range(1, 13))
def test_stereo_is_mixed_without_clipping_and_with_the_same_mean(channels: int) -> None:
    block = np.random.default_rng(channels).uniform(-1, 1, (100, channels)).astype(np.float32)
    stereo = to_stereo(block)
    assert stereo.shape == (100, 2)
    np.testing.assert_allclose(to_mono(stereo), block.mean(axis=1), atol=1e-6)
    assert np.abs(to_stereo(np.ones((1, channels), np.float32))).max() <= 1.000001


def test_left_stays_left_and_the_centre_is_in_the_middle() -> None:
    stereo = [to_stereo(np.eye(6, dtype=np.float32)[[channel]])[0] for channel in range(6)]
    assert [round(float(left - right), 3) for left, right in stereo] == [0.333, -0.333, 0, 0, 0.333, -0.333]


def test_a_very_short_file_is_read(tmp_path: Path) -> None:
    with AudioFile(write_sound(tmp_path / "a.wav", tone(0.5, RATE)[:1], RATE)) as file:
        assert len(read_all(file)) == 1


def test_a_silent_file_is_read(tmp_path: Path) -> None:
    with AudioFile(write_sound(tmp_path / "a.mp3", np.zeros((RATE, 2), np.float32), RATE)) as file:
        assert np.abs(read_all(file)).max() == 0


def test_what_is_no_number_becomes_silence(tmp_path: Path) -> None:
    samples = tone(0.2, RATE)
    samples[100], samples[200], samples[300] = np.nan, np.inf, -np.inf
    with AudioFile(write_sound(tmp_path / "a.wav", samples, RATE, "FLOAT")) as file:
        read = read_all(file)
    assert read[[100, 200, 300], 0].tolist() == [0, 1, -1]
    assert np.isfinite(read).all()


@pytest.mark.parametrize("name", sound_files.FORMATS)
def test_a_cut_file_plays_what_there_is_and_says_so(sounds: dict[str, Path], name: str) -> None:
    path = sound_files.cut(sounds[name], 0.6)
    with AudioFile(path) as file:
        samples = read_all(file)
        assert 0.3 * SECONDS * RATE < len(samples) < 0.9 * SECONDS * RATE
        assert path.name in file.warning
        file.seek(0.5)
        assert pitch(file.read(RATE // 5)[:, 0], RATE) == pytest.approx(260, abs=3)


@pytest.mark.parametrize("name", ["flac", "mp3", "m4a"])
def test_reading_goes_on_behind_damage(sounds: dict[str, Path], name: str) -> None:
    with AudioFile(sound_files.damage(sounds[name])) as file:
        samples = read_all(file)
        if name == "flac":
            assert "is damaged at 0:0" in file.warning
    assert len(samples) > 0.75 * SECONDS * RATE
    end = samples[-RATE // 2 : -RATE // 4, 0]
    assert pitch(end, RATE) > 440  # the sound of the end is there


def test_a_wav_of_open_length_is_not_called_cut(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "pipe.wav", tone(0.5, RATE), RATE, "PCM_16")
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = data[4:8] = b"\xff\xff\xff\xff"  # as ffmpeg writes it to a pipe
    path.write_bytes(data)
    with AudioFile(path) as file:
        assert len(read_all(file)) == RATE // 2
        assert file.warning == ""


def test_an_mp3_without_a_length_is_counted(tmp_path: Path) -> None:
    samples = np.concatenate((np.zeros((2 * RATE, 2), np.float32), sweep(1.0, RATE)))
    data = write_sound(tmp_path / "a.mp3", samples, RATE).read_bytes()
    for tag in (b"Xing", b"Info"):
        data = data.replace(tag, b"\0\0\0\0")
    path = tmp_path / "bare.mp3"
    path.write_bytes(data)
    with AudioFile(path) as file:
        assert file.duration_s == pytest.approx(3.0, abs=0.1)
        read_all(file)
        assert file.warning == ""


def test_title_and_artist(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", RATE, 2) as file:
        file.title, file.artist = "Pavane", "Anon."
        file.write(tone(0.1, RATE))
    with AudioFile(path) as file:
        assert (file.info.title, file.info.artist) == ("Pavane", "Anon.")
        assert file.info.format == "FLAC PCM_16"


def bad_file(folder: Path, what: str) -> Path:
    path = folder / "bad.wav"
    if what == "directory":
        return folder
    if what == "empty":
        path.write_bytes(b"")
    elif what == "text":
        path.write_text("This is no sound.\n" * 50)
    elif what == "text called mp3":
        path = folder / "bad.mp3"
        path.write_text("This is no sound.\n" * 50)
    elif what == "play list":  # FFmpeg would follow it
        path = folder / "bad.m3u8"
        path.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.aac\n#EXT-X-ENDLIST\n")
    elif what == "no samples":
        write_sound(path, np.zeros((0, 2), np.float32), RATE)
    elif what == "header only":
        path.write_bytes(write_sound(path, tone(0.1, RATE), RATE).read_bytes()[:20])
    elif what == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(5000))
    return path


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("missing", "does not exist"),
        ("directory", "is a directory"),
        ("empty", "is empty"),
        ("text", "cannot be read as sound"),
        ("text called mp3", "cannot be read as sound"),
        ("play list", "cannot be read as sound"),
        ("noise", "cannot be read as sound"),
        ("header only", "cannot be read as sound"),
        ("no samples", "sound"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str], what: str, words: str) -> None:
    path = bad_file(tmp_path, what)
    with pytest.raises(VisualizerError, match=words) as caught:
        AudioFile(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")  # the libraries say nothing of their own


def test_odd_names_are_files_not_addresses(tmp_path: Path) -> None:
    path = tmp_path / "http:a|b%d?.m4a"
    try:
        write_sound(tmp_path / "a.m4a", tone(0.2, RATE), RATE).rename(path)
    except OSError:
        pytest.skip("this file system does not allow such a name")
    with AudioFile(path) as file:
        assert len(read_all(file)) > 0


def test_clock() -> None:
    assert [clock_text(0.9), clock_text(65), clock_text(7265)] == ["0:00", "1:05", "2:01:05"]


def test_a_removed_file_can_be_sought_again_and_again(tmp_path: Path) -> None:
    """Its start is read from a fresh opening, which then fails; what is open must stay usable."""
    path = write_sound(tmp_path / "song.mp3", tone(4.0, 44_100), 44_100)
    with AudioFile(path) as file:
        path.unlink()
        for _ in range(2):
            with pytest.raises(VisualizerError, match="cannot be read any more"):
                file.seek(0.0)
            file.seek(2.0)
            assert len(file.read(1000)) == 1000


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_names_that_are_not_text_are_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9." + suffix.encode())
    write_sound(tmp_path / f"plain.{suffix}", tone(1.0, 44_100), 44_100).rename(path)
    with AudioFile(path) as file:
        assert len(file.read(100)) == 100


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(VisualizerError, match="not a file"):
        AudioFile(tmp_path / "pipe.wav")


def test_a_name_that_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError, match="cannot be opened"):
        AudioFile(tmp_path / ("n" * 300 + ".wav"))
