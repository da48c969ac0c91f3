"""The flash meter on pictures whose flashes are known from the rule itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from visualizer.picture.flashes import Flashes, FlashMeter

RATE = 30.0
BLACK, WHITE, RED = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 0.0, 0.0)
Picture = Callable[[float], np.ndarray]


def plain(colour: tuple[float, float, float]) -> np.ndarray:
    """Linear light, float32 [27, 48, 3]."""
    return np.broadcast_to(np.array(colour, np.float32), (27, 48, 3))


def measured(picture: Picture, seconds: float = 3.0, rate: float = RATE) -> Flashes:
    meter = FlashMeter()
    for number in range(round(seconds * rate)):
        meter.add(picture(number / rate), number / rate)
    return meter.flashes()


def switching(hz: float, first: tuple[float, float, float], second: tuple[float, float, float]) -> Picture:
    """So many flashes a second between two colours, half of the time each."""
    return lambda at: plain(first if int(at * hz * 2 + 1e-6) % 2 else second)


@pytest.mark.parametrize("hz", [1, 2, 3, 5, 10])
def test_each_pair_of_changes_is_a_flash(hz: int) -> None:
    assert measured(switching(hz, BLACK, WHITE)) == Flashes(hz, 0)


@pytest.mark.parametrize("hz", [2, 5])
def test_red_and_black_flash_in_both_ways(hz: int) -> None:
    assert measured(switching(hz, BLACK, RED)) == Flashes(hz, hz)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0.30, 0.30, 0.30), (0.39, 0.39, 0.39), Flashes()),  # below a tenth
        ((0.30, 0.30, 0.30), (0.41, 0.41, 0.41), Flashes(5, 0)),
        ((0.81, 0.81, 0.81), (1.0, 1.0, 1.0), Flashes()),  # the darker is too light
        ((0.79, 0.79, 0.79), (1.0, 1.0, 1.0), Flashes(5, 0)),
        ((0.30, 0.0, 0.0), (0.25, 0.0, 0.0), Flashes()),  # 16 of 320
        ((0.30, 0.0, 0.0), (0.22, 0.0, 0.0), Flashes(0, 5)),
        ((0.30, 0.10, 0.0), (0.22, 0.10, 0.0), Flashes()),  # not saturated: R is 0.75 and 0.69 of the light
        ((0.45, 0.10, 0.0), (0.30, 0.10, 0.0), Flashes(0, 5)),  # one of the two is
    ],
)
def test_the_thresholds(
    first: tuple[float, float, float], second: tuple[float, float, float], expected: Flashes
) -> None:
    assert measured(switching(5, first, second)) == expected


@pytest.mark.parametrize(("columns", "expected"), [(3, 0), (5, 5)])
def test_a_quarter_of_a_third_of_each_side_counts(columns: int, expected: int) -> None:
    def picture(at: float) -> np.ndarray:
        image = plain(BLACK).copy()
        if int(at * 10 + 1e-6) % 2:
            image[9:18, 20 : 20 + columns] = 1.0  # of a field of 9 x 16 points
        return image

    assert measured(picture).general == expected


def test_groups_that_flash_in_turn_add_up() -> None:
    def picture(at: float) -> np.ndarray:
        phase = int(at * 12 + 1e-6) % 4  # three full turns a second
        image = plain(BLACK).copy()
        image[:, :16] = phase == 0  # a field may hold half of the one and half of the other
        image[:, 16:32] = phase == 2
        return image

    assert measured(picture, rate=60).general == 6


def test_slow_changes_count_as_far_as_they_go() -> None:
    assert measured(lambda at: plain((0.5 + 0.4 * np.sin(2 * np.pi * 2 * at),) * 3)).general == 2
    assert measured(lambda at: plain((at / 3,) * 3)) == Flashes()


def test_a_checkerboard_that_swaps_flashes_as_often_as_each_field_of_it() -> None:
    board = np.add.outer(np.arange(27) // 3, np.arange(48) // 4) % 2

    def picture(at: float) -> np.ndarray:
        return np.repeat((board == int(at * 10 + 1e-6) % 2)[..., None], 3, axis=2).astype(np.float32)

    assert measured(picture).general == 5


def test_codes_and_light_of_any_size_are_measured_alike() -> None:
    def coded(at: float) -> np.ndarray:
        return np.full((180, 320, 3), 255 if int(at * 8 + 1e-6) % 2 else 0, np.uint8)

    assert measured(coded) == Flashes(4, 0)


def test_only_flashes_of_one_second_add_up() -> None:
    times = [0.0, 0.1, 0.2, 0.3, 1.5, 1.6, 1.7, 1.8, 3.0, 3.1]
    meter = FlashMeter()
    for number, at in enumerate(times):
        meter.add(plain(WHITE if number % 2 else BLACK), at)
    assert meter.flashes() == Flashes(2, 0)


@pytest.mark.parametrize(
    ("flashes", "allowed"), [(Flashes(3, 3), True), (Flashes(4, 0), False), (Flashes(0, 4), False)]
)
def test_three_of_each_kind_are_allowed(flashes: Flashes, allowed: bool) -> None:
    assert flashes.allowed == allowed
