"""Sound through a lossy codec and back, by PyAV: what a stream or a phone makes of music.

Evaluation and tests only; training imitates codecs by their spectrum, which a GPU can do. Any process.
"""

from __future__ import annotations

import io
from typing import cast

import av
import numpy as np

from mvnet.errors import MvnetError
from mvnet.resample import resample

BLOCK = 4096  # samples handed to the encoder at a time
FORMATS = {"libopus": ("ogg", "flt", 24_000), "libmp3lame": ("mp3", "fltp", 22_050)}  # container, samples, Hz


def available(codec: str) -> bool:
    """Whether this build of FFmpeg can encode with one of FORMATS."""
    return codec in av.codecs_available and codec in FORMATS


def through_codec(samples: np.ndarray, rate: int, codec: str, bits: int) -> np.ndarray:
    """Encode a mono sound and decode it again.

    Args:
        samples: float32 [n], full scale +-1, at rate.
        rate: Hz.
        codec: one of FORMATS.
        bits: a second.
    Returns:
        float32 [n]; the codec's delay is not taken out beyond what its container tells.
    Raises:
        MvnetError: this build of FFmpeg lacks the codec.
    """
    if not available(codec):
        raise MvnetError(f"FFmpeg has no encoder {codec!r} here: install PyAV's own wheel (pip install av)")
    container, layout, coded_rate = FORMATS[codec]
    encoded = _encode(resample(samples, rate, coded_rate), container, layout, coded_rate, codec, bits)
    decoded, decoded_rate = _decode(encoded)
    back = resample(decoded, decoded_rate, rate)[: len(samples)]
    return np.pad(back, (0, len(samples) - len(back))).astype(np.float32)


def _encode(samples: np.ndarray, container: str, layout: str, rate: int, codec: str, bits: int) -> bytes:
    place = io.BytesIO()
    with av.open(place, "w", format=container) as output:
        stream = cast("av.AudioStream", output.add_stream(codec, rate=rate, layout="mono"))
        stream.bit_rate = bits
        for start in range(0, len(samples), BLOCK):
            block = np.ascontiguousarray(samples[None, start : start + BLOCK], np.float32)
            sound = av.AudioFrame.from_ndarray(block, format=layout, layout="mono")
            sound.sample_rate, sound.pts = rate, start
            output.mux(stream.encode(sound))
        output.mux(stream.encode(None))
    return place.getvalue()


def _decode(encoded: bytes) -> tuple[np.ndarray, int]:
    parts, rate = [], 0
    with av.open(io.BytesIO(encoded), "r") as source:
        planar = av.AudioResampler(format="fltp", layout="mono")
        for sound in source.decode(source.streams.audio[0]):
            for part in planar.resample(sound):
                parts.append(part.to_ndarray()[0])
                rate = part.sample_rate
    return np.concatenate(parts), rate
