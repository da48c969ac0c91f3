"""All canvases that show the painting, told as one: the window's and the output window's. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QTimer

from visualizer.gui.canvas import Canvas
from visualizer.gui.easel import TIERS, Hear, Take
from visualizer.hearing.analyser import Features
from visualizer.painting.knobs import Knobs
from visualizer.picture.fade import FIRST_S
from visualizer.picture.hanging import Fit
from visualizer.show.recorded_picture import Showing


class Pictures:
    """Passes on how the painting is shown to every canvas, also to one that comes later.

    Args:
        features: what the music does in the refresh that is drawn now; None without a model. It counts refreshes,
            so one canvas alone asks it: the one made last, which is the output's while there is one.

    Attributes:
        canvases: those that show the painting.
        features: as the first canvas drew them last.
    """

    def __init__(self, features: Callable[[], Features | None]) -> None:
        self.canvases: list[Canvas] = []
        self.features = Features.silence()
        self._read = features
        self._hearers: list[object] = []
        self.frozen = False
        self.black = False
        self._live = False
        self._fit: Fit = "fill"
        self._limited = True
        self._tier = 0
        self._reduced = False
        self._knobs = Knobs()

    @property
    def raster(self) -> bool:
        """The picture is drawn without OpenGL."""
        return bool(self.canvases) and self.canvases[0].renderer == "QPainter"

    def showing(self) -> Showing:
        """How the picture is shown now; any thread."""
        return Showing(self._knobs, self.frozen, self.black, self._limited, self._reduced, self._fit)

    def make(self, make_canvas: Callable[[Take, Hear], Canvas], take: Take) -> Canvas:
        """Make one more canvas and show on it as on the others."""
        hearer = object()
        self._hearers.append(hearer)

        def hear() -> Features | None:
            if hearer is not self._hearers[-1]:
                return self.features
            features = self._read()
            if features is not None:
                self.features = features
            return features

        canvas = make_canvas(take, hear)
        self._add(canvas)
        return canvas

    def _add(self, canvas: Canvas) -> None:
        self.canvases.append(canvas)
        self._share_work()
        canvas.set_fit(self._fit)
        canvas.set_limited(self._limited)
        canvas.set_reduced(self._reduced)
        canvas.set_knobs(self._knobs)
        canvas.set_black(self.black)
        canvas.set_live(self._live)
        canvas.look()  # also while the music stands
        if self.frozen:  # but not on the bare wall, before the painting has risen out of it
            QTimer.singleShot(round(1000 * FIRST_S), lambda: self._freeze(canvas))

    def remove(self, canvas: Canvas) -> None:
        """Show no longer on a canvas, which comes to rest."""
        del self._hearers[self.canvases.index(canvas)]
        self.canvases.remove(canvas)
        canvas.set_live(False)
        self._share_work()

    def _freeze(self, canvas: Canvas) -> None:
        if canvas in self.canvases:
            canvas.set_frozen(self.frozen)

    def _share_work(self) -> None:
        """The canvas made last is the show; those before it are previews and must not cost it a refresh."""
        for canvas in self.canvases:
            preview = canvas is not self.canvases[-1]
            canvas.set_preview(preview)
            canvas.set_tier(TIERS - 1 if preview else self._tier)

    def look(self) -> None:
        """Take the newest painting now."""
        for canvas in self.canvases:
            canvas.look()

    def set_live(self, live: bool) -> None:
        """Refresh continuously, or rest when the last fade is done."""
        self._live = live
        for canvas in self.canvases:
            canvas.set_live(live)

    def set_fit(self, fit: Fit) -> None:
        """How the painting lies in the picture: one of visualizer.gui.settings.FITS."""
        self._fit = fit
        for canvas in self.canvases:
            canvas.set_fit(fit)

    def set_limited(self, limited: bool) -> None:
        """Switch the flash limiter."""
        self._limited = limited
        for canvas in self.canvases:
            canvas.set_limited(limited)

    def set_reduced(self, reduced: bool) -> None:
        """Reduced motion: slow fades only."""
        self._reduced = reduced
        for canvas in self.canvases:
            canvas.set_reduced(reduced)

    def set_knobs(self, knobs: Knobs) -> None:
        """How much, how fast and how smoothly the picture moves."""
        self._knobs = knobs
        for canvas in self.canvases:
            canvas.set_knobs(knobs)

    def set_tier(self, tier: int) -> None:
        """How much work a refresh may be."""
        self._tier = tier
        self._share_work()

    def set_frozen(self, frozen: bool) -> None:
        """Hold the picture still; the sound goes on."""
        self.frozen = frozen
        for canvas in self.canvases:
            canvas.set_frozen(frozen)

    def set_black(self, black: bool) -> None:
        """Fade to black, and back."""
        self.black = black
        for canvas in self.canvases:
            canvas.set_black(black)
