"""The flash limiter against pictures made to flash: the meter, which knows nothing of it, counts what is left."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.picture.flashes import Flashes, FlashMeter
from visualizer.picture.limiter import GRID, SPAN_S, FlashLimiter

SIZE = (36, 64)
Picture = Callable[[int, float], np.ndarray]  # number and time to linear light


def plain(colour: Iterable[float], size: tuple[int, int] = SIZE) -> np.ndarray:
    return np.broadcast_to(np.array(list(colour), np.float32), (*size, 3))


def grey(light: float) -> np.ndarray:
    return plain((light, light, light))


def limited(
    pictures: Iterable[tuple[float, np.ndarray]], limiter: FlashLimiter | None = None
) -> Iterator[tuple[float, float, np.ndarray]]:
    """Time, share and the picture shown, mixed as the canvas and the render mix it."""
    limiter = limiter or FlashLimiter()
    shown = plain((0, 0, 0))
    for at, wanted in pictures:
        if shown.shape != wanted.shape:
            shown = stretched(shown, wanted.shape[:2])
        share = limiter.share(wanted, at)
        shown = shown + np.float32(share) * (wanted - shown)
        yield at, share, shown


def stretched(light: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    rows, columns = (np.arange(side) * points // side for side, points in zip(size, light.shape, strict=False))
    return light[rows][:, columns]


def times(rate: float, seconds: float) -> list[float]:
    return [number / rate for number in range(round(rate * seconds))]


def of(picture: Picture, at: list[float]) -> Iterator[tuple[float, np.ndarray]]:
    return ((time, picture(number, time)) for number, time in enumerate(at))


def counted(pictures: Iterable[tuple[float, np.ndarray]]) -> Flashes:
    meter = FlashMeter()
    for at, picture in pictures:
        meter.add(picture, at)
    return meter.flashes()


def counted_limited(pictures: Iterable[tuple[float, np.ndarray]]) -> Flashes:
    return counted((at, shown) for at, _, shown in limited(pictures))


def switching(hz: float, colour: tuple[float, float, float]) -> Picture:
    return lambda number, at: plain(colour) * np.float32(int(at * hz * 2 + 1e-6) % 2)


def moving_bars(number: int, at: float) -> np.ndarray:
    picture = np.zeros((*SIZE, 3), np.float32)
    picture[:, (np.arange(20) + int(at * 600)) % SIZE[1]] = 1
    return picture


def swapping_board(number: int, at: float) -> np.ndarray:
    board = np.add.outer(np.arange(SIZE[0]) // 6, np.arange(SIZE[1]) // 8) % 2
    return np.repeat((board == int(at * 20) % 2)[..., None], 3, axis=2).astype(np.float32)


def groups_in_turn(number: int, at: float) -> np.ndarray:
    picture = np.zeros((*SIZE, 3), np.float32)
    picture[:, np.arange(SIZE[1]) // 4 % 4 == int(at * 20) % 4] = 1
    return picture


def random_tiles(number: int, at: float) -> np.ndarray:
    tiles = np.random.default_rng(number).random((6, 8, 3)) ** 2
    return np.kron(tiles, np.ones((6, 8, 1))).astype(np.float32)


def random_points(number: int, at: float) -> np.ndarray:
    return np.random.default_rng(number).random((*SIZE, 3), np.float32)


ADVERSARIES: dict[str, Picture] = {
    "white at 10 Hz": switching(10, (1, 1, 1)),
    "white at 4 Hz": switching(4, (1, 1, 1)),
    "red at 10 Hz": switching(10, (1, 0, 0)),
    "dark red at 8 Hz": switching(8, (0.1, 0, 0)),
    "white and black in turn": lambda number, at: grey(number % 2),
    "a fast sine": lambda number, at: grey(0.5 + 0.5 * np.sin(2 * np.pi * 4 * at)),
    "growing flicker": lambda number, at: grey(0.5 + min(0.5, at / 6) * (-1) ** number),
    "moving bars": moving_bars,
    "a board that swaps": swapping_board,
    "groups in turn": groups_in_turn,
    "random tiles": random_tiles,
    "random points": random_points,
}


@pytest.mark.parametrize("name", list(ADVERSARIES))
@pytest.mark.parametrize("rate", [24, 60])
def test_what_flashes_is_held_down(name: str, rate: int) -> None:
    at = times(rate, 1.6)
    assert not counted(of(ADVERSARIES[name], at)).allowed
    assert counted_limited(of(ADVERSARIES[name], at)).allowed


@pytest.mark.parametrize("name", ["white at 10 Hz", "red at 10 Hz", "a fast sine", "groups in turn"])
def test_what_flashes_is_held_down_on_fast_screens(name: str) -> None:
    at = times(144, 1.3)
    assert not counted(of(ADVERSARIES[name], at)).allowed
    assert counted_limited(of(ADVERSARIES[name], at)).allowed


COLOURS = [(0, 0, 0), (1, 1, 1), (1, 0, 0), (0.2, 0, 0), (0.1, 0.1, 0.1), (0, 0, 1), (1, 1, 0), (0.5, 0.3, 0.2)]


@dataclass(frozen=True)
class Tiles:
    """Tiles that jump between a few colours at irregular times: `kept` pictures in turn, or a new one each time."""

    seed: int
    size: tuple[int, int]
    tiles: tuple[int, int]
    colours: list[tuple[float, float, float]]
    kept: int
    rate: float
    jitter: float
    hold: int

    def pictures(self) -> Iterator[tuple[float, np.ndarray]]:
        rng = np.random.default_rng(self.seed)
        palette = np.array(self.colours, np.float32)
        rows, columns = (np.arange(side) * count // side for side, count in zip(self.size, self.tiles, strict=True))
        fixed = [rng.integers(0, len(palette), self.tiles) for _ in range(self.kept)]
        at = 0.0
        for number in range(round(1.6 * self.rate)):
            new = rng.integers(0, len(palette), self.tiles)
            chosen = fixed[number // self.hold % self.kept] if self.kept > 1 else new
            yield at, palette[chosen][rows][:, columns]
            at += rng.uniform(1, 1 + self.jitter) / self.rate


adversaries = st.builds(
    Tiles,
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([SIZE, (18, 32), (12, 64)]),
    tiles=st.sampled_from([(1, 1), (2, 2), (3, 5), (9, 16), (18, 30)]),
    colours=st.lists(st.sampled_from(COLOURS), min_size=2, max_size=4, unique=True),
    kept=st.integers(1, 6),
    rate=st.sampled_from([24.0, 30.0, 60.0]),
    jitter=st.sampled_from([0.0, 0.5, 2.0]),
    hold=st.integers(1, 4),
)


@settings(max_examples=15, deadline=None)
@given(adversaries)
def test_no_sequence_flashes_more_than_is_allowed(tiles: Tiles) -> None:
    assert counted_limited(tiles.pictures()).allowed


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pictures_of_changing_size_are_held_down_too(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = [SIZE, (64, 36), (27, 64), (36, 36)]
    pictures = [(number / 30, plain([number % 2] * 3, sizes[rng.integers(4)])) for number in range(60)]
    assert counted_limited(pictures).allowed


@pytest.mark.parametrize("rate", [24, 144])
@pytest.mark.parametrize(
    "picture",
    [
        lambda number, at: grey(0.5 + 0.5 * np.cos(2 * np.pi * 1.0 * at)),
        lambda number, at: grey(0.4 + 0.03 * (-1) ** number),
        lambda number, at: grey(float(at > 0.5)),
        lambda number, at: grey(at / 2),
    ],
    ids=["slow", "faint", "once", "a ramp"],
)
def test_what_is_no_flashing_is_left_alone(picture: Picture, rate: int) -> None:
    assert {share for _, share, _ in limited(of(picture, times(rate, 2.0)))} == {1.0}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([24, 60, 90]))
def test_a_picture_that_stays_is_shown_whole_soon(seed: int, rate: int) -> None:
    rng = np.random.default_rng(seed)
    first = [rng.integers(0, 2, (*SIZE, 1)).repeat(3, 2).astype(np.float32) for _ in range(rate)]
    last = rng.random((*SIZE, 3)).astype(np.float32)
    after = [last] * (round(SPAN_S * rate) + 2)
    at = times(rate, 10)
    shown = [picture for _, _, picture in limited(zip(at, [*first, *after], strict=False))]
    assert np.abs(shown[-1] - last).max() < 1e-5


def test_small_areas_may_flicker() -> None:
    def picture(number: int, at: float) -> np.ndarray:
        image = np.zeros((*SIZE, 3), np.float32)
        image[10:14, 20:26] = number % 2  # candles: a tenth of the field
        return image

    assert {share for _, share, _ in limited(of(picture, times(30, 2.0)))} == {1.0}
    assert counted(of(picture, times(30, 2.0))).allowed


def test_off_it_lets_all_pass_but_remembers() -> None:
    limiter = FlashLimiter()
    flicker = of(ADVERSARIES["white and black in turn"], times(30, 1.0))
    assert {limiter.share(wanted, at, limited=False) for at, wanted in flicker} == {1.0}
    assert limiter.share(grey(0.0), 1.0) < 0.2  # thirty turns in the second before: none is left
    assert limiter.share(grey(0.0), 1.0 + 2 * SPAN_S) == 1.0


def test_broken_pictures_and_clocks_do_no_harm() -> None:
    limiter = FlashLimiter()
    broken = grey(0.5).copy()
    broken[3:9, 4:30] = np.nan
    broken[0, 0] = (np.inf, -np.inf, 7.0)
    clock = itertools.cycle([0.0, 5.0, 4.0, -1.0, 5.01])
    for number, at in zip(range(60), clock, strict=False):
        share = limiter.share(broken if number % 2 else grey(number % 4), at)
        assert 0 <= share <= 1
    assert limiter.share(grey(1.0), 8.0) == 1.0


def test_the_share_is_as_large_as_is_allowed() -> None:
    limiter = FlashLimiter()
    for number in range(5):
        assert limiter.share(grey((number + 1) % 2), number / 10) == 1.0
    held = limiter.share(grey(0.0), 0.5)  # a sixth turn
    assert 0 < held < 0.08


def test_the_grid_has_the_pictures_usual_shape() -> None:
    assert GRID[0] * 16 == GRID[1] * 9
