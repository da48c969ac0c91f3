"""What is on screen at a moment: cross-fade, look, black-out, stillness, flash limit; for canvases and drawings.

Pure, on injected time; the GUI thread asks at each refresh, a render for each image. It decides, the canvases draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.hearing.analyser import Features
from visualizer.painting.knobs import Knobs
from visualizer.picture.fade import Fade
from visualizer.picture.hanging import Hanging
from visualizer.picture.limiter import FlashLimiter
from visualizer.picture.miniature import Miniature
from visualizer.picture.presentation import REST, Look, Presentation

BLACK_S = 0.3  # from the full picture to black, and back


@dataclass(frozen=True)
class Sight:
    """One refresh of the screen.

    Attributes:
        progress: of the fade from what was on screen to the newest painting, 0 to 1.
        share: how much of the way from the last refresh to this one may be shown, 0 to 1; the look and the light
            have gone that way already, the painting has not.
        look: zoom, rotation, brush and colours.
        light: 1, or less on the way to black, of the sRGB codes.
    """

    progress: float = 1.0
    share: float = 1.0
    look: Look = REST
    light: float = 1.0


class Scene:
    """The state of a picture that follows music.

    Args:
        wall: colour of the wall behind it, sRGB codes.
        seed: of the presentation.

    Attributes:
        knobs: how strongly and how fast the music acts.
        reduced: motion is reduced to slow changes of colour.
        limited: flashes are held back.
    """

    def __init__(self, wall: tuple[int, int, int], seed: int = 0) -> None:
        self.knobs = Knobs()
        self.reduced = False
        self.limited = True
        self._presentation = Presentation(seed)
        self._fade = Fade()
        self._miniature = Miniature(wall)
        self._limiter = FlashLimiter()
        self._frozen_at: float | None = None
        self._stood_s = 0.0  # time that passed while frozen
        self._black = False
        self._light, self._light_at = 1.0, 0.0
        self._sight = Sight()
        self._sighted_at: float | None = None  # of the picture's own time
        self._hung: Hanging | None = None
        self._hanging_waits = False

    def set_frozen(self, frozen: bool, now: float) -> None:
        """Let the picture stand still, or go on from where it stood."""
        if frozen and self._frozen_at is None:
            self._frozen_at = now
        elif not frozen and self._frozen_at is not None:
            self._stood_s += max(0.0, now - self._frozen_at)
            self._frozen_at = None

    def set_black(self, black: bool, now: float) -> None:
        """Fade to black, or back to the picture."""
        self._light, self._light_at = self._light_now(now), now
        self._black = black

    @property
    def frozen(self) -> bool:
        """The picture stands still."""
        return self._frozen_at is not None

    @property
    def held_back(self) -> int:
        """How many sights the flash limit has held back."""
        return self._limiter.held_back

    def begin(self, image: np.ndarray | None, now: float, *, finished: bool = False) -> None:
        """Fade to an image from now on, uint8 [H, W, 3], or to the bare wall, from what was shown last.

        Args:
            finished: the fade so far was to its end, wherever the last sight left it.
        """
        self._fade.begin(self._time(now), self._sighted_at)
        self._miniature.begin(image, finished=finished)

    def hung(self, hanging: Hanging, now: float) -> Hanging:
        """Where the painting may hang now: as wanted, or as it hung while to hang it otherwise would flash."""
        last = self._hung
        self._hanging_waits = False
        if self.limited and last is not None and last.fit != hanging.fit and last.screen == hanging.screen:
            moved = self._miniature.screen(self._sight.look, self._sight.light, hanging, 0.0)
            self._hanging_waits = not self._limiter.allows(moved, now)
        if not self._hanging_waits:
            self._hung = last = hanging
        assert last is not None
        return last

    def sight(self, features: Features | None, now: float, hanging: Hanging, progress: float | None = None) -> Sight:
        """What to show now; call it once a refresh and show it.

        Args:
            features: what should be seen of the music now; None holds the last look.
            now: seconds of a steady clock.
            hanging: where the painting hangs; see hung.
            progress: of the fade, where it is known; None goes by the time.
        """
        time = self._time(now)
        look = self._sight.look
        if features is not None and not self.frozen:
            look = self._presentation.look(features, time, self.knobs, self.reduced)
        if progress is None:
            progress = self._fade.progress(time)
        light = self._light_now(now)
        self._miniature.fade(progress)
        last = self._sight

        def sight(share: float) -> Sight:
            lit = light if share >= 1 else last.light + share * (light - last.light)
            return Sight(progress, share, last.look.towards(look, share), lit)

        def screen(share: float) -> np.ndarray:
            seen = sight(share)
            return self._miniature.screen(seen.look, seen.light, hanging, share)

        self._sight = sight(self._limiter.share(screen, now, limited=self.limited))
        self._miniature.show(self._sight.share)
        self._sighted_at = time
        return self._sight

    def changes(self, now: float) -> bool:
        """Whether the next refresh would differ even without sound: a fade goes on, or a flash is held back."""
        fading = not self.frozen and self._fade.progress(self._time(now)) < 1
        fading = fading or self._light_now(now) != (0.0 if self._black else 1.0)
        return fading or self._hanging_waits or self._sight.share < 1

    def _time(self, now: float) -> float:
        """The picture's own time, which stands still while it is frozen."""
        return (now if self._frozen_at is None else self._frozen_at) - self._stood_s

    def _light_now(self, now: float) -> float:
        gone = max(0.0, now - self._light_at) / BLACK_S
        return max(0.0, self._light - gone) if self._black else min(1.0, self._light + gone)
