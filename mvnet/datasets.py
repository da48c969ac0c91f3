"""The data set of music and paintings, as training and evaluation see it.

One import for the parts: `mvnet.layouts` finds the files, `mvnet.clips` and `mvnet.pictures` decode
and cache them, `mvnet.pairing` says which painting goes with which clip. NumPy arrays, no torch.
"""

from __future__ import annotations

from mvnet.clips import FULL_SCALE, ClipSamples, ClipWindows, load_clip_samples, load_clip_windows
from mvnet.layouts import LAYOUTS, NothingFound, read_music, read_paintings
from mvnet.pairing import pair_clips
from mvnet.pictures import PaintingImages, load_paintings
from mvnet.records import Clip, Painting, Recording, Skipped

__all__ = [
    "FULL_SCALE",
    "LAYOUTS",
    "Clip",
    "ClipSamples",
    "ClipWindows",
    "NothingFound",
    "Painting",
    "PaintingImages",
    "Recording",
    "Skipped",
    "load_clip_samples",
    "load_clip_windows",
    "load_paintings",
    "pair_clips",
    "read_music",
    "read_paintings",
]
