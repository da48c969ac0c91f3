"""The images of a video: where a painting hangs, how it fades, and that both ways of drawing agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from visualizer.errors import VisualizerError
from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, KICK, SNARE
from visualizer.painting.knobs import Knobs
from visualizer.picture.drawing import Drawing, GLDrawing, RasterDrawing, is_software, open_drawing
from visualizer.picture.enlarge import enlarge
from visualizer.picture.gl_painting import PLAIN
from visualizer.picture.hanging import FITS, MARGIN, WALL, Fit
from visualizer.picture.linen import light_on_linen
from visualizer.picture.offscreen import offscreen_context
from visualizer.picture.raster_painting import PLAIN as PLAIN_RASTER

SIZES = [(320, 180), (180, 320), (200, 200), (326, 138)]


def rgb(image: Any) -> np.ndarray:
    return image.to_ndarray(format="rgb24").astype(int)


def smooth_painting(seed: int, side: int = 64) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return enlarge(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8), side, side)


def bordered_painting() -> np.ndarray:
    painting = np.full((64, 64, 3), 200, np.uint8)
    painting[8:-8, 8:-8] = 0
    return painting


def flat(code: int, side: int = 16) -> np.ndarray:
    return np.full((side, side, 3), code, np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_an_image_has_the_videos_size_and_form(size: tuple[int, int]) -> None:
    drawing = RasterDrawing(size)
    drawing.turn(smooth_painting(1))
    image = drawing.image(1.0)
    assert (image.width, image.height, image.format.name) == (*size, "yuv420p")


def test_the_middle_of_the_painting_fills_the_picture() -> None:
    painting = flat(0, 64)
    painting[14:50] = 200  # the 36 rows that a 16:9 picture shows of 64
    drawing = RasterDrawing((640, 360))
    drawing.turn(painting)
    shown = rgb(drawing.image(1.0))
    assert shown[8:-8].min() > 120
    painting = flat(200, 64)
    painting[16:48] = 0
    drawing.turn(painting)
    shown = rgb(drawing.image(1.0)).mean(axis=(1, 2))
    assert shown[0] > 100  # rows 14 and 15 of the painting
    assert shown[-1] > 100
    assert shown[40:-40].max() < 40


def test_left_and_right_top_and_bottom_are_kept() -> None:
    painting = flat(128, 64)
    painting[:32, :32] = (255, 0, 0)
    painting[32:, 32:] = (0, 0, 255)
    drawing = RasterDrawing((320, 180))
    drawing.turn(painting)
    shown = rgb(drawing.image(1.0))
    assert shown[45, 80].argmax() == 0
    assert shown[135, 240].argmax() == 2


@pytest.mark.parametrize("tier", [0, 1, PLAIN_RASTER])
def test_a_whole_painting_hangs_on_the_wall(tier: int) -> None:
    drawing = RasterDrawing((320, 180), tier=tier, fit="fit")
    drawing.turn(bordered_painting())
    shown = rgb(drawing.image(1.0))
    margin = round(MARGIN * 180)
    inside = slice(margin + 2, 180 - margin - 2)
    left = (320 - 180) // 2 + margin
    assert shown[inside, left + 2 : 320 - left - 2][[0, -1]].mean() > 100  # its outermost rows are seen
    assert shown[90, [left + 3, 319 - left - 3]].mean() > 100
    assert shown[90, 160].max() < 60
    beyond = np.concatenate([shown[:, : left - 2].ravel(), shown[: margin - 2].ravel()])
    assert beyond.max() < 1.3 * max(WALL)
    assert shown[20, 20].sum() > shown[90, left - 3].sum()  # the painting's shadow


@pytest.mark.parametrize(("size", "axis"), [((320, 100), 1), ((100, 320), 0)])
def test_a_mirrored_painting_goes_on_at_its_sides(size: tuple[int, int], axis: int) -> None:
    drawing = RasterDrawing(size, tier=PLAIN_RASTER, fit="mirror")
    drawing.turn(smooth_painting(6))
    shown = np.moveaxis(rgb(drawing.image(1.0)), axis, 0)
    shown = shown / light_on_linen(*size, 1.0).mean(axis=1 - axis)[:, None, None]
    middle, before, after = shown[110:210], shown[10:110], shown[210:310]
    for beside in (before, after):
        assert np.abs(beside[::-1] - middle).mean() < 6
        assert np.abs(beside - middle).mean() > 20
    assert np.abs(shown[209] - shown[210]).mean() < 8  # without a seam


def test_a_fit_holds_while_the_picture_zooms() -> None:
    kick = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.eye(len(BANDS))[KICK])
    for fit in FITS:
        drawing = RasterDrawing((320, 180), tier=PLAIN_RASTER, fit=fit)
        drawing.turn(smooth_painting(5))
        images = [
            rgb(drawing.image(1.0, Features.silence() if number == 0 else kick, number / 30)) for number in range(6)
        ]
        moved = np.abs(images[-1] - images[0]).mean(axis=(0, 2)) > 0.3
        assert moved[80:240].any()
        assert moved[:60].any() == (fit != "fit")  # the wall and the frame hang still


def test_a_fade_is_even_in_light() -> None:
    drawing = RasterDrawing((128, 128))
    drawing.turn(flat(0))
    drawing.turn(flat(255))
    middle = [rgb(drawing.image(share))[60:68, 60:68].mean() for share in (0.0, 0.5, 1.0)]
    assert middle[0] < 3
    assert middle[1] == pytest.approx(183, abs=4)  # half the light is code 188 in sRGB, and linen takes a fortieth
    assert middle[2] > 240


def test_a_third_painting_fades_from_the_second() -> None:
    drawing = RasterDrawing((128, 128))
    for code in (10, 120, 220):
        drawing.turn(flat(code))
    assert rgb(drawing.image(0.0)).mean() == pytest.approx(112, abs=5)


def test_the_linen_is_fine_and_the_corners_are_darker() -> None:
    drawing = RasterDrawing((640, 360), tier=PLAIN_RASTER)
    drawing.turn(flat(200))
    grey = rgb(drawing.image(1.0)).mean(axis=2)
    assert 1 < grey[150:210, 290:350].std() < 8
    assert grey[:20, :20].mean() < 0.85 * grey[170:190, 310:330].mean()


def test_paintings_may_change_their_size() -> None:
    drawing = RasterDrawing((128, 128))
    drawing.turn(flat(40, 16))
    drawing.turn(flat(200, 64))
    drawing.image(0.0)
    assert 120 < rgb(drawing.image(0.5, now=1.0)).mean() < 170  # halfway, in light and with dark corners


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ValueError, match="turn"):
        RasterDrawing((128, 128)).image(0.0)


@pytest.mark.gl
@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", SIZES)
def test_opengl_and_numpy_draw_the_same(size: tuple[int, int], fit: Fit) -> None:
    drawings: list[Drawing] = [
        RasterDrawing(size, tier=PLAIN_RASTER, fit=fit),
        GLDrawing(size, offscreen_context(), tier=PLAIN, fit=fit),
    ]
    paintings = [smooth_painting(seed) for seed in (1, 2, 3)]
    for drawing in drawings:
        drawing.turn(paintings[0])
    for painting in paintings[1:]:
        for drawing in drawings:
            drawing.turn(painting)
        for share in (0.0, 0.6):
            raster, opengl = (rgb(drawing.image(share)) for drawing in drawings)
            difference = np.abs(raster - opengl)[~beside_the_frame(size, fit)]
            mean, most = (3, 16) if fit == "fit" else (2, 12)  # a small painting, and colours are two pixels wide
            assert difference.mean() < mean
            assert np.percentile(difference, 99) < most
    for drawing in drawings:
        drawing.release()


@pytest.mark.gl
def test_opengl_and_numpy_tint_alike() -> None:
    music = replace(Features.silence(), is_open=True, loudness=1.0, chroma=np.eye(12)[2])
    shown = []
    for drawing in (RasterDrawing((128, 128), tier=PLAIN_RASTER), plain_opengl((128, 128))):
        drawing.scene.knobs = Knobs(wildness=1.0, sensitivity=1.0)
        drawing.turn(np.broadcast_to(np.array((180, 110, 60), np.uint8), (16, 16, 3)))
        drawing.image(1.0, music, 0.0)
        shown.append(rgb(drawing.image(1.0, music, 6.0))[40:88, 40:88].mean(axis=(0, 1)))
        drawing.release()
    assert np.abs(shown[0] - (180, 110, 60)).max() > 3
    assert shown[1] == pytest.approx(shown[0], abs=6)  # the shader takes codes squared for light


@pytest.mark.gl
@pytest.mark.parametrize("tier", [0, 1])
def test_strokes_keep_colours_and_places(tier: int) -> None:
    drawing, plain = GLDrawing((160, 90), offscreen_context(), tier=tier), RasterDrawing((160, 90), tier=PLAIN_RASTER)
    for each in (drawing, plain):
        each.turn(smooth_painting(4))
    brushed, smooth = (rgb(each.image(1.0)).reshape(9, 10, 16, 10, 3).mean(axis=(1, 3)) for each in (drawing, plain))
    assert np.abs(brushed - smooth).mean() < 6
    drawing.release()


def drawings() -> list[Any]:
    return [RasterDrawing, pytest.param(plain_opengl, marks=pytest.mark.gl)]


def beside_the_frame(size: tuple[int, int], fit: Fit) -> np.ndarray:
    """Where a pixel and a point of colour may lie on different sides of a whole painting's edge, bool [h, w]."""
    if fit != "fit":
        return np.zeros(size[::-1], bool)
    half = min(size) / 2 * (1 - 2 * MARGIN)
    far = [np.abs(np.arange(side) + 0.5 - side / 2) for side in size]
    return np.abs(np.maximum(far[0], far[1][:, None]) - half) < 3


def plain_opengl(size: tuple[int, int]) -> GLDrawing:
    return GLDrawing(size, offscreen_context(), tier=PLAIN)


@pytest.mark.parametrize("make", drawings())
def test_a_kick_zooms_the_picture_and_it_comes_back(make: Callable[[tuple[int, int]], Drawing]) -> None:
    kick = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.eye(len(BANDS))[KICK])
    drawing = make((160, 90))
    drawing.turn(smooth_painting(5))
    images = [rgb(drawing.image(1.0, Features.silence(), 0.0))]
    for number in range(1, 36):
        images.append(rgb(drawing.image(1.0, kick if number < 6 else Features.silence(), number / 30)))
    assert np.abs(images[5] - images[0]).mean() > 0.5
    assert np.abs(images[-1] - images[0]).mean() < 0.4
    drawing.release()


@pytest.mark.parametrize("fit", FITS)
def test_a_snare_moves_the_picture_without_a_card_this_way_and_that(fit: Fit) -> None:
    snare = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.eye(len(BANDS))[SNARE])
    sides = []
    for count in (0, 1):
        drawing = RasterDrawing((640, 360), fit=fit)  # large enough for half a degree to be seen
        drawing.turn(smooth_painting(5))
        at_rest = rgb(drawing.image(1.0, Features.silence(), 0.0))
        struck = replace(snare, counts=np.full(len(BANDS), count))
        for number in range(1, 6):
            shown = rgb(drawing.image(1.0, struck, number / 30))
        sides.append(shown - at_rest)
    assert min(np.abs(side).mean() for side in sides) > 0.2
    assert np.abs(sides[0] - sides[1]).mean() > 0.2


@pytest.mark.parametrize("make", drawings())
def test_flashes_are_held_back_and_may_be_let_through(make: Callable[[tuple[int, int]], Drawing]) -> None:
    swings = []
    for limited in (True, False):
        drawing = make((160, 90))
        drawing.scene.limited = limited
        light = []
        for number in range(24):
            drawing.turn(flat(255 * (number // 2 % 2)))
            light.append(rgb(drawing.image(1.0, None, number / 30)).mean())
        swings.append(np.abs(np.diff(light[12:])).mean())
        assert (drawing.scene.held_back > 0) == limited
        drawing.release()
    assert swings[1] > 3 * swings[0]


def test_the_same_twice_gives_the_same_images() -> None:
    def images() -> list[np.ndarray]:
        drawing = RasterDrawing((160, 90), seed=3)
        drawing.turn(smooth_painting(1))
        drawing.turn(smooth_painting(2))
        loud = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.ones(len(BANDS)))
        return [rgb(drawing.image(share, loud, share / 10)) for share in (0.0, 0.3, 0.6, 1.0)]

    assert all(np.array_equal(one, other) for one, other in zip(images(), images(), strict=True))


def test_without_a_graphics_card_numpy_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise VisualizerError("OpenGL 3.3 does not start: install a graphics driver.")

    monkeypatch.setattr("visualizer.picture.offscreen.offscreen_context", absent)
    assert open_drawing((128, 128)).name == "NumPy"
    assert open_drawing((128, 128), raster=True).name == "NumPy"


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("NVIDIA GeForce RTX 4070/PCIe/SSE2", False),
        ("GDI Generic", True),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
    ],
)
def test_imitated_cards_are_known(renderer: str, software: bool) -> None:
    assert is_software(renderer) == software
