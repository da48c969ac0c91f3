"""The picture without a graphics card: what is seen, how it fades, and strokes that keep colours and follow edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.picture.brushwork import CELLS, DIRECTIONS, EDGE, LEVEL_STEPS, TILE, Brushwork, stroke_tiles
from visualizer.picture.hanging import FITS, Fit, hang
from visualizer.picture.linen import corners, light_on_linen, weave
from visualizer.picture.presentation import Look
from visualizer.picture.raster_painting import FACTOR, PLAIN, RasterPainting, View, view
from visualizer.picture.scene import Sight

DONE = Sight()


def flat(*code: int, side: int = 256) -> np.ndarray:
    return np.full((side, side, 3), code, np.uint8)


def painted(image: np.ndarray, sight: Sight = DONE, tier: int = 0, fit: Fit = "fill") -> np.ndarray:
    painting = RasterPainting((0, 0, 0))
    painting.upload(image)
    painting.mix(sight)
    return painting.picture(sight, view(hang((640, 360), painting.size, 1.0, fit), painting.points), tier)


side = st.integers(100, 4000)


@given(st.tuples(side, side), st.integers(8, 512), st.sampled_from(FITS))
def test_what_is_seen_covers_what_the_painting_covers(screen: tuple[int, int], points: int, fit: Fit) -> None:
    hung = hang(screen, (points, points), 1.0, fit)
    seen = view(hung, (points, points))
    assert seen.left <= max(0.0, hung.left) + 1e-6
    assert seen.bottom <= max(0.0, hung.bottom) + 1e-6
    assert seen.left + seen.width >= min(screen[0], hung.left + hung.width) - 1e-6
    assert seen.bottom + seen.height >= min(screen[1], hung.bottom + hung.height) - 1e-6
    assert seen.width / (seen.columns.stop - seen.columns.start) == pytest.approx(hung.width / points)


@pytest.mark.parametrize(("tier", "factor"), [(0, FACTOR), (1, FACTOR), (2, FACTOR), (PLAIN, 1)])
def test_the_picture_has_the_size_of_the_view(tier: int, factor: int) -> None:
    assert painted(flat(9, 9, 9), tier=tier).shape == (144 * factor, 256 * factor, 4)


def test_a_flat_painting_keeps_its_colour_under_strokes() -> None:
    picture = painted(flat(200, 120, 40)).reshape(-1, 4).mean(0)
    assert picture[:3] == pytest.approx((40, 120, 200), abs=4)  # blue comes first


def test_small_paintings_are_enlarged_before_they_are_brushed() -> None:
    assert painted(flat(9, 9, 9, side=64)).shape == (144 * FACTOR, 256 * FACTOR, 4)


@pytest.mark.parametrize("tier", [0, 1, 2])
def test_strokes_lie_along_an_edge_and_do_not_cross_it(tier: int) -> None:
    image = flat(0, 0, 0)
    image[:, 128:] = 255
    picture = painted(image, tier=tier)[..., 0].astype(int)
    middle = picture.shape[1] // 2
    assert picture[:, : middle - 8].max() < 40
    assert picture[:, middle + 8 :].min() > 180


def test_a_fade_is_even_in_light() -> None:
    painting = RasterPainting((0, 0, 0))
    seen = view(hang((256, 256), (256, 256), 1.0), (256, 256))
    for code, sight in ((0, DONE), (255, Sight(0.5))):
        painting.upload(flat(code, code, code))
        painting.mix(sight)
    assert painting.picture(sight, seen, 1)[9, 9, 0] == pytest.approx(188, abs=2)


def test_a_share_of_the_way_and_an_unfinished_fade() -> None:
    painting = RasterPainting((0, 0, 0))
    seen = view(hang((256, 256), (256, 256), 1.0), (256, 256))

    def code(sight: Sight) -> int:
        painting.mix(sight)
        return int(painting.picture(sight, seen, 1)[9, 9, 0])

    painting.upload(flat(0, 0, 0))
    assert code(DONE) == 0
    painting.upload(flat(255, 255, 255))
    assert code(Sight(1.0, share=0.5)) == pytest.approx(188, abs=2)
    assert code(Sight(1.0, share=0.5)) == pytest.approx(225, abs=2)
    painting.upload(flat(0, 0, 0), finished=True)
    assert code(Sight(0.0)) == 255  # from the end of the fade, not from where it was left


def test_a_look_colours_the_picture() -> None:
    cool, warm = (painted(flat(120, 120, 120), Sight(look=Look(warmth=value)), 1)[9, 9] for value in (-1, 1))
    assert warm[2] > cool[2]
    assert warm[0] < cool[0]


def test_a_bare_wall_has_no_picture() -> None:
    painting = RasterPainting((0, 0, 0))
    painting.mix(DONE)
    assert painting.bare
    with pytest.raises(ValueError, match="upload"):
        painting.picture(DONE, View(slice(0, 1), slice(0, 1), 0, 0, 1, 1))


def test_tiles_keep_the_light_and_reach_no_further_than_the_edge() -> None:
    shift, gain = stroke_tiles()
    assert shift.shape == (len(CELLS) * DIRECTIONS, TILE, TILE, 2)
    assert np.abs(shift).max() <= EDGE
    assert gain.mean() == pytest.approx(LEVEL_STEPS, abs=0.5)
    assert all(TILE % cell == 0 for cell in CELLS)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_strokes_invent_no_colours(seed: int) -> None:
    codes = np.random.default_rng(seed).integers(60, 200, (64 + 2 * EDGE, 96 + 2 * EDGE, 4), np.uint8)
    brush = Brushwork(64, 96)
    brush.follow(codes[EDGE:-EDGE:4, EDGE:-EDGE:4, 0].astype(np.float32) / 255)
    picture = brush.painted(codes)
    assert picture.min() >= 60 * 0.85
    assert picture.max() <= 200 * 1.15


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_flat_strokes_are_those_with_relief_but_for_the_light(seed: int) -> None:
    small = np.random.default_rng(seed).integers(60, 200, (32 + EDGE, 48 + EDGE, 4), np.uint8)
    brush = Brushwork(64, 96)
    brush.follow(small[EDGE // 2 : -EDGE // 2, EDGE // 2 : -EDGE // 2, 0].astype(np.float32) / 255)
    flat_strokes = brush.dabbed(small)
    lit = brush.painted(np.ascontiguousarray(small.repeat(2, axis=0).repeat(2, axis=1)))
    assert set(np.unique(flat_strokes)) <= set(np.unique(small))
    assert np.abs(lit / flat_strokes - 1).max() < 0.16


def test_strokes_stay_where_they_are_while_the_painting_stays() -> None:
    brightness = np.random.default_rng(1).random((16, 24)).astype(np.float32)
    codes = np.random.default_rng(2).integers(0, 256, (64 + 2 * EDGE, 96 + 2 * EDGE, 4), np.uint8)
    brush = Brushwork(64, 96)
    brush.follow(brightness)
    first = brush.painted(codes)
    brush.follow(brightness)
    assert np.array_equal(brush.painted(codes), first)


def test_linen_is_even_and_corners_are_dark() -> None:
    assert weave(400, 300, 1.0).mean() == pytest.approx(0, abs=0.02)
    assert corners(400, 300)[150, 200] == pytest.approx(0, abs=1e-4)
    assert corners(400, 300)[0, 0] == pytest.approx(1, abs=0.02)
    assert 0.95 < light_on_linen(400, 300, 1.0).max() <= 1


def test_strokes_may_be_laid_anew_when_there_is_time() -> None:
    stripes = flat(0, 0, 0)
    stripes[:, ::16] = 255
    across = np.ascontiguousarray(stripes.transpose(1, 0, 2))

    def turned(painting: RasterPainting) -> np.ndarray:
        for image in (stripes, across, across):
            painting.upload(image)
            painting.mix(DONE)
            picture = painting.picture(DONE, view(hang((640, 360), painting.size, 1.0, "fill"), painting.points))
        return picture

    at_once, later = RasterPainting((0, 0, 0)), RasterPainting((0, 0, 0), strokes_later=True)
    wanted = turned(at_once)
    assert not np.array_equal(turned(later), wanted)
    later.lay_strokes()
    seen = view(hang((640, 360), later.size, 1.0, "fill"), later.points)
    assert np.array_equal(later.picture(DONE, seen), wanted)
