"""Everything that `mvnet evaluate encoder` measures, in order: its own answers, its steps, probes, robustness.

Figures that need torch are left out, and said to be, where it is not installed: an exported model's own
answers do without. Runs in the evaluation process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from mvnet.datasets import FULL_SCALE, ClipSamples, ClipWindows, Recording, load_clip_samples, load_clip_windows
from mvnet.errors import MvnetError
from mvnet.evaluate import (
    STEP_S,
    accuracy_figures,
    continued,
    heard,
    movement_figures,
    slide_windows,
    source_figures,
)
from mvnet.listeners import Listener

if TYPE_CHECKING:
    from mvnet.probes import EmbeddedClips

WALK_STEPS = 4  # slides of 0.25 s after the first window of a clip
BATCH = 32  # windows heard at a time
MOST_KNOWN = 3000  # training recordings on which probes are fitted; more change little and take long to decode


@dataclass(frozen=True)
class EncoderTest:
    """How much is measured.

    Attributes:
        walks: clips over which the window slides.
        robustness_clips: clips heard under each disturbance.
        draws: of every bootstrap.
        seed: of the bootstrap, of rooms and noise, and of how pieces are dealt where there is no training split.
        quick: the encoder's own answers and its steps only.
    """

    walks: int = 100
    robustness_clips: int = 150
    draws: int = 1000
    seed: int = 0
    quick: bool = False

    def __post_init__(self) -> None:
        for name in ("walks", "robustness_clips", "draws"):
            if getattr(self, name) < 1:
                raise MvnetError(f"--{name.replace('_', '-')} is {getattr(self, name)}: it must be at least 1")
        if self.seed < 0:
            raise MvnetError(f"--seed is {self.seed}: it must not be negative")


@dataclass
class EncoderReport:
    """What was measured.

    Attributes:
        figures: for JSON.
        asked: the clips that were heard, None after a quick test.
        known: those of the training split on which probes were fitted, None without one.
    """

    figures: dict[str, Any] = field(default_factory=dict)
    asked: EmbeddedClips | None = None
    known: EmbeddedClips | None = None


def measure_encoder(
    listener: Listener,
    recordings: Sequence[Recording],
    known: Sequence[Recording],
    test: EncoderTest,
    cache_dir: Path,
    *,
    progress: bool,
) -> EncoderReport:
    """Hear music and measure how well it was heard.

    Args:
        recordings: what is asked.
        known: recordings of other pieces, on which probes are fitted; may be empty.
        cache_dir: of decoded clips.
        progress: show bars on stderr.
    Raises:
        MvnetError: no recording can be used.
    """
    report, seconds = EncoderReport(), {}

    @contextmanager
    def timed(part: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        seconds[part] = round(time.monotonic() - started, 1)

    with timed("hearing"):
        clips = load_clip_windows(recordings, listener.spec, cache_dir, progress=progress)
        places, chances = _hear(listener, clips, "hearing", progress)
    result = heard(chances, clips.periods, [clip.recording for clip in clips.clips])
    report.figures |= accuracy_figures(result, draws=test.draws, seed=test.seed)
    with timed("steps"):
        samples = load_clip_samples(recordings, listener.spec, cache_dir, progress=progress)
        walks = [listener.hear(windows)[0] for windows in walk_windows(samples, listener, test.walks)]
    report.figures |= movement_figures(walks, listener.prototypes)
    report.figures |= {"walks": len(walks), "skipped": len(clips.skipped), "sources": source_figures(result)}
    missing = [name for name in ("torch", "torchaudio") if find_spec(name) is None]
    if missing and not test.quick:
        report.figures["left_out"] = f"probes, triplets and robustness: {missing[0]} is not installed"
    elif not test.quick:
        with timed("probes"):
            _probe(report, listener, clips, places, known, test, cache_dir, progress)
        with timed("robustness"):
            _disturb(report, listener, samples, test, progress)
    report.figures["seconds"] = seconds
    return report


def _probe(
    report: EncoderReport,
    listener: Listener,
    clips: ClipWindows,
    places: np.ndarray,
    known: Sequence[Recording],
    test: EncoderTest,
    cache_dir: Path,
    progress: bool,
) -> None:
    from mvnet.probes import embedded, probe_figures, triplet_figures

    report.asked = embedded(places, clips.periods, [clip.recording for clip in clips.clips])
    if known:
        chosen = np.unique(np.linspace(0, len(known) - 1, min(len(known), MOST_KNOWN)).round().astype(int))
        learnt = load_clip_windows([known[row] for row in chosen], listener.spec, cache_dir, progress=progress)
        learnt_places = _hear(listener, learnt, "training music", progress)[0]
        report.known = embedded(learnt_places, learnt.periods, [clip.recording for clip in learnt.clips])
        report.figures["known_clips"] = len(learnt)
    report.figures |= probe_figures(report.known, report.asked, draws=test.draws, seed=test.seed)
    report.figures |= triplet_figures(report.asked, draws=test.draws, seed=test.seed)


def _disturb(
    report: EncoderReport, listener: Listener, samples: ClipSamples, test: EncoderTest, progress: bool
) -> None:
    from mvnet.robustness import RobustnessTest, still_answers

    trial = RobustnessTest(listener, samples, test.robustness_clips, test.seed)
    report.figures |= trial.measure(draws=test.draws, progress=progress)
    report.figures["answers_without_music"] = still_answers(listener, test.seed)


def _hear(listener: Listener, clips: ClipWindows, what: str, progress: bool) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings [n, 10] and probabilities [n, 5]; only one batch of windows is in memory at a time."""
    answers = []
    for start in tqdm(range(0, len(clips), BATCH), what, unit="batch", disable=not progress):
        answers.append(listener.hear(np.ascontiguousarray(clips.windows[start : start + BATCH], np.float32)))
    return np.concatenate([places for places, _ in answers]), np.concatenate([chances for _, chances in answers])


def walk_windows(samples: ClipSamples, listener: Listener, walks: int) -> Iterator[np.ndarray]:
    """Windows [WALK_STEPS + 1, 3, 128, 256] sliding over up to `walks` clips, evenly spread over the set.

    A clip goes on with the next one of its recording; at the end of a recording, with its own start.
    """
    spec = listener.spec
    extra = WALK_STEPS * round(STEP_S * spec.sample_rate)
    for row in np.unique(np.linspace(0, len(samples) - 1, min(walks, len(samples))).round().astype(int)):
        clip = samples.clips[row]
        following, offset = None, 0
        if row + 1 < len(samples) and samples.clips[row + 1].recording is clip.recording:
            following = samples.samples[row + 1]
            offset = round((samples.clips[row + 1].start_s - clip.start_s) * spec.sample_rate)
        sound = continued(samples.samples[row], following, offset, extra)
        yield slide_windows(sound.astype(np.float32) / FULL_SCALE, spec, WALK_STEPS)
