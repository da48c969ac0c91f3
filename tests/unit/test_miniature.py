"""The miniature shows in small what is on screen: place, colours, corners, fades, black."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.picture.enlarge import to_linear
from visualizer.picture.hanging import hang
from visualizer.picture.linen import VIGNETTE
from visualizer.picture.miniature import COLUMNS, LUMINANCE, ROWS, Miniature, tint
from visualizer.picture.presentation import REST, Look

WALL = (27, 25, 24)
SCREEN = (1280, 720)


def flat(*code: int, side: int = 256) -> np.ndarray:
    return np.full((side, side, 3), code, np.uint8)


def shown(image: np.ndarray, fit: str = "fill", look: Look = REST, light: float = 1.0) -> np.ndarray:
    small = Miniature(WALL)
    small.begin(image)
    small.fade(1.0)
    return small.screen(look, light, hang(SCREEN, image.shape[:2], 1.0, fit))  # type: ignore[arg-type]


def test_the_middle_has_the_paintings_light_and_the_corners_less() -> None:
    screen = shown(flat(200, 100, 50))
    assert screen.shape == (ROWS, COLUMNS, 3)
    assert screen[ROWS // 2, COLUMNS // 2] == pytest.approx(to_linear(np.array((200, 100, 50), np.uint8)), abs=1e-3)
    assert screen[0, 0, 0] / screen[ROWS // 2, COLUMNS // 2, 0] == pytest.approx((1 - VIGNETTE) ** 2.2, abs=0.05)


def test_places_are_right_for_every_fit() -> None:
    image = flat(0)
    image[:, :128] = (255, 0, 0)  # left
    image[:60] = (0, 0, 255)  # the top, which a screen of 16:9 shows a strip of
    fill, fit, mirror = (shown(image, name) for name in ("fill", "fit", "mirror"))
    assert fill[0, 32].argmax() == 2
    assert fill[18, 10].argmax() == 0
    assert fill[18, 54].max() < 0.01
    assert fit[18, 2] == pytest.approx(to_linear(np.array(WALL, np.uint8)), abs=1e-3)
    assert fit[18, 26].argmax() == 0
    assert mirror[18, 30, 0] > 0.5
    assert mirror[18, 8, 0] > 0.5  # beyond the left side is its mirror image
    assert mirror[18, 60].max() < 0.01


def test_zoom_brings_the_edge_out_of_sight() -> None:
    image = flat(0)
    image[:, :6] = 255
    assert shown(image)[18, 0, 0] > 0.5
    assert shown(image, look=Look(zoom=1.06))[18, 0, 0] < 0.3


def test_turning_raises_the_right_side() -> None:
    image = flat(0)
    image[128:] = 255  # the lower half
    gained = (shown(image, look=Look(rotation_deg=1.0)) - shown(image))[..., 0].sum(0)
    assert gained[60] > 0.1
    assert gained[3] < -0.1


def test_fades_are_even_in_light_and_go_on_from_what_was_shown() -> None:
    small, hanging = Miniature((0, 0, 0)), hang(SCREEN, (64, 64), 1.0)
    small.begin(flat(255))
    small.fade(0.5)
    small.show(1.0)
    assert small.screen(REST, 1.0, hanging)[18, 32, 0] == pytest.approx(0.5, abs=0.01)
    small.begin(flat(0))
    small.fade(0.0)
    assert small.screen(REST, 1.0, hanging)[18, 32, 0] == pytest.approx(0.5, abs=0.01)
    small.begin(flat(255), finished=True)
    small.fade(0.0)
    assert small.screen(REST, 1.0, hanging).max() == 0


def test_what_is_held_back_is_not_shown() -> None:
    small, hanging = Miniature((0, 0, 0)), hang(SCREEN, (64, 64), 1.0)
    small.begin(flat(255))
    small.fade(1.0)
    small.show(0.25)
    small.begin(None)
    small.fade(0.0)
    assert small.screen(REST, 1.0, hanging)[18, 32, 0] == pytest.approx(0.25, abs=0.01)


def test_black_is_black() -> None:
    assert shown(flat(255), light=0.0).max() == 0
    assert shown(flat(255), "fit", light=0.0).max() == 0


def test_a_tint_keeps_the_light_of_greys_and_the_default_changes_nothing() -> None:
    grey = np.full(3, 0.4, np.float32)
    assert tint(REST) == pytest.approx(np.eye(3), abs=1e-6)
    warm = grey @ tint(Look(warmth=1.0, saturation=1.15))
    assert warm @ LUMINANCE == pytest.approx(0.4, abs=1e-3)
    assert warm[0] > warm[2]
    red = np.array([1.0, 0.2, 0.2], np.float32)
    pale, strong = (np.ptp(red @ tint(Look(saturation=value))) for value in (0.85, 1.15))
    assert pale < np.ptp(red) < strong


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (100, 64), (257, 255)])
def test_paintings_of_any_size_are_taken(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 180, np.uint8)
    screen = shown(image)
    assert screen[ROWS // 2, COLUMNS // 2, 1] == pytest.approx(float(to_linear(np.array(180, np.uint8))), abs=1e-3)
