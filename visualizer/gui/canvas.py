"""The OpenGL canvas: takes the newest painting on each refresh, uploads it, shows it as the music goes. GUI thread.

While the canvas is live or fading, each finished refresh asks for the next, at the screen's rate;
otherwise it rests and costs nothing. A lost context is rebuilt from the last painting.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import moderngl
import numpy as np
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtWidgets import QWidget

from visualizer.gui.easel import TIERS, Easel, Hear, Take, nothing_heard
from visualizer.painting.knobs import Knobs
from visualizer.picture.drawing import is_software
from visualizer.picture.gl_painting import GLPainting
from visualizer.picture.hanging import WALL, Fit, hang
from visualizer.picture.scene import Scene
from visualizer.words import tr

NEEDED = (3, 3)
SOFTWARE_HZ = 30.0  # without a graphics card each refresh costs the processor that also paints and plays


class Canvas(Protocol):
    """What the window needs of a canvas: GLCanvas with OpenGL, RasterCanvas without.

    Attributes:
        painted: signal with each Painting taken.
        refreshes: how often the screen was drawn.
        upload_s, paint_s: the last durations, seconds, for the bench.
        interval_s: the last times between refreshes while live, seconds.
        others_s: what other programs took away of each of those, once trace_waits was called; else 0.
        painting_age_s: how old the newest painting was at the last refreshes while live, seconds; negative where it
            was painted for a time to come.
        hz: refreshes a second that the canvas means to make.
        renderer: what draws, for people.
    """

    painted: Any
    refreshes: int
    upload_s: deque[float]
    paint_s: deque[float]
    interval_s: deque[float]
    others_s: deque[float]
    painting_age_s: deque[float]
    hz: float
    renderer: str

    def look(self) -> None:
        """Take the newest painting now, if there is one."""

    def trace_waits(self) -> None:
        """From now on tell for each interval how long other programs kept it waiting. From the GUI thread."""

    def set_live(self, live: bool) -> None:
        """Refresh continuously and move with the music, or rest when the last fade is done."""

    def set_knobs(self, knobs: Knobs) -> None:
        """How strongly and how fast the music moves the picture."""

    def set_fit(self, fit: Fit) -> None:
        """Fill the screen, hang the whole painting on the wall, or mirror it at the sides."""

    def set_limited(self, limited: bool) -> None:
        """Hold flashes back, as is usual, or show everything."""

    def set_frozen(self, frozen: bool) -> None:
        """Hold the picture still while the sound goes on, or let it go on."""

    def set_black(self, black: bool) -> None:
        """Fade to black within 0.3 s, or back to the picture."""

    def set_reduced(self, reduced: bool) -> None:
        """Reduce motion to slow changes of colour, or show it all."""

    def set_tier(self, tier: int) -> None:
        """How much work a refresh may be: 0 the full picture, higher is cheaper."""

    def set_preview(self, preview: bool) -> None:
        """Refresh seldom, because another canvas is the show; or as often as the screen can."""

    def clear(self) -> None:
        """Fade to the bare wall."""

    def widget(self) -> QWidget:
        """The widget itself."""


def wanted_format() -> QSurfaceFormat:
    """The OpenGL that the canvas asks for; set as default before the QApplication is made."""
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(*NEEDED)
    wanted.setSwapInterval(1)
    return wanted


@dataclass(frozen=True)
class OpenGL:
    """What OpenGL there is.

    Attributes:
        problem: why the OpenGL canvas cannot work, as a sentence; empty when it can.
        renderer: the driver's name for what draws; empty with a problem.
    """

    problem: str
    renderer: str = ""

    @property
    def software(self) -> bool:
        """The processor imitates a graphics card: it draws faster without the imitation."""
        return is_software(self.renderer)


def probe_opengl() -> OpenGL:
    """Try OpenGL before any canvas exists; needs a QApplication."""
    context = QOpenGLContext()
    context.setFormat(wanted_format())
    if not context.create():
        return OpenGL(
            tr("This system offers no OpenGL: the picture is drawn without it; a graphics driver would help.")
        )
    version = context.format().version()
    if context.isOpenGLES() or tuple(version) < NEEDED:
        kind = "OpenGL ES" if context.isOpenGLES() else "OpenGL"
        found = f"{kind} {version[0]}.{version[1]}"
        return OpenGL(tr("{found} is too old (3.3 is needed): the picture is drawn without it.", found=found))
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return OpenGL(tr("OpenGL does not start: the picture is drawn without it; check the graphics driver."))
    try:
        probe = moderngl.create_context(require=330)
        renderer = str(probe.info["GL_RENDERER"])
        probe.release()
    except Exception as error:  # moderngl raises plain Exception
        return OpenGL(
            tr(
                "OpenGL does not start ({error}): the picture is drawn without it; check the graphics driver.",
                error=error,
            )
        )
    finally:
        context.doneCurrent()
    return OpenGL("", renderer)


class GLCanvas(Easel, QOpenGLWidget):
    """The painting, drawn by the graphics card.

    Args:
        take: gives the newest painting once, or None; called on each refresh, must not wait.
        features: gives what should be seen of the music now; None uses the newest painting's.
        clock: seconds, steady.
    """

    painted = pyqtSignal(object)

    def __init__(
        self,
        take: Take,
        features: Hear = nothing_heard,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._set_up(take, features, clock)
        self._image: np.ndarray | None = None
        self._waiting = False  # the newest image is not uploaded yet
        self._software = False
        self._painting: GLPainting | None = None
        self._context: moderngl.Context | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self._tick)
        self._last_refresh = 0.0
        self.hz = 60.0
        self.frameSwapped.connect(self._next_refresh)

    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    def set_tier(self, tier: int) -> None:
        """How much work a refresh may be; where the processor imitates a graphics card, always the least."""
        super().set_tier(tier)
        if self._software:
            self._tier = TIERS - 1

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Not seen: rest. Seen again, Qt asks for a refresh."""
        self._pace.stop()
        super().hideEvent(event)

    def initializeGL(self) -> None:
        """Qt calls this for each new context: the first, and any after a loss."""
        context = self.context()
        if context is None:
            return
        context.aboutToBeDestroyed.connect(self._release)
        self._context = moderngl.create_context(require=330)
        opengl = OpenGL("", str(self._context.info["GL_RENDERER"]))
        self.renderer, self._software = opengl.renderer, opengl.software
        self._painting = GLPainting(self._context, WALL)
        self._waiting = self._image is not None
        screen = self.screen()
        hz = screen.refreshRate() if screen is not None else 60.0
        self.hz = SOFTWARE_HZ if self._software else max(hz, 24.0)
        self.set_tier(self._tier)

    def paintGL(self) -> None:
        """Qt calls this once a refresh, with the context current."""
        if self._live:
            self.look()
        if self._painting is None or self._context is None:
            return
        started = time.perf_counter()
        if self._waiting:
            self._painting.upload(self._image)
            self._waiting = False
            self.upload_s.append(time.perf_counter() - started)
        scale = self.devicePixelRatioF()
        screen = (max(1, round(self.width() * scale)), max(1, round(self.height() * scale)))
        target = self._context.detect_framebuffer(self.defaultFramebufferObject())
        now = self._clock()
        hanging = self._scene.hung(hang(screen, self._painting.size, scale, self._fit), now)
        sight = self._scene.sight(self._heard(), now, hanging)
        self._painting.draw(target, hanging, sight, self._tier)
        self._count()
        self.paint_s.append(time.perf_counter() - started)

    def _wake(self) -> None:
        self.update()

    def _tick(self) -> None:
        """A refresh is due."""
        if self._needed():
            self.update()
        else:
            self._last_refresh = time.perf_counter()
            self._pace.start(round(1000 * self._every / self.hz))

    def _begin(self, image: np.ndarray | None) -> None:
        self._image = image
        self._waiting = True
        self._with_scene(lambda scene: scene.begin(image, self._clock()))

    def _with_scene(self, change: Callable[[Scene], object]) -> None:
        change(self._scene)
        self._wake()

    def _next_refresh(self) -> None:
        """Ask for the next refresh, no sooner than the screen can show it (not every system waits for it)."""
        if not (self._waiting or self._live or self._scene.changes(self._clock())):
            return
        now = time.perf_counter()
        wait_s = self._last_refresh + 0.9 * self._every / self.hz - now
        self._last_refresh = max(now, now + wait_s)
        self._pace.start(max(0, round(wait_s * 1000)))

    def _release(self) -> None:
        """The context goes away: give its objects back; initializeGL rebuilds them."""
        if self._painting is not None:
            self.makeCurrent()
            self._painting.release()
            self.doneCurrent()
        self._painting = self._context = None
