"""Where a painting hangs on a screen: arithmetic shared by both canvases. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hanging:
    """Where the painting is on the screen, in device pixels from the lower left.

    Attributes:
        screen: width and height of the target.
        left, bottom, width, height: of the painting; may reach beyond the screen.
        scale: device pixels in one point of the desktop.
        framed: the whole painting hangs on the wall.
    """

    screen: tuple[int, int]
    left: float
    bottom: float
    width: float
    height: float
    scale: float
    framed: bool


def hang(screen: tuple[int, int], image: tuple[int, int], scale: float, framed: bool) -> Hanging:
    """Place a painting on a screen, aspect kept: filling it, or whole with a margin of wall.

    Args:
        screen: width and height in device pixels.
        image: width and height of the painting in points.
        scale: device pixels in one point of the desktop.
        framed: show the whole painting.
    """
    margin = 0.06 * min(screen) if framed else 0.0
    room = (max(1.0, screen[0] - 2 * margin), max(1.0, screen[1] - 2 * margin))
    ratios = (room[0] / image[0], room[1] / image[1])
    zoom = min(ratios) if framed else max(ratios)
    width, height = image[0] * zoom, image[1] * zoom
    return Hanging(screen, (screen[0] - width) / 2, (screen[1] - height) / 2, width, height, scale, framed)
