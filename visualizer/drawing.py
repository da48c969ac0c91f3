"""Draws the images of a video: two paintings blended in linear light, enlarged, filling the picture, on linen.

A graphics card draws with the window's own shaders. Without one, NumPy blends and enlarges to a small picture,
which FFmpeg's scaler stretches to full size, and the linen is laid on the finished luma: that takes a processor 4 ms
an image at 720p, where OpenGL imitated by the processor takes 97 ms. The thread that opens a drawing uses it and
releases it.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from visualizer.enlarge import enlarge_light, to_linear, to_srgb
from visualizer.errors import VisualizerError
from visualizer.hanging import Hanging, hang
from visualizer.scene import Sight

SMOOTH = 320  # points of the enlarged painting's longer side, about; FFmpeg stretches it from there
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "gdi generic", "software")
VIEW_POINTS = 540  # the picture's shorter side in points of a desktop: sets how fine the linen is
THREAD_POINTS = 2.3  # one thread of the linen
LINEN, VIGNETTE = 0.05, 0.25  # how far threads and corners change the light, as in visualizer.shaders
BLACK, WHITE = 16, 235  # luma of studio range
GREY = 128  # chroma of no colour


class Drawing(Protocol):
    """What draws the images of one video.

    Attributes:
        name: what draws, for people.
    """

    name: str

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on, uint8 [H, W, 3], from the one given before."""

    def image(self, share: float) -> Any:
        """The picture when a share 0..1 of the fade is done: an av.VideoFrame, yuv420p, BT.709, studio range."""

    def release(self) -> None:
        """Give back what it holds."""


def open_drawing(size: tuple[int, int], *, raster: bool = False) -> Drawing:
    """The drawing that is fastest here; the same on each call, so that a render can be repeated.

    Args:
        size: width and height of the video in pixels, even.
        raster: draw without OpenGL in any case.
    """
    if raster:
        return RasterDrawing(size)
    from visualizer.offscreen import offscreen_context

    try:
        context = offscreen_context()
    except VisualizerError:  # no OpenGL: nothing is lost but speed
        return RasterDrawing(size)
    if is_software(str(context.info["GL_RENDERER"])):
        context.release()
        return RasterDrawing(size)
    return GLDrawing(size, context)


def is_software(renderer: str) -> bool:
    """Whether OpenGL's renderer of this name is the processor imitating a graphics card."""
    return any(name in renderer.lower() for name in SOFTWARE)


class RasterDrawing:
    """A Drawing by NumPy and FFmpeg's scaler."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.name = "NumPy"
        self._size = size
        self._scaler = _Scaler(size)
        self._before: np.ndarray | None = None  # linear light of the rows and columns in view, as is the next
        self._after: np.ndarray | None = None
        self._view: _View | None = None
        self._gain, self._offset, self._chroma_gain, self._chroma_offset = _linen_on_yuv(size)

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        if self._view is None or self._view.painting != painting.shape[:2]:
            self._view = _View(painting.shape[:2], self._size)
            self._after = None
        light = to_linear(painting[self._view.source])
        self._before, self._after = (light if self._after is None else self._after), light

    def image(self, share: float) -> Any:
        """The picture when a share of the fade is done."""
        before, after, view = self._before, self._after, self._view
        if before is None or after is None or view is None:
            raise ValueError("no painting has been given yet: call turn first")
        blend = after if share >= 1 else before + np.float32(share) * (after - before)
        factor = view.factor
        enlarged = enlarge_light(blend, blend.shape[0] * factor, blend.shape[1] * factor) if factor > 1 else blend
        image = self._scaler.scaled(np.ascontiguousarray(to_srgb(enlarged[view.cut])))
        luma, *chroma = (_plane(plane) for plane in image.planes)
        luma[:] = (np.minimum(luma, WHITE) * self._gain + self._offset) >> 8
        for plane in chroma:
            plane[:] = (plane * self._chroma_gain + self._chroma_offset) >> 8
        return image

    def release(self) -> None:
        """Nothing to give back."""


class GLDrawing:
    """A Drawing by the graphics card, with the window's shaders.

    Args:
        size: width and height of the video.
        context: current on this thread; released with the drawing.
    """

    def __init__(self, size: tuple[int, int], context: Any) -> None:
        from visualizer.gl_painting import GLPainting

        self.name = str(context.info["GL_RENDERER"])
        self._size = size
        self._context = context
        self._target = context.framebuffer([context.texture(size, 4)])
        self._painting = GLPainting(context, (0, 0, 0))  # no wall is seen around a picture that fills
        self._scaler = _Scaler(size)
        self._begun = False

    def turn(self, painting: np.ndarray) -> None:
        """Fade to a painting from now on."""
        if self._begun:  # the last image may have been drawn short of the fade's end
            self._draw(1.0)
        self._painting.upload(painting)
        self._begun = True

    def image(self, share: float) -> Any:
        """The picture when a share of the fade is done."""
        self._draw(share)
        width, height = self._size
        pixels = np.frombuffer(self._target.read(components=3, alignment=1), np.uint8).reshape(height, width, 3)
        return self._scaler.scaled(np.ascontiguousarray(pixels[::-1]))  # OpenGL counts rows from the bottom

    def release(self) -> None:
        """Give the context and its objects back."""
        self._painting.release()
        self._context.release()

    def _draw(self, share: float) -> None:
        from visualizer.gl_painting import PLAIN

        self._painting.draw(self._target, _hung(self._size, self._painting.size), Sight(share), PLAIN)


class _View:
    """Which part of a painting is seen in a picture that it fills, to a point of the enlarged painting.

    Attributes:
        painting: its height and width.
        factor: how many times it is enlarged in linear light.
        source: rows and columns that are needed, with a margin for the kernel.
        cut: rows and columns of the enlarged source that are seen.
    """

    def __init__(self, painting: tuple[int, int], size: tuple[int, int]) -> None:
        self.painting = painting
        placed = _hung(size, (painting[1], painting[0]))
        self.factor = max(1, int(min(SMOOTH, placed.width, placed.height)) // max(painting))
        rows = _seen(painting[0], placed.height, size[1], self.factor)
        columns = _seen(painting[1], placed.width, size[0], self.factor)
        self.source = (rows[0], columns[0])
        self.cut = (rows[1], columns[1])


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


class _Scaler:
    """Turns RGB pictures of any size into images of the video."""

    def __init__(self, size: tuple[int, int]) -> None:
        import av  # loads FFmpeg's libraries
        from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

        self._size = size
        self._frame = av.VideoFrame
        self._scaler = VideoReformatter()
        self._matrix, self._full, self._studio = Colorspace.ITU709, ColorRange.JPEG, ColorRange.MPEG
        self._kernel = Interpolation.BICUBIC

    def scaled(self, codes: np.ndarray) -> Any:
        """uint8 [h, w, 3], contiguous, sRGB, to an av.VideoFrame of the video's size, yuv420p."""
        source = self._frame.from_ndarray(codes, format="rgb24")
        return self._scaler.reformat(
            source,
            *self._size,
            "yuv420p",
            dst_colorspace=self._matrix,
            interpolation=self._kernel,
            src_color_range=self._full,
            dst_color_range=self._studio,
            threads=1,
        )


def _plane(plane: Any) -> np.ndarray:
    """A plane's values, uint8 [height, width], writable."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _linen_on_yuv(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The light on the linen as (luma gain, luma offset, chroma gain, chroma offset), uint16, in steps of 1 / 256.

    Light multiplies the RGB codes, and with them luma above black and chroma beside grey.
    """
    width, height = size
    vignette = _vignette(width, height)
    gain = np.rint(256 * vignette * (1 + LINEN * _linen(width, height))).astype(np.int32)
    offset = BLACK * (256 - gain) + 128
    soft = np.rint(256 * vignette[::2, ::2]).astype(np.int32)
    arrays = (gain, offset, soft, GREY * (256 - soft) + 127)
    luma_gain, luma_offset, chroma_gain, chroma_offset = (array.astype(np.uint16) for array in arrays)
    return luma_gain, luma_offset, chroma_gain, chroma_offset


def _linen(width: int, height: int) -> np.ndarray:
    """Threads over and under each other, -0.5..0.5, [height, width]: the shader's formula."""
    scale = THREAD_POINTS * max(1.0, min(width, height) / VIEW_POINTS)
    across, up = (np.arange(width) + 0.5) / scale, (np.arange(height)[::-1] + 0.5) / scale
    weft, warp = (1 - np.abs((thread % 1) * 2 - 1) for thread in (across, up))
    turns = ((across * 0.5) % 1 - 0.5) * ((up * 0.5) % 1 - 0.5)[:, None]
    return np.where(turns > 0, weft, warp[:, None]) - 0.5


def _vignette(width: int, height: int) -> np.ndarray:
    """Light that falls off towards the corners, 0.75..1, [height, width]: the shader's formula."""
    across, up = (np.arange(width) + 0.5) / width - 0.5, (np.arange(height) + 0.5) / height - 0.5
    corner = 2 * (across**2 + (up**2)[:, None])
    return 1 - VIGNETTE * corner**2
