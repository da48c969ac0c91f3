"""Where a painting hangs on a screen: arithmetic shared by canvases and drawings. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fit = Literal["fill", "fit", "mirror"]
FITS: tuple[Fit, ...] = ("fill", "fit", "mirror")
WALL = (27, 25, 24)  # behind every painting, sRGB codes
MARGIN = 0.06  # of the screen's shorter side: wall around a whole painting


@dataclass(frozen=True)
class Hanging:
    """Where the painting is on the screen, in device pixels from the lower left.

    Attributes:
        screen: width and height of the target.
        left, bottom, width, height: of the painting; may reach beyond the screen.
        scale: device pixels in one point of the desktop.
        fit: how it is fitted; "mirror" goes on beyond the painting's sides with its mirror image.
    """

    screen: tuple[int, int]
    left: float
    bottom: float
    width: float
    height: float
    scale: float
    fit: Fit

    @property
    def framed(self) -> bool:
        """The whole painting hangs on the wall, which is seen around it."""
        return self.fit == "fit"


def hang(screen: tuple[int, int], image: tuple[int, int], scale: float, fit: Fit = "fill") -> Hanging:
    """Place a painting on a screen, aspect kept.

    Args:
        screen: width and height in device pixels.
        image: width and height of the painting in points.
        scale: device pixels in one point of the desktop.
        fit: "fill" the screen, "fit" the whole painting with a margin of wall, or "mirror" the whole painting from
            edge to edge, continued by its mirror image.
    Raises:
        ValueError: no such fit.
    """
    if fit not in FITS:
        raise ValueError(f"there is no fit {fit!r}: use one of {', '.join(FITS)}")
    margin = MARGIN * min(screen) if fit == "fit" else 0.0
    room = (max(1.0, screen[0] - 2 * margin), max(1.0, screen[1] - 2 * margin))
    ratios = (room[0] / image[0], room[1] / image[1])
    zoom = max(ratios) if fit == "fill" else min(ratios)
    width, height = image[0] * zoom, image[1] * zoom
    return Hanging(screen, (screen[0] - width) / 2, (screen[1] - height) / 2, width, height, scale, fit)
