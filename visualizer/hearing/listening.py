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

from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.ear import Ear
from visualizer.hearing.offset import checked_offset
from visualizer.hearing.sources import Foreseen, Heard, Silence, Source

LIVE_LOOK_S = 0.006  # between looks at a live input; a column is 10 ms
FILE_LOOK_S = 0.02  # a file is analysed ahead: nothing hurries
SAFE_S = 0.3  # from so far ahead on, the rest of the second is analysed at leisure: a refresh is drawn meanwhile
LEISURE_S = 0.012
HASTE_S = 0.003  # between slices before that: whoever waits for the interpreter has it meanwhile
DISPLAY_S = 0.02  # from drawing a refresh to its light: the wait for the next refresh and half a scan
RETRY_S = 1.0
SILENCE_RATE = 48_000.0  # Hz of the silence before the first source

BeatOrder = Callable[[Analyser, float], object]


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
