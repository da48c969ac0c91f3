"""Draws the images of a video: the window's picture on the video's own clock.

A graphics card draws with the window's own shaders. Without one, NumPy makes a picture of moderate size and
`planes` an image of it: OpenGL imitated by the processor would take many times as long. The thread that
opens a drawing uses it and releases it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.hearing.analyser import Features
from visualizer.picture.hanging import WALL, Fit, Hanging, hang
from visualizer.picture.planes import Mount, Scaler
from visualizer.picture.presentation import Look
from visualizer.picture.raster_painting import RasterPainting, View, view
from visualizer.picture.scene import Scene

if TYPE_CHECKING:
    from visualizer.picture.gl_painting import GLPainting

SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "gdi generic", "software")
VIEW_POINTS = 540  # the picture's shorter side in points of a desktop: sets how fine the linen is


class Drawing(Protocol):
    """What draws the images of one video.

    Attributes:
        name: what draws, for people.
        scene: knobs, reduced motion and the flash limit may be set on it between images,
        fit: and how the painting lies in the picture.
    """

    name: str
    scene: Scene
    fit: Fit

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on, uint8 [H, W, 3], from the one given before."""

    def image(self, share: float, features: Features | None = None, now: float = 0.0) -> Any:
        """The next picture of the video.

        Args:
            share: of the fade that is done, 0 to 1.
            features: what should be seen of the music; None keeps the last look.
            now: time in the video, seconds, never before the last.
        Returns:
            An av.VideoFrame, yuv420p, BT.709, studio range.
        """

    def release(self) -> None:
        """Give back what it holds."""


def open_drawing(size: tuple[int, int], *, raster: bool = False, seed: int = 0, fit: Fit = "fill") -> Drawing:
    """The drawing that is fastest here; the same on each call, so that a render can be repeated.

    Args:
        size: width and height of the video in pixels, even.
        raster: draw without OpenGL in any case.
        seed: of the presentation.
        fit: how the painting lies in the picture.
    """
    if raster:
        return RasterDrawing(size, seed, fit=fit)
    from visualizer.picture.offscreen import offscreen_context

    try:
        context = offscreen_context()
    except VisualizerError:  # no OpenGL: nothing is lost but speed
        return RasterDrawing(size, seed, fit=fit)
    if is_software(str(context.info["GL_RENDERER"])):
        context.release()
        return RasterDrawing(size, seed, fit=fit)
    return GLDrawing(size, context, seed, fit=fit)


def is_software(renderer: str) -> bool:
    """Whether OpenGL's renderer of this name is the processor imitating a graphics card."""
    return any(name in renderer.lower() for name in SOFTWARE)


class RasterDrawing:
    """A Drawing by NumPy and FFmpeg's scaler. Where it should tilt, it stretches: a tilt would cost more than the rest.

    Args:
        size: width and height of the video.
        seed: of the presentation.
        tier: 0 with strokes, 1 and 2 with flat ones, 3 or more without.
        fit: how the painting lies in the picture.
    """

    def __init__(self, size: tuple[int, int], seed: int = 0, tier: int = 0, fit: Fit = "fill") -> None:
        self.name = "NumPy"
        self.scene = Scene(WALL, seed)
        self._size = size
        self.fit: Fit = fit
        self._tier = tier
        self._scaler = Scaler()
        self._painting = RasterPainting(WALL)
        self._begun = False
        self._mount: Mount | None = None

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        _begin(self.scene, self._painting, painting, self._begun)
        self._begun = True

    def image(self, share: float, features: Features | None = None, now: float = 0.0) -> Any:
        """The next picture of the video."""
        if not self._begun:
            raise ValueError("no painting has been given yet: call turn first")
        hanging = _hung(self._size, self._painting.size, self.fit)
        sight = self.scene.sight(features, now, hanging, share)
        self._painting.mix(sight)
        seen = view(hanging, self._painting.points)
        codes = self._painting.picture(sight, seen, self._tier)
        if self._mount is None or self._mount.hanging != hanging:
            self._mount = Mount(hanging, self._scaler)
        large = self._scaler.scaled(codes, "bgra", _zoomed(hanging, seen, sight.look))
        return self._mount.image(large, sight.light)

    def release(self) -> None:
        """Nothing to give back."""


class GLDrawing:
    """A Drawing by the graphics card, with the window's shaders.

    Args:
        size: width and height of the video.
        context: current on this thread; released with the drawing.
        seed: of the presentation.
        tier: 0 the full picture, higher is cheaper.
        fit: how the painting lies in the picture.
    """

    def __init__(self, size: tuple[int, int], context: Any, seed: int = 0, tier: int = 0, fit: Fit = "fill") -> None:
        from visualizer.picture.gl_painting import GLPainting

        self.name = str(context.info["GL_RENDERER"])
        self.scene = Scene(WALL, seed)
        self._size = size
        self.fit: Fit = fit
        self._context = context
        self._tier = tier
        self._target = context.framebuffer([context.texture(size, 4)])
        self._painting = GLPainting(context, WALL)
        self._scaler = Scaler()
        self._begun = False

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        _begin(self.scene, self._painting, painting, self._begun)
        self._begun = True

    def image(self, share: float, features: Features | None = None, now: float = 0.0) -> Any:
        """The next picture of the video."""
        if not self._begun:
            raise ValueError("no painting has been given yet: call turn first")
        hanging = _hung(self._size, self._painting.size, self.fit)
        sight = self.scene.sight(features, now, hanging, share)
        self._painting.draw(self._target, hanging, sight, self._tier)
        width, height = self._size
        pixels = np.frombuffer(self._target.read(components=3, alignment=1), np.uint8).reshape(height, width, 3)
        codes = np.ascontiguousarray(pixels[::-1])  # OpenGL counts rows from the bottom
        return self._scaler.scaled(codes, "rgb24", self._size)

    def release(self) -> None:
        """Give the context and its objects back."""
        self._painting.release()
        self._context.release()


def _begin(scene: Scene, picture: RasterPainting | GLPainting, painting: np.ndarray, begun: bool) -> None:
    """Fade to a painting; the first is there at once, and the last image may have been drawn short of a fade's end."""
    for finished in (True,) if begun else (False, True):
        picture.upload(painting, finished=finished)
        scene.begin(painting, 0.0, finished=finished)


def _hung(size: tuple[int, int], painting: tuple[int, int], fit: Fit) -> Hanging:
    return hang(size, painting, max(1.0, min(size) / VIEW_POINTS), fit)


def _zoomed(hanging: Hanging, seen: View, look: Look) -> tuple[int, int]:
    """How large the part that is seen must become, even; where the painting fills, its middle must fill the video.

    In place of a tilt it grows wider, for one to the other side higher: as far as the tilt would move its edges.
    """
    least = hanging.screen if hanging.fit == "fill" else (0, 0)
    tilt = math.radians(look.rotation_deg)
    across = max(seen.width, least[0]) * look.zoom * (1 + max(tilt, 0.0))
    down = max(seen.height, least[1]) * look.zoom * (1 + max(-tilt, 0.0))
    return max(2, 2 * round(across / 2)), max(2, 2 * round(down / 2))
