"""One source, analysed as far as it is known: the features of its sound by sample number, through seeks and jumps.

The listening thread writes; the screen and the pipeline thread read the timeline and ask what is in the air at a time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from visualizer.hearing.analyser import Analyser, Features
from visualizer.hearing.sources import Foreseen, Source, latency_s
from visualizer.hearing.timeline import Timeline
from visualizer.sound.soundclock import SoundClock

AHEAD_S = 1.0  # that a file is analysed before it is heard
SLICE_S = 0.1  # analysed in one look
LARGEST_BACKLOG_S = 1.0  # behind a live input by more (the machine slept): skip to the present
ANALYSIS_S = 0.012  # from a stroke's sample until its pulse is half up, 11 to 13 ms; it is counted after 6 to 8
JOINT_COLUMNS = 3  # after a jump whose window holds sound from both sides of it: 30 ms


class Ear:
    """One source and what was found in it. The listening thread writes; other threads read.

    Args:
        source: whose sound is analysed, from its present moment on.
        analyser: goes on with it.
        before: what is shown until the first column is complete.

    Attributes:
        timeline: features by sample number.
        cursor: number of the next sample to be analysed.
        lost: samples that came and went unheard.
    """

    def __init__(self, source: Source | Foreseen, analyser: Analyser, before: Features) -> None:
        self.source = source
        self._file = source if isinstance(source, Foreseen) else None
        self.analyser = analyser
        self.timeline = Timeline()
        self.cursor = source.heard
        self.lost = 0
        self._joined = self._file.jump if self._file is not None else 0  # the newest jump that was followed
        self._rest = np.zeros(0, np.float32)  # of the column that is not complete
        self._unheard: Features | None = None  # what the analyser counted of sound that a seek passed over
        self._joint = 0  # columns to come that hold the step from one sound to another: they have no stroke
        self._clock = SoundClock(source.rate)
        self.timeline.add(self.cursor, before)

    def sample_at(self, time: float) -> float:
        """Number of the sample that is, or was, in the air at a time."""
        return self._clock.sample_at(time) if self._file is None else self._file.audible(time)

    @property
    def foreseen(self) -> bool:
        """Whether the sound is known before it is audible."""
        return self._file is not None

    def at(self, time: float) -> tuple[Features, float]:
        """What is known of the sound in the air at a time, its beat thought on; and how old that is, seconds."""
        wanted = self.sample_at(time)
        if self._file is not None:
            wanted += ANALYSIS_S * self.source.rate
        sample, features = self.timeline.entry(wanted)
        age_s = max(0.0, (wanted - sample) / self.source.rate)
        return features.predicted(age_s), age_s

    def heard_s_at(self, time: float) -> float:
        """The analyser's own time, as Features.heard_s, of the sound in the air at a time."""
        analysed = self.cursor - len(self._rest)
        return self.analyser.features().heard_s - (analysed - self.sample_at(time)) / self.source.rate

    def look(self, now: float) -> bool:
        """Analyse what is new, a slice at a time; True when more is waiting."""
        if self._file is None:
            samples, end, lost = self._read_live(now)
            more = False
        else:
            begun, jump = self.cursor, self._file.jump
            stop = min(self._file.known, int(self._file.audible(now) + AHEAD_S * self._file.rate))
            samples, end, lost = self._file.read_ahead(begun, min(stop, begun + self._slice))
            if self._file.jump != jump:
                return True  # a seek came in between: look again
            more = end != begun and end < stop
            # All that was known had been analysed when the jump came: then it goes on where this ear stands.
            if end - len(samples) - lost > begun or begun == jump != self._joined:
                self._pass_over(self._file.left, end - len(samples))
                self._joined = jump
        self.lost += lost
        self._analyse(samples, end)
        return more

    @property
    def _slice(self) -> int:
        return max(1, round(SLICE_S * self.source.rate))

    def _read_live(self, now: float) -> tuple[np.ndarray, int, int]:
        source, rate = self.source, self.source.rate
        skipped = 0
        if source.heard - self.cursor > LARGEST_BACKLOG_S * rate:
            skipped = source.heard - self._slice - self.cursor
            self.cursor += skipped
        samples, end, lost = source.read(self.cursor)
        if len(samples):
            begun = now - len(samples) / rate - latency_s(source)
            self._clock.give(begun, end - len(samples), len(samples), len(samples))
        return samples, end, lost + skipped

    def _analyse(self, samples: np.ndarray, end: int) -> None:
        """Push one column's worth at a time: each column's features go to the timeline."""
        hop = self.analyser.config.columns.hop
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // hop * hop
        for done in range(hop, whole + 1, hop):
            before = self.analyser.features().counts if self._joint else None
            self.analyser.push(sound[done - hop : done])
            if before is not None:
                self._pass_over_joint(before)
            self.timeline.add(end - len(sound) + done, self._features())
        self._rest = sound[whole:]
        self.cursor = end

    def _pass_over(self, left: int, jump: int) -> None:
        """Go on at `jump` as if what was analysed after `left` had not been: it is never heard."""
        shown, counted = self.timeline.at(left), self.analyser.features()
        self._unheard = replace(
            counted,
            counts=counted.counts - shown.counts,
            clocks=counted.clocks - shown.clocks,
            beats=counted.beats - shown.beats,
        )
        self._rest = self._rest[:0]
        self._joint = JOINT_COLUMNS
        self.timeline.add(jump, shown)

    def _pass_over_joint(self, before: np.ndarray) -> None:
        """Leave out the strokes that the newest column added to the counts before it."""
        assert self._unheard is not None  # there was a jump
        added = self.analyser.features().counts - before
        self._unheard = replace(self._unheard, counts=self._unheard.counts + added)
        self._joint -= 1

    def _features(self) -> Features:
        features, unheard = self.analyser.features(), self._unheard
        if unheard is None:
            return features
        return replace(
            features,
            counts=features.counts - unheard.counts,
            clocks=features.clocks - unheard.clocks,
            beats=features.beats - unheard.beats,
        )
