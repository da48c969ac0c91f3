"""The picture without a graphics card: the cross-fade at the paintings' size, then strokes on a moderate one.

The counterpart of gl_painting for the window and for videos; what stretches the result to the screen is
theirs. NumPy, and FFmpeg's scaler for a small step of enlarging. The thread that draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from visualizer.picture.brushwork import EDGE, Brushwork
from visualizer.picture.enlarge import enlarge_light, to_linear, to_srgb
from visualizer.picture.hanging import Hanging
from visualizer.picture.miniature import LUMINANCE, tint
from visualizer.picture.scene import Sight

SMOOTH = 256  # points of the longer side of a painting, about, to which smaller ones are enlarged first
FACTOR = 2  # points of the picture in strokes to one of those, each way
BORDER = EDGE // FACTOR
STRUCTURE_STEP = 2  # structure is looked for at every other point
TURN_EVERY, DABS_TURN_EVERY = 2, 4  # paintings after which the strokes are laid anew, with relief and without
DABS, PLAIN = 1, 3  # the first tier whose strokes have no relief, and the first without strokes


@dataclass(frozen=True)
class View:
    """The part of a painting that can be seen.

    Attributes:
        rows, columns: of the painting's points, enlarged where it is small.
        left, bottom, width, height: where that part lies on the screen, pixels from the lower left, perhaps beyond it.
    """

    rows: slice
    columns: slice
    left: float
    bottom: float
    width: float
    height: float


def view(hanging: Hanging, points: tuple[int, int]) -> View:
    """What can be seen of a painting of so many points, height and width."""
    rows = _seen(points[0], hanging.bottom, hanging.height, hanging.screen[1])
    columns = _seen(points[1], hanging.left, hanging.width, hanging.screen[0])
    down, across = hanging.height / points[0], hanging.width / points[1]
    return View(
        rows,
        columns,
        hanging.left + columns.start * across,
        hanging.bottom + (points[0] - rows.stop) * down,
        (columns.stop - columns.start) * across,
        (rows.stop - rows.start) * down,
    )


def _seen(points: int, start: float, length: float, screen: int) -> slice:
    """The points of one axis that reach over the screen, symmetrically."""
    hidden = max(0, int(-start * points / length))
    return slice(hidden, points - hidden) if 2 * hidden < points else slice(0, points)


class RasterPainting:
    """A painting that follows music, drawn by the processor.

    Args:
        wall: colour of the wall behind it, sRGB codes.
        strokes_later: `lay_strokes` lays them anew, when it is called; else the picture that they are due for does.

    Attributes:
        size: width and height of the paintings in points.
        points: height and width to which they are enlarged first.
    """

    def __init__(self, wall: tuple[int, int, int], *, strokes_later: bool = False) -> None:
        self.size = (1, 1)
        self.points = (1, 1)
        self._wall = to_linear(np.array(wall, np.uint8))
        self._before: np.ndarray | None = None  # linear light [h, w, 3], as are the next two; None is the wall
        self._after: np.ndarray | None = None
        self._shown: np.ndarray | None = None
        self._enlarged: _Doubling | None = None  # from the first picture on: it loads FFmpeg's libraries
        self._brushwork: Brushwork | None = None
        self._seen: View | None = None  # for which the strokes are laid
        self._strokes_later = strokes_later
        self._paintings = self._followed = 0  # uploaded so far, and when the strokes were laid last
        self._turn_every = TURN_EVERY  # as the last picture wanted it

    @property
    def bare(self) -> bool:
        """Nothing but the wall is shown."""
        return self._shown is None

    def upload(self, image: np.ndarray | None, *, finished: bool = False) -> None:
        """Fade to an image from now on, uint8 [H, W, 3] sRGB, or to the bare wall, from what was shown last.

        Args:
            finished: the fade so far was to its end, wherever the last sight left it.
        """
        self._before = self._after if finished else self._shown
        if image is None:
            self._after = None
            return
        self._paintings += 1
        height, width = image.shape[:2]
        factor = max(1, SMOOTH // max(height, width))
        light = to_linear(image)
        self.size, self.points = (width, height), (height * factor, width * factor)
        self._after = enlarge_light(light, *self.points) if factor > 1 else light

    def mix(self, sight: Sight) -> None:
        """Go on to a sight; each once, in order."""
        wanted = self._between(self._before, self._after, sight.progress)
        self._shown = wanted if sight.share >= 1 else self._between(self._shown, wanted, sight.share)

    def picture(self, sight: Sight, seen: View, tier: int = 0) -> np.ndarray:
        """What is shown of the painting now, uint8 [h, w, 4]: blue, green, red, 255; sRGB.

        Args:
            sight: the one that was mixed.
            seen: the part that can be seen.
            tier: 0 with strokes and their relief, 1 and 2 with flat strokes, 3 or more without.
        Raises:
            ValueError: the wall is bare.
        """
        if self._shown is None:
            raise ValueError("no painting is shown: give one with upload, and mix it")
        light = self._shown[seen.rows, seen.columns]
        if sight.look.saturation != 1 or sight.look.warmth != 0:
            light = light @ tint(sight.look)
        border = BORDER if tier < PLAIN else 0
        codes = _bordered(to_srgb(light), border)
        if tier >= PLAIN:
            return codes
        if tier >= DABS:
            return self._brush(seen, DABS_TURN_EVERY).dabbed(codes)
        self._enlarged = self._enlarged or _Doubling()
        return self._brush(seen, TURN_EVERY).painted(self._enlarged(codes))

    def lay_strokes(self) -> None:
        """Lay the strokes anew for the newest painting, if they are due: about as long as a picture takes."""
        if self._brushwork is None or self._seen is None or self._paintings - self._followed < self._turn_every:
            return
        newest = self._shown if self._after is None else self._after
        if newest is None or newest.shape[:2] != self.points:
            return
        light = newest[self._seen.rows, self._seen.columns][::STRUCTURE_STEP, ::STRUCTURE_STEP]
        self._brushwork.follow(np.sqrt(np.clip(light @ LUMINANCE, 0, 1)))
        self._followed = self._paintings

    def _brush(self, seen: View, every: int) -> Brushwork:
        """The strokes for the newest painting, or for one of the last where they are laid anew more seldom."""
        self._turn_every = every
        fresh = self._brushwork is None or self._seen != seen
        if fresh:
            rows, columns = seen.rows.stop - seen.rows.start, seen.columns.stop - seen.columns.start
            self._brushwork, self._seen, self._followed = Brushwork(rows * FACTOR, columns * FACTOR), seen, -every
        if fresh or not self._strokes_later:
            self.lay_strokes()
        assert self._brushwork is not None
        return self._brushwork

    def _between(self, before: np.ndarray | None, after: np.ndarray | None, share: float) -> np.ndarray | None:
        """Linear light between two pictures, each of which may be the bare wall."""
        if share >= 1 or (before is None and after is None):
            return after
        like = before if after is None else after
        assert like is not None
        before = np.broadcast_to(self._wall, like.shape) if before is None else before
        after = np.broadcast_to(self._wall, like.shape) if after is None else after
        if before.shape != after.shape:
            before = enlarge_light(before, *after.shape[:2])
        mixed: np.ndarray = after - before
        mixed *= np.float32(share)
        mixed += before
        return mixed


def _bordered(codes: np.ndarray, border: int) -> np.ndarray:
    """sRGB codes [h, w, 3] as blue, green, red, 255 with the outermost points held over a border."""
    height, width = codes.shape[:2]
    pixels = np.empty((height + 2 * border, width + 2 * border, 4), np.uint8)
    inner = pixels[border : border + height, border : border + width]
    for place, channel in enumerate((2, 1, 0)):  # one by one: all at once takes four times as long
        inner[..., place] = codes[..., channel]
    inner[..., 3] = 255
    if border:
        points = pixels.view(np.uint32)[..., 0]
        rows = points[border : border + height]
        rows[:, :border] = rows[:, border : border + 1]
        rows[:, border + width :] = rows[:, border + width - 1 : border + width]
        points[:border] = rows[0]
        points[border + height :] = rows[-1]
    return pixels


class _Doubling:
    """Doubles pictures of any size, smoothly, by FFmpeg's scaler."""

    def __init__(self) -> None:
        import av
        from av.video.reformatter import Interpolation, VideoReformatter

        self._frame = av.VideoFrame
        self._scaler = VideoReformatter()
        self._kernel = Interpolation.FAST_BILINEAR

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """uint8 [h, w, 4] to [FACTOR * h, FACTOR * w, 4], contiguous."""
        height, width = codes.shape[0] * FACTOR, codes.shape[1] * FACTOR
        source = self._frame.from_ndarray(codes, format="bgra")
        image = self._scaler.reformat(source, width, height, "bgra", interpolation=self._kernel, threads=1)
        plane: Any = image.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(height, plane.line_size)[:, : width * 4]
        return np.ascontiguousarray(rows).reshape(height, width, 4)
