"""What both canvases share: taking paintings, the scene and its switches, the measures of the bench. GUI thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from visualizer.gui.waits import Waits
from visualizer.hearing.analyser import Features
from visualizer.painting.knobs import Knobs
from visualizer.picture.hanging import FITS, WALL, Fit
from visualizer.picture.scene import Scene

if TYPE_CHECKING:
    from visualizer.painting.engine import Painting

TIMINGS_KEPT = 512
TIERS = 3
PREVIEW_EVERY = 4
CALM_AFTER_S = 3.0  # without sound, and without a choice of the user's: the picture only drifts
CALM_EVERY = 5  # of the refreshes is drawn then; the others only listen

Take = Callable[[], "Painting | None"]
Hear = Callable[[], "Features | None"]


def nothing_heard() -> Features | None:
    """No features of their own time: each painting's are used."""
    return None


class Easel:
    """The half of a canvas that does not draw; mixed into GLCanvas and RasterCanvas, whose widgets it updates."""

    painted: Any

    def _set_up(self, take: Take, features: Hear, clock: Callable[[], float]) -> None:
        self.refreshes = 0
        self.upload_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.paint_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.interval_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.others_s: deque[float] = deque(maxlen=TIMINGS_KEPT)  # of each interval; 0 without trace_waits
        self.painting_age_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self._waits: Waits | None = None
        self.renderer = ""
        self._take, self._features, self._clock = take, features, clock
        self._scene = Scene(WALL)
        self._newest: Painting | None = None
        self._live = False
        self._frozen = False
        self._fit: Fit = "fill"
        self._tier = 0
        self._every = 1  # of the refreshes that the canvas could make
        self._refreshed_at: float | None = None
        self._due_features: Features | None = None  # heard for the refresh that is due
        self._stirred_at = self._clock()
        self._left_out = 0  # refreshes since the last that was drawn

    def look(self) -> None:
        """Take the newest painting now, if there is one."""
        painting = self._take()
        if painting is None:
            return
        self._newest = painting
        if not self._frozen:
            self._begin(painting.image)
        self.painted.emit(painting)

    def clear(self) -> None:
        """Fade to the bare wall."""
        if self._newest is not None:
            self._newest = None
            self._begin(None)

    def set_live(self, live: bool) -> None:
        """Refresh continuously and move with the music, or rest when the last fade is done."""
        if live != self._live:
            self._live = live
            self._refreshed_at = self._due_features = None
            self._stir()
            self._wake()

    def set_knobs(self, knobs: Knobs) -> None:
        """How strongly and how fast the music moves the picture."""
        self._scene.knobs = knobs
        self._stir()

    def set_fit(self, fit: Fit) -> None:
        """Fill the screen, hang the whole painting on the wall, or mirror it at the sides."""
        if fit not in FITS:
            raise ValueError(f"there is no fit {fit!r}: use one of {', '.join(FITS)}")
        self._fit = fit
        self._stir()
        self._wake()

    def set_limited(self, limited: bool) -> None:
        """Hold flashes back, as is usual, or show everything."""
        self._scene.limited = limited

    def set_frozen(self, frozen: bool) -> None:
        """Hold the picture still while the sound goes on, or let it go on."""
        now = self._clock()
        self._frozen = frozen
        self._stir()
        self._with_scene(lambda scene: scene.set_frozen(frozen, now))

    def set_black(self, black: bool) -> None:
        """Fade to black within 0.3 s, or back to the picture."""
        now = self._clock()
        self._stir()
        self._with_scene(lambda scene: scene.set_black(black, now))

    def set_reduced(self, reduced: bool) -> None:
        """Reduce motion to slow changes of colour, or show it all."""
        self._scene.reduced = reduced

    def set_tier(self, tier: int) -> None:
        """How much work a refresh may be: 0 the full picture, higher is cheaper, to TIERS - 1 and no cheaper."""
        if tier < 0:
            raise ValueError(f"tier is {tier}: use 0 or more")
        self._tier = min(tier, TIERS - 1)
        self._wake()

    def set_preview(self, preview: bool) -> None:
        """Refresh seldom, because another canvas is the show; or as often as the screen can."""
        self._every = PREVIEW_EVERY if preview else 1

    def trace_waits(self) -> None:
        """From now on tell for each interval how long other programs kept it waiting. From the GUI thread."""
        gui = threading.get_native_id()
        self._waits = Waits(lambda: (gui, *self._other_threads()))

    def _other_threads(self) -> tuple[int, ...]:
        """Native numbers of the threads beside the GUI's that a refresh goes through."""
        return ()

    def _begin(self, image: np.ndarray | None) -> None:
        """Fade to an image from what is on screen, from now on; None is the bare wall."""
        raise NotImplementedError

    def _with_scene(self, change: Callable[[Scene], object]) -> None:
        """Change the scene before the next refresh, on the thread that draws, and refresh soon."""
        raise NotImplementedError

    def _wake(self) -> None:
        """Refresh soon."""
        raise NotImplementedError

    def _needed(self) -> bool:
        """Listen for a refresh that is due; whether it must be drawn: in a calm most are left out."""
        if not self._live:
            return True
        now, features = self._clock(), self._features()
        if features is None and self._newest is not None:
            features = self._newest.features
        if features is None or features.is_open:
            self._stirred_at = now
        self._due_features = features
        self._left_out += 1
        if self._is_calm and self._left_out < CALM_EVERY:
            return False
        self._left_out = 0
        return True

    @property
    def _is_calm(self) -> bool:
        """There has been no sound for a while, and nobody has chosen anything."""
        return self._clock() - self._stirred_at > CALM_AFTER_S

    def _stir(self) -> None:
        """Something was chosen: refresh as often as with sound for a while."""
        self._stirred_at = self._clock()

    def _heard(self) -> Features | None:
        """What the refresh that is drawn now should show of the music; None holds the last look."""
        if not self._live:
            return None
        due, self._due_features = self._due_features, None
        features = due or self._features()
        return self._newest.features if features is None and self._newest is not None else features

    def _count(self) -> None:
        """A refresh is on its way to the screen: count it, and measure while live."""
        self.refreshes += 1
        if not self._live:
            return
        if self._is_calm:  # refreshes come seldom by intention
            self._refreshed_at = None
            return
        refreshed_at = time.perf_counter()
        others_s = self._waits.step() if self._waits is not None else 0.0
        if self._refreshed_at is not None:
            self.interval_s.append(refreshed_at - self._refreshed_at)
            self.others_s.append(others_s)
        self._refreshed_at = refreshed_at
        if self._newest is not None:
            self.painting_age_s.append(self._clock() - self._newest.made_at)
