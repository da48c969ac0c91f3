"""The thread "listening": follows the music every few milliseconds, however long a painting takes.

A file is analysed up to a second before it is heard, so that each refresh can show what is in the air at that very
moment. A live input is analysed as it comes. What was found lies on a timeline that the screen reads at each
refresh and the pipeline thread for each painting; neither waits for this thread.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.offset import checked_offset
from visualizer.hearing.sources import Foreseen, Heard, Silence, Source, latency_s
from visualizer.hearing.timeline import Timeline
from visualizer.sound.soundclock import SoundClock

LIVE_LOOK_S = 0.006  # between looks at a live input; a column is 10 ms
FILE_LOOK_S = 0.02  # a file is analysed ahead: nothing hurries
AHEAD_S = 1.0  # that a file is analysed before it is heard
SLICE_S = 0.1  # analysed in one look
SAFE_S = 0.3  # from so far ahead on, the rest of the second is analysed at leisure: a refresh is drawn meanwhile
LEISURE_S = 0.012
HASTE_S = 0.003  # between slices before that: whoever waits for the interpreter has it meanwhile
LARGEST_BACKLOG_S = 1.0  # behind a live input by more (the machine slept): skip to the present
DISPLAY_S = 0.02  # from drawing a refresh to its light: the wait for the next refresh and half a scan
ANALYSIS_S = 0.012  # from a stroke's sample until its pulse is half up, 11 to 13 ms; it is counted after 6 to 8
RETRY_S = 1.0
JOINT_COLUMNS = 3  # after a jump whose window holds sound from both sides of it: 30 ms
SILENCE_RATE = 48_000.0  # Hz of the silence before the first source


BeatOrder = Callable[[Analyser, float], object]


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


class Listening:
    """Runs an Ear on a thread of its own and says what should be on screen.

    Args:
        clock: seconds, steady; the same as the source's.
        on_sound: called on this thread when sound begins after silence; must return at once.
        on_failed: called on this thread with one sentence when the source cannot be read; listening goes on.

    Attributes:
        orders_followed: a person's words on the beat so far.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        on_sound: Callable[[], None] = lambda: None,
        on_failed: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._clock = clock
        self._on_sound = on_sound
        self._on_failed = on_failed
        self._offset_s = 0.0
        self._sounding = False
        self._lost_before = 0
        self._orders: deque[tuple[BeatOrder, float]] = deque()
        self.orders_followed = 0
        silence = Silence(SILENCE_RATE, clock)
        self._ear = Ear(silence, Analyser(AnalyserConfig.at(silence.rate)), Features.silence())
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start listening; does nothing when running."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop listening and wait for the thread to end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def set_source(self, source: Source | Foreseen | None) -> None:
        """Listen to another source from its present moment on; None hears silence."""
        ear = self._ear
        if source is None:
            source = Silence(ear.source.rate, self._clock)
        # The thread may be at work on the old analyser still: a new source begins with one of its own.
        self._lost_before += ear.lost
        self._ear = Ear(source, Analyser(AnalyserConfig.at(source.rate)), ear.timeline.newest)

    def steer(self, order: BeatOrder) -> None:
        """Have a person's word on the beat followed: a tap, a shift. Any thread; done with the next look.

        Args:
            order: called on this thread with the analyser and the time, as its heard_s, of what is in the air now.
        """
        self._orders.append((order, self._clock()))

    def set_offset(self, seconds: float) -> None:
        """Show pictures later than the sound (positive) or earlier (negative), up to half a second.

        A live input is heard when it sounds, so its pictures can be shown later but not earlier: with a negative
        offset only the beat, where it can be predicted, comes earlier.

        Raises:
            ValueError: beyond half a second, or not a number.
        """
        self._offset_s = checked_offset(seconds)

    @property
    def offset_s(self) -> float:
        """As set."""
        return self._offset_s

    @property
    def source(self) -> Source | Foreseen:
        """What is listened to now."""
        return self._ear.source

    @property
    def lost(self) -> int:
        """Samples that came and went before they were analysed."""
        return self._lost_before + self._ear.lost

    @property
    def newest(self) -> Features:
        """What was analysed last, audible already or not yet."""
        return self._ear.timeline.newest

    def features(self, now: float, ahead_s: float = 0.0) -> Features:
        """What should be on screen in a refresh that is drawn at `now`, or `ahead_s` later. Any thread; never waits."""
        return self._ear.at(now + ahead_s + DISPLAY_S - self._offset_s)[0]

    def sample(self, now: float, ahead_s: float = 0.0) -> int:
        """Number of the sample that those features belong to."""
        return int(self._ear.sample_at(now + ahead_s + DISPLAY_S - self._offset_s))

    def heard_at(self, time: float) -> Heard:
        """What is, or was a moment ago, in the air, whatever the offset: for a recording. Any thread; never waits."""
        ear = self._ear
        return Heard(ear.source, ear.sample_at(time), ear.at(time)[0])

    def shown_late_s(self, now: float) -> float:
        """By how much what `features` gives is older than what it should be: about 0 for files."""
        return self._ear.at(now + DISPLAY_S - self._offset_s)[1]

    def ahead_s(self, now: float) -> float:
        """How far the analysis is ahead of the air; negative when it is behind, as it must be live."""
        ear = self._ear
        return (ear.cursor - ear.sample_at(now)) / ear.source.rate

    def look(self, now: float) -> float:
        """One look at the source (the thread does nothing else); returns the seconds until the next."""
        ear = self._ear
        while self._orders:
            order, asked_at = self._orders.popleft()
            order(ear.analyser, ear.heard_s_at(asked_at))
            self.orders_followed += 1
        more = ear.look(now)
        sounding = ear.timeline.newest.is_open
        if sounding and not self._sounding:
            self._on_sound()
        self._sounding = sounding
        if more:
            return LEISURE_S if self.ahead_s(now) > SAFE_S else HASTE_S
        return FILE_LOOK_S if ear.foreseen else LIVE_LOOK_S

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                wait_s = self.look(self._clock())
            except Exception as error:  # the show goes on: say it, wait, try again
                self._on_failed(f"Listening failed ({type(error).__name__}: {error}); trying again.")
                wait_s = RETRY_S
            self._stop.wait(wait_s)
