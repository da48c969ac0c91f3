"""The OpenGL canvas: takes the newest painting on each refresh, uploads it, cross-fades to it. GUI thread.

While the canvas is live or fading, each finished refresh asks for the next, at the screen's rate;
otherwise it rests and costs nothing. A lost context is rebuilt from the last painting.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import moderngl
import numpy as np
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtWidgets import QWidget

from visualizer.drawing import is_software
from visualizer.fade import Fade
from visualizer.gl_painting import ENLARGED, GLPainting
from visualizer.hanging import hang
from visualizer.theme import WALL

if TYPE_CHECKING:
    from visualizer.engine import Painting

NEEDED = (3, 3)
SOFTWARE_HZ = 30.0  # without a graphics card each refresh costs the processor that also paints and plays
SOFTWARE_ENLARGED = 256
TIMINGS_KEPT = 512

Take = Callable[[], "Painting | None"]


class Canvas(Protocol):
    """What the window needs of a canvas: GLCanvas with OpenGL, RasterCanvas without.

    Attributes:
        painted: signal with each Painting taken.
        refreshes: how often the screen was drawn.
        upload_s, paint_s: the last durations, seconds, for the bench.
    """

    painted: Any
    refreshes: int
    upload_s: deque[float]
    paint_s: deque[float]

    def look(self) -> None:
        """Take the newest painting now, if there is one."""

    def set_live(self, live: bool) -> None:
        """Refresh continuously, or rest when the last fade is done."""

    def set_whole(self, whole: bool) -> None:
        """Hang the whole painting on the wall, or fill the screen with it."""

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
        return OpenGL("This system offers no OpenGL: the picture is drawn without it; a graphics driver would help.")
    version = context.format().version()
    if context.isOpenGLES() or tuple(version) < NEEDED:
        kind = "OpenGL ES" if context.isOpenGLES() else "OpenGL"
        return OpenGL(f"{kind} {version[0]}.{version[1]} is too old (3.3 is needed): the picture is drawn without it.")
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return OpenGL("OpenGL does not start: the picture is drawn without it; check the graphics driver.")
    try:
        probe = moderngl.create_context(require=330)
        renderer = str(probe.info["GL_RENDERER"])
        probe.release()
    except Exception as error:  # moderngl raises plain Exception
        return OpenGL(f"OpenGL does not start ({error}): the picture is drawn without it; check the graphics driver.")
    finally:
        context.doneCurrent()
    return OpenGL("", renderer)


class GLCanvas(QOpenGLWidget):
    """The painting, drawn by the graphics card.

    Args:
        take: gives the newest painting once, or None; called on each refresh, must not wait.
        clock: seconds, steady.
    """

    painted = pyqtSignal(object)

    def __init__(self, take: Take, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refreshes = 0
        self.upload_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.paint_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.renderer = ""
        self._take = take
        self._clock = clock
        self._fade = Fade()
        self._image: np.ndarray | None = None
        self._waiting = False  # the newest image is not uploaded yet
        self._live = False
        self._whole = False
        self._painting: GLPainting | None = None
        self._context: moderngl.Context | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self.update)
        self._last_refresh = 0.0
        self._hz = 60.0
        self.frameSwapped.connect(self._next_refresh)

    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    def set_live(self, live: bool) -> None:
        """Refresh continuously, or rest when the last fade is done."""
        if live != self._live:
            self._live = live
            self.update()

    def set_whole(self, whole: bool) -> None:
        """Hang the whole painting on the wall, or fill the screen with it."""
        self._whole = whole
        self.update()

    def clear(self) -> None:
        """Fade to the bare wall."""
        self._show(None)

    def look(self) -> None:
        """Take the newest painting now, if there is one."""
        painting = self._take()
        if painting is not None:
            self._show(painting.image)
            self.painted.emit(painting)

    def initializeGL(self) -> None:
        """Qt calls this for each new context: the first, and any after a loss."""
        context = self.context()
        if context is None:
            return
        context.aboutToBeDestroyed.connect(self._release)
        self._context = moderngl.create_context(require=330)
        opengl = OpenGL("", str(self._context.info["GL_RENDERER"]))
        self.renderer, software = opengl.renderer, opengl.software
        self._painting = GLPainting(self._context, WALL, SOFTWARE_ENLARGED if software else ENLARGED)
        self._waiting = self._image is not None
        screen = self.screen()
        hz = screen.refreshRate() if screen is not None else 60.0
        self._hz = SOFTWARE_HZ if software else max(hz, 24.0)

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
        hanging = hang(screen, self._painting.size, scale, self._whole)
        self._painting.draw(target, hanging, self._fade.progress(self._clock()))
        self.paint_s.append(time.perf_counter() - started)
        self.refreshes += 1

    def _show(self, image: np.ndarray | None) -> None:
        self._image = image
        self._waiting = True
        self._fade.begin(self._clock())
        self.update()

    def _next_refresh(self) -> None:
        """Ask for the next refresh, no sooner than the screen can show it (not every system waits for it)."""
        if not (self._live or self._waiting or self._fade.progress(self._clock()) < 1):
            return
        now = time.perf_counter()
        wait_s = self._last_refresh + 0.9 / self._hz - now
        self._last_refresh = max(now, now + wait_s)
        self._pace.start(max(0, round(wait_s * 1000)))

    def _release(self) -> None:
        """The context goes away: give its objects back; initializeGL rebuilds them."""
        if self._painting is not None:
            self.makeCurrent()
            self._painting.release()
            self.doneCurrent()
        self._painting = self._context = None
