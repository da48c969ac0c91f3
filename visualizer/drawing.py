"""Draws the images of a video: the window's picture on the video's own clock, filling it.

A graphics card draws with the window's own shaders. Without one, NumPy makes a picture of moderate size, FFmpeg's
scaler stretches it, and the linen is laid on the finished luma: OpenGL imitated by the processor would take many times
as long. The thread that opens a drawing uses it and releases it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from visualizer.analyser import Features
from visualizer.errors import VisualizerError
from visualizer.hanging import Hanging, hang
from visualizer.linen import LINEN, VIGNETTE, corners, light_on_linen
from visualizer.raster_painting import RasterPainting, View, view
from visualizer.scene import Scene

if TYPE_CHECKING:
    from visualizer.gl_painting import GLPainting

NO_WALL = (0, 0, 0)  # no wall is seen around a picture that fills
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "gdi generic", "software")
VIEW_POINTS = 540  # the picture's shorter side in points of a desktop: sets how fine the linen is
BLACK = 16  # luma of studio range
GREY = 128  # chroma of no colour


class Drawing(Protocol):
    """What draws the images of one video.

    Attributes:
        name: what draws, for people.
        scene: knobs, reduced motion and the flash limit may be set on it before the first image.
    """

    name: str
    scene: Scene

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


def open_drawing(size: tuple[int, int], *, raster: bool = False, seed: int = 0) -> Drawing:
    """The drawing that is fastest here; the same on each call, so that a render can be repeated.

    Args:
        size: width and height of the video in pixels, even.
        raster: draw without OpenGL in any case.
        seed: of the presentation.
    """
    if raster:
        return RasterDrawing(size, seed)
    from visualizer.offscreen import offscreen_context

    try:
        context = offscreen_context()
    except VisualizerError:  # no OpenGL: nothing is lost but speed
        return RasterDrawing(size, seed)
    if is_software(str(context.info["GL_RENDERER"])):
        context.release()
        return RasterDrawing(size, seed)
    return GLDrawing(size, context, seed)


def is_software(renderer: str) -> bool:
    """Whether OpenGL's renderer of this name is the processor imitating a graphics card."""
    return any(name in renderer.lower() for name in SOFTWARE)


class RasterDrawing:
    """A Drawing by NumPy and FFmpeg's scaler. It zooms, but does not tilt: that would cost more than the rest.

    Args:
        size: width and height of the video.
        seed: of the presentation.
        tier: 0 with strokes, 1 or more without.
    """

    def __init__(self, size: tuple[int, int], seed: int = 0, tier: int = 0) -> None:
        self.name = "NumPy"
        self.scene = Scene(NO_WALL, seed)
        self._size = size
        self._tier = tier
        self._scaler = _Scaler()
        self._painting = RasterPainting(NO_WALL)
        self._begun = False
        self._lights = _linen_on_yuv(size)

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        _begin(self.scene, self._painting, painting, self._begun)
        self._begun = True

    def image(self, share: float, features: Features | None = None, now: float = 0.0) -> Any:
        """The next picture of the video."""
        if not self._begun:
            raise ValueError("no painting has been given yet: call turn first")
        hanging = _hung(self._size, self._painting.size)
        sight = self.scene.sight(features, now, hanging, share)
        self._painting.mix(sight)
        seen = view(hanging, self._painting.points)
        codes = self._painting.picture(sight, seen, self._tier)
        large = self._scaler.scaled(codes, "bgra", _zoomed(self._size, seen, sight.look.zoom))
        return self._on_linen(large, sight.light)

    def release(self) -> None:
        """Nothing to give back."""

    def _on_linen(self, large: Any, light: float) -> Any:
        """The middle of a picture that is at least as large as the video, on linen."""
        image = _blank(self._size)
        for number, (plane, source) in enumerate(zip(image.planes, large.planes, strict=True)):
            codes, larger = _plane(plane), _plane(source)
            top, left = ((more - less) // 2 for more, less in zip(larger.shape, codes.shape, strict=True))
            seen = larger[top : top + codes.shape[0], left : left + codes.shape[1]]
            gain, offset, lit = self._lights[min(number, 1)]
            np.multiply(seen, gain, out=lit)
            np.add(lit, offset, out=lit)
            np.right_shift(lit, 8, out=lit)
            codes[:] = lit
            if light < 1:
                rest = BLACK if number == 0 else GREY
                codes[:] = rest + (codes - np.float32(rest)) * light
        return image


class GLDrawing:
    """A Drawing by the graphics card, with the window's shaders.

    Args:
        size: width and height of the video.
        context: current on this thread; released with the drawing.
        seed: of the presentation.
        tier: 0 the full picture, higher is cheaper.
    """

    def __init__(self, size: tuple[int, int], context: Any, seed: int = 0, tier: int = 0) -> None:
        from visualizer.gl_painting import GLPainting

        self.name = str(context.info["GL_RENDERER"])
        self.scene = Scene(NO_WALL, seed)
        self._size = size
        self._context = context
        self._tier = tier
        self._target = context.framebuffer([context.texture(size, 4)])
        self._painting = GLPainting(context, NO_WALL)
        self._scaler = _Scaler()
        self._begun = False

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        _begin(self.scene, self._painting, painting, self._begun)
        self._begun = True

    def image(self, share: float, features: Features | None = None, now: float = 0.0) -> Any:
        """The next picture of the video."""
        if not self._begun:
            raise ValueError("no painting has been given yet: call turn first")
        hanging = _hung(self._size, self._painting.size)
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


def _hung(size: tuple[int, int], painting: tuple[int, int]) -> Hanging:
    return hang(size, painting, max(1.0, min(size) / VIEW_POINTS), fit="fill")


def _seen(points: int, covered: float, pixels: int, factor: int) -> tuple[slice, slice]:
    """Points of one axis that are needed, and which of them, enlarged, are seen."""
    total = points * factor
    seen = max(1, min(total, round(total * pixels / covered)))
    first = (total - seen) // 2
    low = max(0, first // factor - 2)
    high = min(points, -(-(first + seen) // factor) + 2)
    return slice(low, high), slice(first - low * factor, first - low * factor + seen)


def _zoomed(size: tuple[int, int], seen: View, zoom: float) -> tuple[int, int]:
    """How large the part that is seen must become, even, so that its middle fills the video."""
    width, height = size
    across, down = (max(length, side) * zoom for length, side in ((seen.width, width), (seen.height, height)))
    return 2 * round(across / 2), 2 * round(down / 2)


class _Scaler:
    """Turns RGB pictures of any size into images of a video."""

    def __init__(self) -> None:
        import av  # loads FFmpeg's libraries
        from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

        self._frame = av.VideoFrame
        self._scaler = VideoReformatter()
        self._matrix, self._full, self._studio = Colorspace.ITU709, ColorRange.JPEG, ColorRange.MPEG
        self._kernel = Interpolation.BICUBIC

    def scaled(self, codes: np.ndarray, form: str, size: tuple[int, int]) -> Any:
        """sRGB codes, uint8 [h, w, n], contiguous, to an av.VideoFrame of a size, yuv420p.

        Args:
            form: FFmpeg's name of what a point holds.
            size: width and height.
        """
        return self._scaler.reformat(
            self._frame.from_ndarray(codes, format=form),
            *size,
            "yuv420p",
            dst_colorspace=self._matrix,
            interpolation=self._kernel,
            src_color_range=self._full,
            dst_color_range=self._studio,
            threads=1,
        )


def _blank(size: tuple[int, int]) -> Any:
    """An av.VideoFrame of BT.709, studio range, to be filled."""
    import av
    from av.video.reformatter import ColorRange, Colorspace

    image = av.VideoFrame(*size, "yuv420p")
    image.colorspace, image.color_range = Colorspace.ITU709, ColorRange.MPEG
    return image


def _plane(plane: Any) -> np.ndarray:
    """A plane's values, uint8 [height, width], writable."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _linen_on_yuv(size: tuple[int, int]) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...]:
    """The light on the linen, for luma and for chroma: gain and offset, in steps of 1 / 256, and room for the product.

    Light multiplies the RGB codes, and with them luma above black and chroma beside grey. The brightest thread has a
    gain of 1: 16 bits hold every product.
    """
    luma = light_on_linen(*size, max(1.0, min(size) / VIEW_POINTS))
    chroma = (1 - VIGNETTE * corners(*size)[::2, ::2]) / (1 + LINEN / 2)  # threads are finer than a point of colour
    lights = []
    for light, rest, half in ((luma, BLACK, 128), (chroma, GREY, 127)):
        gain = np.rint(256 * light).astype(np.uint16)
        offset = (rest * (256 - gain.astype(np.int32)) + half).astype(np.uint16)
        lights.append((gain, offset, np.empty_like(gain)))
    return tuple(lights)
