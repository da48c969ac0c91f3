"""The picture of a recording: the paintings and switches of the show, drawn once more. The recorder's thread.

What comes is noted with its time and drawn a moment later, when the next painting is known as well: so each fade
ends exactly when the next begins, and what a performer does is seen in the image of its time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visualizer.hearing.analyser import Features
from visualizer.painting.knobs import Knobs
from visualizer.picture.drawing import Drawing
from visualizer.picture.hanging import Fit

if TYPE_CHECKING:
    from visualizer.painting.engine import Painting

USUAL_GAP_S = 0.1  # between paintings, until two have come
LONGEST_GAP_S = 1.5  # a longer one is a pause, and says nothing of the next fade


@dataclass(frozen=True)
class Showing:
    """How the picture is shown at a moment, as the performer has set it.

    Attributes:
        knobs: how the music moves the picture.
        frozen, black: it stands still; it is dark.
        limited: flashes are held back.
        reduced: motion is reduced.
        fit: how the painting lies in the picture.
    """

    knobs: Knobs
    frozen: bool = False
    black: bool = False
    limited: bool = True
    reduced: bool = False
    fit: Fit = "fill"


class RecordedPicture:
    """Draws what was shown.

    Args:
        drawing: on this thread.
        take: gives the newest painting once, or None.
        showing: how the picture is shown now.
    """

    def __init__(
        self, drawing: Drawing, take: Callable[[], Painting | None], showing: Callable[[], Showing | None]
    ) -> None:
        self._drawing = drawing
        self._take = take
        self._showing = showing
        self._paintings: deque[tuple[float, np.ndarray]] = deque()
        self._switches: deque[tuple[float, Showing]] = deque()
        self._shown: Showing | None = None
        self._turned_at: float | None = None  # when the painting that is faded to came
        self._gap_s = USUAL_GAP_S
        self._share = 1.0

    @property
    def begun(self) -> bool:
        """There has been a painting."""
        return self._turned_at is not None or bool(self._paintings)

    def watch(self, now: float) -> None:
        """Note what is new."""
        painting, showing = self._take(), self._showing()
        if painting is not None:
            self._paintings.append((now, painting.image))
        last = self._switches[-1][1] if self._switches else self._shown
        if showing is not None and showing != last:
            self._switches.append((now, showing))

    def image(self, time: float, features: Features | None) -> Any:
        """The picture at a time that was watched: an av.VideoFrame.

        Args:
            time: seconds, after the last.
            features: what the music does then; None keeps the last look.
        """
        while self._switches and self._switches[0][0] <= time:
            self._switch(*self._switches.popleft())
        while self._paintings and (self._turned_at is None or self._paintings[0][0] <= time):
            self._turn(*self._paintings.popleft())
        frozen = self._shown is not None and self._shown.frozen
        if not frozen:
            self._share = self._progress(time)
        return self._drawing.image(self._share, None if frozen else features, time)

    def release(self) -> None:
        """Give back what the drawing holds."""
        self._drawing.release()

    def _switch(self, time: float, showing: Showing) -> None:
        scene, before, self._shown = self._drawing.scene, self._shown, showing
        scene.knobs, scene.limited, scene.reduced = showing.knobs, showing.limited, showing.reduced
        self._drawing.fit = showing.fit
        scene.set_frozen(showing.frozen, time)
        if showing.black != (before is not None and before.black):
            scene.set_black(showing.black, time)

    def _turn(self, time: float, image: np.ndarray) -> None:
        if self._shown is not None and self._shown.frozen and self._turned_at is not None:
            return
        if self._turned_at is not None and 0 < time - self._turned_at < LONGEST_GAP_S:
            self._gap_s = time - self._turned_at
        self._turned_at = time
        self._drawing.turn(image)

    def _progress(self, time: float) -> float:
        """How much of the fade to the present painting is done, 0 to 1."""
        if self._turned_at is None:
            return 1.0
        gap_s = self._paintings[0][0] - self._turned_at if self._paintings else self._gap_s
        return min(1.0, max(0.0, (time - self._turned_at) / max(min(gap_s, LONGEST_GAP_S), 1e-3)))
