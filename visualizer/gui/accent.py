"""The accent that a painting gives the controls: its strongest hue, as light and as strong as the theme's own. No Qt.

Hues are angles in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020), in which colours of one
lightness and one chroma look alike in both, whatever their hue.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from visualizer.gui.theme import Theme, contrast
from visualizer.picture.enlarge import to_linear

POINTS = 24  # of each side of the painting that are looked at
BINS = 36  # of the circle of hues
NEAR_RAD = math.radians(25)  # of a hue: points that belong to it
COLOURED = 0.02  # chroma from which on a point counts
FAINTEST = 0.006  # chroma of the strongest hue over all points: less is a grey painting
STEP_DEG = 3  # between accents
READABLE = 4.5  # contrast of an accent and what lies under or on it (WCAG 2.2, 1.4.3)
LIGHTER = 0.01  # step of lightness on the way there
TO_CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                     [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
FROM_CONES, FROM_LAB = np.linalg.inv(TO_CONES), np.linalg.inv(TO_LAB)


def strongest_hue(image: np.ndarray) -> float | None:
    """The hue of most colour in a painting, uint8 [H, W, 3], in radians; None for a grey one."""
    rows, columns = (np.linspace(0, side - 1, min(side, POINTS)).round().astype(np.intp) for side in image.shape[:2])
    lab = to_oklab(to_linear(image[rows[:, None], columns]).reshape(-1, 3))
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.arctan2(lab[:, 2], lab[:, 1])
    weight = np.where(chroma >= COLOURED, chroma, 0.0)
    places = ((hue / (2 * np.pi)) % 1.0 * BINS).astype(np.intp) % BINS
    amounts = np.bincount(places, weight, BINS)
    amounts = np.roll(amounts, 1) + 2 * amounts + np.roll(amounts, -1)
    peak = (int(np.argmax(amounts)) + 0.5) * 2 * np.pi / BINS
    weight = np.where(np.abs(between(peak, hue)) <= NEAR_RAD, weight, 0.0)
    if float(weight.sum()) < FAINTEST * len(weight):
        return None
    return float(np.arctan2(weight @ np.sin(hue), weight @ np.cos(hue)))


def between(start: np.ndarray | float, end: np.ndarray | float) -> np.ndarray:
    """The shorter way from a hue to another, -pi to pi."""
    return (np.asarray(end) - start + np.pi) % (2 * np.pi) - np.pi


def hue_of(colour: str) -> float:
    """The hue of a colour, `#rrggbb`, in radians."""
    _, a, b = _lab_of(colour)
    return math.atan2(b, a)


def dyed(theme: Theme, hue: float) -> Theme:
    """A theme whose accent has a hue, given in radians, and is as readable as its own."""
    return _dyed(theme, round(math.degrees(hue) / STEP_DEG) * STEP_DEG % 360)


@lru_cache(maxsize=512)
def _dyed(theme: Theme, degrees: int) -> Theme:
    lightness, a, b = _lab_of(theme.accent)
    angle, chroma = math.radians(degrees), math.hypot(a, b)
    away = LIGHTER if contrast(theme.ground, "#ffffff") > contrast(theme.ground, "#000000") else -LIGHTER
    accent = _colour(lightness, chroma, angle)
    while not _is_readable(accent, theme) and 0 < lightness < 1:
        lightness += away
        accent = _colour(lightness, chroma, angle)
    return replace(theme, accent=accent)


def _is_readable(accent: str, theme: Theme) -> bool:
    return min(contrast(accent, theme.ground), contrast(accent, theme.raised), contrast(accent, theme.on_accent)) >= (
        READABLE
    )


def to_oklab(light: np.ndarray) -> np.ndarray:
    """Oklab [n, 3] of linear light [n, 3]."""
    return np.cbrt(light @ TO_CONES.T) @ TO_LAB.T


def _lab_of(colour: str) -> tuple[float, float, float]:
    codes = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8)
    lightness, a, b = to_oklab(to_linear(codes).astype(np.float64))[0]
    return float(lightness), float(a), float(b)


def _colour(lightness: float, chroma: float, hue: float) -> str:
    """`#rrggbb` of a hue; of a chroma that no screen shows, the strongest that one does."""
    for share in np.linspace(1, 0, 41):
        lab = np.array([lightness, share * chroma * math.cos(hue), share * chroma * math.sin(hue)])
        light = (FROM_LAB @ lab) ** 3 @ FROM_CONES.T
        if light.min() >= -1e-4 and light.max() <= 1 + 1e-4:
            break
    light = np.clip(light, 0, 1)
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * code):02x}" for code in codes)
