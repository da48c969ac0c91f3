"""From a picture of moderate size to an image of a video, in the video's own colours. The thread that draws.

FFmpeg's scaler stretches the picture; the linen's light falls on the finished luma and chroma, which are half as much
work as red, green and blue; the wall around a painting that hangs whole is made once for a size.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from visualizer.picture.hanging import WALL, Hanging
from visualizer.picture.linen import LINEN, VIGNETTE, corners, light_on_linen, threads

BLACK = 16  # luma of studio range
GREY = 128  # chroma of no colour
WALL_LIGHT = (0.5, 0.56)  # where the light on the wall is brightest, shares of the screen from its lower left
SHADOW_POINTS = 180  # how fast the shadow of a painting on the wall fades, square points of a desktop


class Scaler:
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


class Mount:
    """Where a painting lies on the images of a video, on linen.

    Args:
        hanging: where; its screen is the video, its middle the video's.
        scaler: makes the wall.
    """

    def __init__(self, hanging: Hanging, scaler: Scaler) -> None:
        self.hanging = hanging
        self._place = _place(hanging)
        self._lights = _linen_on_yuv(hanging, self._place)
        self._wall: list[np.ndarray] = []
        if hanging.framed:
            codes = np.rint(wall(hanging)).astype(np.uint8)
            planes = scaler.scaled(codes, "rgb24", hanging.screen).planes
            self._wall = [_values(plane).copy() for plane in planes]

    def image(self, picture: Any, light: float) -> Any:
        """The painting as it hangs: an av.VideoFrame.

        Args:
            picture: of the painting, an av.VideoFrame, yuv420p, whose middle comes to the middle of the video; where
                it does not reach, it goes on mirrored.
            light: 1, or less on the way to black.
        """
        image = _blank(self.hanging.screen)
        for number, (plane, source) in enumerate(zip(image.planes, picture.planes, strict=True)):
            codes = _values(plane)
            if self._wall:
                codes[:] = self._wall[number]
            chroma = min(number, 1)
            rows, columns = (_halved(span) if chroma else span for span in self._place)
            gain, offset, lit = self._lights[chroma]
            seen = _values(source)
            seen = seen[_middle(seen.shape[0], lit.shape[0])][:, _middle(seen.shape[1], lit.shape[1])]
            np.multiply(seen, gain, out=lit)
            np.add(lit, offset, out=lit)
            np.right_shift(lit, 8, out=lit)
            codes[rows, columns] = lit
            if light < 1:
                rest = GREY if chroma else BLACK
                codes[:] = rest + (codes - np.float32(rest)) * light
        return image


def wall(hanging: Hanging) -> np.ndarray:
    """The wall with the shadow of the painting on it, sRGB codes, float [height, width, 3]: the shader's formula."""
    width, height = hanging.screen
    across, up = np.arange(width) + 0.5, (np.arange(height)[::-1] + 0.5)[:, None]
    far = (across / width - WALL_LIGHT[0]) ** 2 + (up / height - WALL_LIGHT[1]) ** 2
    beside = np.maximum(hanging.left - across, across - hanging.left - hanging.width)
    above = np.maximum(hanging.bottom - up, up - hanging.bottom - hanging.height) - 10 * hanging.scale
    fall = np.maximum(beside, 0) ** 2 + np.maximum(above, 0) ** 2
    shade = 1 / (1 + fall / (SHADOW_POINTS * hanging.scale**2))
    return ((1.15 - 0.9 * far) * (1 - 0.6 * shade))[..., None] * np.array(WALL, float)


def _place(hanging: Hanging) -> tuple[slice, slice]:
    """Rows and columns of the video that the painting covers; all of them unless it is framed."""
    width, height = hanging.screen
    if not hanging.framed:
        return slice(0, height), slice(0, width)
    return _span(hanging.height, height), _span(hanging.width, width)


def _span(length: float, screen: int) -> slice:
    """The middle pixels, beginning at an even one: a point of colour lies on the painting or on the wall."""
    beside = 2 * round(max(0.0, screen - length) / 4)
    return slice(beside, max(beside + 2, screen - beside))


def _halved(span: slice) -> slice:
    """The same in a plane of half the size."""
    return slice(span.start // 2, -(-span.stop // 2))


def _middle(there: int, wanted: int) -> slice | np.ndarray:
    """So many places about the middle of those that are there, mirrored beyond them."""
    first = (there - wanted) // 2
    if first >= 0:
        return slice(first, first + wanted)
    places = np.arange(first, first + wanted) % (2 * there)
    return np.minimum(places, 2 * there - 1 - places)


def _blank(size: tuple[int, int]) -> Any:
    """An av.VideoFrame of BT.709, studio range, to be filled."""
    import av
    from av.video.reformatter import ColorRange, Colorspace

    image = av.VideoFrame(*size, "yuv420p")
    image.colorspace, image.color_range = Colorspace.ITU709, ColorRange.MPEG
    return image


def _values(plane: Any) -> np.ndarray:
    """A plane's values, uint8 [height, width], writable."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _linen_on_yuv(
    hanging: Hanging, place: tuple[slice, slice]
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...]:
    """The light on the linen, for luma and for chroma: gain and offset, in steps of 1 / 256, and room for the product.

    Light multiplies the RGB codes, and with them luma above black and chroma beside grey. The brightest thread has a
    gain of 1: 16 bits hold every product.
    """
    size = hanging.screen
    luma = (threads if hanging.framed else light_on_linen)(*size, hanging.scale)
    fall = 0.0 if hanging.framed else VIGNETTE
    chroma = (1 - fall * corners(*size)[::2, ::2]) / (1 + LINEN / 2)  # threads are finer than a point of colour
    rows, columns = place
    lights = []
    for light, rest, half in (
        (luma[rows, columns], BLACK, 128),
        (chroma[_halved(rows), _halved(columns)], GREY, 127),
    ):
        gain = np.rint(256 * light).astype(np.uint16)
        offset = (rest * (256 - gain.astype(np.int32)) + half).astype(np.uint16)
        lights.append((gain, offset, np.empty_like(gain)))
    return tuple(lights)
