"""Recordings cut into windows: spectrograms for the encoder, samples for augmentation, both cached.

A recording longer than a window is cut into windows that follow one another; a shorter one is
preceded by silence, as `mvnet.frontend.window_input` would have it. The cutting runs in the worker
processes of `mvnet.cache`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from mvnet import cache, decode, frontend, resample
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, window_input
from mvnet.records import Clip, Recording, Skipped, report_skipped

SHORTEST_S = 1.0  # a shorter sound says nothing of its period
SILENT_PEAK = 1e-3  # -60 dBFS: a window that never rises above it is silence
FULL_SCALE = 32_767  # int16 sample of +1.0


@dataclass(frozen=True)
class _Clips:
    clips: list[Clip]
    skipped: list[Skipped]

    @property
    def periods(self) -> np.ndarray:
        """Period of each clip, int64 [n]."""
        return np.array([clip.recording.period for clip in self.clips], np.int64)

    def indices(self, split: str) -> np.ndarray:
        """Which clips are in a split ("train" or "val"), int64, ascending."""
        return np.flatnonzero([clip.recording.split == split for clip in self.clips])

    def __len__(self) -> int:
        return len(self.clips)


@dataclass(frozen=True)
class ClipWindows(_Clips):
    """Encoder inputs of the clips of a data set.

    Attributes:
        clips: recording and start of each row.
        skipped: files that gave no clip, with the reason.
        windows: [n, 3, 128, 256], memory-mapped, as mvnet.frontend.encoder_input scales them: float16
            for dB (rounds by less than 0.02 dB), float32 for raw power.
    """

    windows: np.ndarray


@dataclass(frozen=True)
class ClipSamples(_Clips):
    """Samples of the clips of a data set, for augmentation in training.

    Attributes:
        clips: recording and start of each row.
        skipped: files that gave no clip, with the reason.
        samples: int16 [n, spec.window_samples], memory-mapped; 32,767 is full scale.
    """

    samples: np.ndarray


def load_clip_windows(
    recordings: Sequence[Recording],
    spec: MelSpec,
    cache_dir: Path | str,
    *,
    progress: bool = True,
    workers: int | None = None,
    clips_per_piece: int | None = None,
) -> ClipWindows:
    """The spectrogram windows of recordings, from the cache or decoded into it.

    Args:
        recordings: in any order; the clips keep it.
        spec: of the windows.
        cache_dir: folder of cached sets, made if missing.
        progress: show a bar and the skipped files on stderr.
        workers: decoding processes; None for one a core, four at most.
        clips_per_piece: at most so many clips of one piece, spread over its recordings; None for all.
    Raises:
        MvnetError: no recording gives a clip, or the cache cannot be written.
    """
    half = spec.scale == "db"  # raw power spans too many orders of magnitude for half precision
    dtype = np.dtype(np.float16 if half else np.float32)
    form = _Form("windows", _to_window if half else window_input, spec.input_shape, dtype)
    rows, clips, skipped = _load(form, recordings, spec, Path(cache_dir), progress, workers, clips_per_piece)
    return ClipWindows(clips, skipped, rows)


def load_clip_samples(
    recordings: Sequence[Recording],
    spec: MelSpec,
    cache_dir: Path | str,
    *,
    progress: bool = True,
    workers: int | None = None,
    clips_per_piece: int | None = None,
) -> ClipSamples:
    """The samples of the same clips as load_clip_windows gives, row for row; arguments as there."""
    form = _Form("samples", _to_int16, (spec.window_samples,), np.dtype(np.int16))
    rows, clips, skipped = _load(form, recordings, spec, Path(cache_dir), progress, workers, clips_per_piece)
    return ClipSamples(clips, skipped, rows)


def cut_windows(path: Path, spec: MelSpec) -> Iterator[tuple[float, np.ndarray]]:
    """Windows of a sound file that are not silent, one after another, without overlap.

    What is left at the end is dropped, unless the whole sound is shorter than a window.

    Yields:
        start in seconds, float32 [spec.window_samples].
    Raises:
        decode.Unreadable: broken, shorter than a second, or silent.
    """
    size = spec.window_samples
    held: list[np.ndarray] = []
    heard = start = 0  # samples so far; first sample that is held
    found = False
    for block in decode.decode_blocks(path, spec.sample_rate):
        held.append(block)
        heard += len(block)
        if heard - start < size:
            continue
        sound = np.concatenate(held)
        whole = len(sound) // size
        for index in range(whole):
            window = sound[index * size : (index + 1) * size]
            if np.abs(window).max() >= SILENT_PEAK:
                found = True
                yield (start + index * size) / spec.sample_rate, window
        start += whole * size
        held = [sound[whole * size :]]
    if heard < SHORTEST_S * spec.sample_rate:
        raise decode.Unreadable(path, f"is {heard / spec.sample_rate:.2f} s long: at least {SHORTEST_S:g} s is needed")
    if heard < size:
        sound = np.concatenate(held)
        if np.abs(sound).max() >= SILENT_PEAK:
            found = True
            yield 0.0, np.pad(sound, (size - heard, 0))
    if not found:
        raise decode.Unreadable(path, "is silent")


@dataclass(frozen=True)
class _Form:
    """What a window becomes in the cache."""

    name: str
    convert: Callable[[np.ndarray, MelSpec], np.ndarray]
    shape: tuple[int, ...]
    dtype: np.dtype


def _load(
    form: _Form,
    recordings: Sequence[Recording],
    spec: MelSpec,
    cache_dir: Path,
    progress: bool,
    workers: int | None,
    clips_per_piece: int | None,
) -> tuple[np.ndarray, list[Clip], list[Skipped]]:
    caps = _caps(recordings, clips_per_piece)
    kept = [index for index, cap in enumerate(caps) if cap != 0]
    sources = [(recordings[index].path, caps[index]) for index in kept]
    key = cache.digest(
        {"spec": spec.as_dict(), "caps": caps, "silent": SILENT_PEAK, "shortest": SHORTEST_S, "scale": FULL_SCALE},
        [path for path, _ in sources],
        [frontend, resample, decode, cut_windows, _rows_of, form.convert],
    )
    folder = cache_dir / f"{form.name}-{key}"
    make = partial(_rows_of, form, spec)
    rows = cache.cached_rows(folder, make, sources, form.shape, form.dtype, workers=workers, progress=progress)
    skipped = [Skipped(sources[index][0], reason) for index, reason in rows.reasons.items()]
    if progress:
        report_skipped(skipped, len(sources), "recordings", sys.stderr)
    if not len(rows.data):
        first = f": {skipped[0]}" if skipped else ""
        raise MvnetError(f"none of {len(sources)} recordings can be used{first}")
    clips = [Clip(recordings[kept[file]], start) for file, start in zip(rows.files, rows.starts.tolist(), strict=True)]
    return rows.data, clips, skipped


def _caps(recordings: Sequence[Recording], clips_per_piece: int | None) -> list[int | None]:
    """How many clips each recording may give, so that no piece gives more than its share; None for all."""
    if clips_per_piece is None:
        return [None] * len(recordings)
    if clips_per_piece < 1:
        raise MvnetError(f"clips per piece is {clips_per_piece}: it must be at least 1")
    files = Counter((item.period, item.piece) for item in recordings)
    seen: Counter[tuple[int, str]] = Counter()
    caps: list[int | None] = []
    for item in recordings:
        piece = (item.period, item.piece)
        share, rest = divmod(clips_per_piece, files[piece])
        caps.append(share + (seen[piece] < rest))
        seen[piece] += 1
    return caps


def _rows_of(form: _Form, spec: MelSpec, source: tuple[Path, int | None]) -> cache.Rows:
    """Rows of one recording, or the reason why there are none (in a worker process)."""
    path, cap = source
    rows: list[np.ndarray] = []
    starts: list[float] = []
    try:
        for start, window in cut_windows(path, spec):
            rows.append(form.convert(window, spec))
            starts.append(start)
    except decode.Unreadable as error:
        return cache.Rows(np.empty((0, *form.shape), form.dtype), (), error.reason)
    chosen: Sequence[int] = range(len(rows))
    if cap is not None and len(rows) > cap:  # spread evenly, at the middle of cap equal parts
        chosen = [int((part + 0.5) * len(rows) / cap) for part in range(cap)]
    return cache.Rows(np.stack([rows[index] for index in chosen]), tuple(starts[index] for index in chosen))


def _to_window(samples: np.ndarray, spec: MelSpec) -> np.ndarray:
    return window_input(samples, spec).astype(np.float16)


def _to_int16(samples: np.ndarray, spec: MelSpec) -> np.ndarray:
    return np.round(np.clip(samples, -1, 1) * FULL_SCALE).astype(np.int16)
