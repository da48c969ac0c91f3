"""Recordings to windows and samples: decoding, cutting, skipping, and the same rows in both forms."""

import av
import numpy as np
import pytest
import soundfile

from mvnet.clips import FULL_SCALE
from mvnet.datasets import Recording, load_clip_samples, load_clip_windows
from mvnet.decode import Unreadable, decode_blocks
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, window_input

SPEC = MelSpec(n_frames=48)  # windows of 13,056 samples, 0.59 s: short, so that the tests are quick
SIZE = SPEC.window_samples


def noise(samples, seed=0, level=0.1):
    return np.random.default_rng(seed).normal(0, level, samples).clip(-1, 1).astype(np.float32)


def write(path, sound, rate=SPEC.sample_rate, **options):
    soundfile.write(path, sound, rate, **options)
    return path


def recording(path, period=0, piece="", split="train"):
    return Recording(path, period, piece or path.stem, "test", "recorded", split)


def load(paths, cache, loader=load_clip_windows, **options):
    return loader([recording(path) for path in paths], SPEC, cache, progress=False, **options)


def test_a_long_recording_is_cut_into_consecutive_windows(tmp_path):
    sound = noise(20 * SIZE + 500)  # three blocks of the decoder
    path = write(tmp_path / "a.wav", sound, subtype="FLOAT")
    clips = load([path], tmp_path / "cache")
    assert [clip.start_s for clip in clips.clips] == pytest.approx([k * SIZE / SPEC.sample_rate for k in range(20)])
    assert clips.windows.dtype == np.float16
    for index, window in enumerate(clips.windows):
        expected = window_input(sound[index * SIZE : (index + 1) * SIZE], SPEC)
        assert np.abs(window - expected).max() <= 2**-11
    assert clips.periods.tolist() == [0] * 20
    assert clips.indices("train").tolist() == list(range(20))


def test_samples_are_the_same_clips_row_for_row(tmp_path):
    paths = [write(tmp_path / "a.wav", noise(2 * SIZE, 1)), write(tmp_path / "b.flac", noise(25_000, 2))]
    windows = load(paths, tmp_path / "cache")
    samples = load(paths, tmp_path / "cache", load_clip_samples)
    assert samples.clips == windows.clips
    assert samples.samples.shape == (len(windows), SIZE)
    assert samples.samples.dtype == np.int16
    for row, window in zip(samples.samples, windows.windows, strict=True):
        assert np.abs(window_input(row / np.float32(FULL_SCALE), SPEC) - window).max() < 2e-3


def test_a_short_recording_follows_silence(tmp_path):
    spec = MelSpec()  # 8.95 s
    sound = noise(2 * spec.sample_rate)
    path = write(tmp_path / "short.wav", sound, subtype="FLOAT")
    clips = load_clip_samples([recording(path)], spec, tmp_path, progress=False)
    assert not clips.samples[0, : -len(sound)].any()
    assert np.abs(clips.samples[0, -len(sound) :] / FULL_SCALE - sound).max() <= 1 / FULL_SCALE


def test_power_windows_keep_their_range(tmp_path):
    spec = MelSpec(n_frames=48, scale="power")
    sound = noise(2 * SIZE)
    path = write(tmp_path / "a.wav", sound, subtype="FLOAT")
    clips = load_clip_windows([recording(path)], spec, tmp_path, progress=False)
    assert clips.windows.dtype == np.float32
    assert np.array_equal(clips.windows[0], window_input(sound[:SIZE], spec))


@pytest.mark.parametrize(
    ("rate", "channels", "options"),
    [
        (44_100, 2, {}),
        (96_000, 6, {"subtype": "PCM_24"}),
        (8_000, 1, {"subtype": "PCM_U8"}),
        (48_000, 2, {"format": "OGG", "subtype": "OPUS"}),
    ],
)
def test_rates_and_channels_come_out_as_the_mono_tone_they_are(tmp_path, rate, channels, options):
    time = np.arange(2 * rate) / rate
    sound = np.repeat(0.5 * np.sin(2 * np.pi * 440 * time)[:, None], channels, axis=1)
    path = write(tmp_path / "tone.wav", sound, rate, **options)
    mono = np.concatenate(list(decode_blocks(path, SPEC.sample_rate)))
    assert len(mono) == pytest.approx(2 * SPEC.sample_rate, abs=40)
    spectrum = np.abs(np.fft.rfft(mono[: SPEC.sample_rate] * np.hanning(SPEC.sample_rate)))
    assert spectrum.argmax() == pytest.approx(440, abs=1)
    assert np.sqrt(np.mean(mono**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


def test_aac_is_decoded_by_ffmpeg(tmp_path):
    path = tmp_path / "tone.m4a"
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(88_200) / 44_100)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        for start in range(0, len(tone), 1024):
            block = av.AudioFrame.from_ndarray(tone[None, start : start + 1024], format="fltp", layout="mono")
            block.sample_rate, block.pts = 44_100, start
            container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    mono = np.concatenate(list(decode_blocks(path, SPEC.sample_rate)))
    assert len(mono) == pytest.approx(44_100, abs=2048)
    assert np.abs(np.fft.rfft(mono[:22_050] * np.hanning(22_050))).argmax() == pytest.approx(440, abs=1)


def test_broken_files_are_skipped_with_their_reason(tmp_path, capsys):
    good = write(tmp_path / "good.wav", noise(30_000))
    silent = write(tmp_path / "silent.wav", np.zeros(30_000, np.float32))
    short = write(tmp_path / "short.wav", noise(11_025))
    nan = write(tmp_path / "nan.wav", np.full(30_000, np.nan, np.float32), subtype="FLOAT")
    cut = write(tmp_path / "cut.flac", noise(60_000))
    cut.write_bytes(cut.read_bytes()[:20_000])
    text = tmp_path / "text.mp3"
    text.write_text("not music " * 100)
    empty = tmp_path / "empty.mp3"
    empty.touch()
    paths = [good, silent, short, nan, cut, text, empty, tmp_path / "gone.mp3", tmp_path]
    clips = load_clip_windows([recording(path) for path in paths], SPEC, tmp_path / "cache")
    assert {clip.recording.path for clip in clips.clips} == {good}
    reasons = {item.path.name: item.reason for item in clips.skipped}
    assert reasons.pop("cut.flac").startswith("is broken or cut off")
    assert reasons.pop("text.mp3").startswith("cannot be decoded")
    assert reasons == {
        "silent.wav": "is silent",
        "short.wav": "is 0.50 s long: at least 1 s is needed",
        "nan.wav": "holds samples that are not numbers: export it again",
        "empty.mp3": "is empty (0 bytes)",
        "gone.mp3": "is missing",
        tmp_path.name: "is a folder",
    }
    lines = capsys.readouterr().err.splitlines()
    assert any(line.endswith("silent.wav: is silent") for line in lines)
    assert lines[-1] == "8 of 9 recordings skipped"


def test_silent_stretches_of_a_recording_are_left_out(tmp_path):
    sound = noise(4 * SIZE)
    sound[SIZE : 2 * SIZE] = 0
    clips = load([write(tmp_path / "gap.wav", sound)], tmp_path / "cache")
    assert [round(clip.start_s * SPEC.sample_rate / SIZE) for clip in clips.clips] == [0, 2, 3]


def test_nothing_usable_is_an_error_that_names_the_first_file(tmp_path):
    with pytest.raises(MvnetError, match=r"none of 1 recordings can be used: .*gone\.mp3: is missing"):
        load([tmp_path / "gone.mp3"], tmp_path / "cache")


def test_no_piece_gives_more_clips_than_its_cap(tmp_path):
    paths = [write(tmp_path / f"{name}.wav", noise(size * SIZE, size)) for name, size in (("a", 7), ("b", 5), ("c", 6))]
    recordings = [recording(paths[0], piece="x"), recording(paths[1], piece="x"), recording(paths[2], piece="y")]
    clips = load_clip_windows(recordings, SPEC, tmp_path / "cache", progress=False, clips_per_piece=3)
    pieces = [clip.recording.piece for clip in clips.clips]
    assert pieces == ["x"] * 3 + ["y"] * 3
    spread = [round(clip.start_s * SPEC.sample_rate / SIZE) for clip in clips.clips if clip.recording.piece == "y"]
    assert spread == [1, 3, 5]
    with pytest.raises(MvnetError, match="clips per piece is 0"):
        load_clip_windows(recordings, SPEC, tmp_path / "cache", progress=False, clips_per_piece=0)


def test_worker_processes_give_the_same_rows(tmp_path):
    paths = [write(tmp_path / f"{index}.wav", noise(25_000, index)) for index in range(9)]
    alone = load(paths, tmp_path / "one", workers=1)
    together = load(paths, tmp_path / "two", workers=2)
    assert together.clips == alone.clips
    assert np.array_equal(together.windows, alone.windows)


def test_unreadable_names_the_file(tmp_path):
    with pytest.raises(Unreadable, match=r"x\.wav: is missing"):
        next(decode_blocks(tmp_path / "x.wav", 22_050))
