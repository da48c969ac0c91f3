"""Sound files of every format and defect that the tests need, written into a temporary folder."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soundfile

FORMATS = ("wav", "flac", "mp3", "ogg", "opus", "m4a")  # what the app promises to play
_SNDFILE = {"ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS")}
_FFMPEG = {"m4a": ("ipod", "aac", "fltp"), "aac": ("adts", "aac", "fltp"), "mp3": ("mp3", "libmp3lame", "fltp")}


def tone(seconds: float, rate: int, frequency: float = 440.0, channels: int = 2, amplitude: float = 0.5) -> np.ndarray:
    """A sine in every channel, float32 [n, channels]."""
    times = np.arange(round(seconds * rate)) / rate
    sine = (amplitude * np.sin(2 * np.pi * frequency * times)).astype(np.float32)
    return np.repeat(sine[:, None], channels, axis=1)


def sweep(seconds: float, rate: int, channels: int = 2) -> np.ndarray:
    """A tone that rises from 200 Hz by 100 Hz a second: its pitch tells the place; float32 [n, channels]."""
    times = np.arange(round(seconds * rate)) / rate
    sine = (0.5 * np.sin(2 * np.pi * (200 + 50 * times) * times)).astype(np.float32)
    return np.repeat(sine[:, None], channels, axis=1)


def pitch(samples: np.ndarray, rate: float) -> float:
    """The strongest frequency of mono sound in Hz, between the bins by a parabola."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    peak = int(np.clip(np.argmax(spectrum[1:]) + 1, 1, len(spectrum) - 2))
    left, middle, right = np.log(spectrum[peak - 1 : peak + 2] + 1e-12)
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float((peak + shift) * rate / len(samples))


def write_sound(path: Path, samples: np.ndarray, rate: int, subtype: str = "") -> Path:
    """Write float32 [n, channels] in the format of the path's suffix; subtype as soundfile names it."""
    suffix = path.suffix[1:]
    if suffix in _FFMPEG:
        _write_ffmpeg(path, samples, rate)
    elif suffix in _SNDFILE:
        container, coding = _SNDFILE[suffix]
        # soundfile hands blocks that are too long to the Vorbis encoder's stack: write in parts.
        with soundfile.SoundFile(path, "w", rate, samples.shape[1], coding, format=container) as file:
            for start in range(0, len(samples), rate):
                file.write(samples[start : start + rate])
    else:
        soundfile.write(path, samples, rate, subtype=subtype or None)
    return path


def _write_ffmpeg(path: Path, samples: np.ndarray, rate: int) -> None:
    container_format, codec, sample_format = _FFMPEG[path.suffix[1:]]
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    # The index first, so that a file that is cut off can still be played.
    options = {"movflags": "faststart"} if container_format == "ipod" else {}
    with av.open(str(path), "w", format=container_format, options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        for start in range(0, len(samples), 1152):
            block = np.ascontiguousarray(samples[start : start + 1152].T)
            piece = av.AudioFrame.from_ndarray(block, format=sample_format, layout=layout)
            piece.sample_rate = rate
            piece.pts = start
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def write_all(folder: Path, seconds: float = 3.0) -> dict[str, Path]:
    """The same sweep in every promised format, stereo, 48 kHz."""
    samples = sweep(seconds, 48_000)
    return {name: write_sound(folder / f"sweep.{name}", samples, 48_000) for name in FORMATS}


def cut(path: Path, share: float) -> Path:
    """A copy that keeps only the given share of the bytes, as a broken download does."""
    whole = path.read_bytes()
    copy = path.with_name(f"cut-{path.name}")
    copy.write_bytes(whole[: int(len(whole) * share)])
    return copy


def damage(path: Path, share: float = 0.5, n_bytes: int = 3000) -> Path:
    """A copy with random bytes in the middle."""
    whole = bytearray(path.read_bytes())
    place = int(len(whole) * share)
    whole[place : place + n_bytes] = np.random.default_rng(1).bytes(n_bytes)
    copy = path.with_name(f"damaged-{path.name}")
    copy.write_bytes(whole)
    return copy
