"""The painter and its brush: shapes, what conditions them, and what the export relies on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mvnet.brush import Brush, crop, smoothed, softened
from mvnet.errors import MvnetError
from mvnet.hearing import Hearing, fitted_hearing, standard_hearing
from mvnet.painter import Block, Painter
from mvnet.painter_config import BrushConfig, PainterConfig, PainterShape


def small_painter(resolution: int = 64) -> Painter:
    torch.manual_seed(0)
    return Painter(PainterShape(resolution, width=4, brush_width=4)).eval()


@pytest.mark.parametrize("resolution", [64, 128, 256])
def test_a_painting_has_the_shapes_size_and_range(resolution: int) -> None:
    painter = small_painter(resolution)
    with torch.no_grad():
        painted = painter(3 * torch.randn(2, painter.noise_size), 3 * torch.randn(2, 10))
    assert painted.shape == (2, 3, resolution, resolution)
    assert painted.abs().max() <= 1


def test_noise_and_embedding_both_change_the_painting() -> None:
    painter = small_painter()
    noise, embedding = torch.randn(2, painter.noise_size), torch.randn(2, 10)
    with torch.no_grad():
        plain = painter(noise, embedding)
        other_noise = painter(noise.flip(0), embedding)
        other_embedding = painter(noise, embedding.flip(0))
    assert (plain - other_noise).abs().mean() > 1e-3
    assert (plain - other_embedding).abs().mean() > 1e-3


def test_an_evaluated_painting_depends_on_its_own_noise_only() -> None:
    painter = small_painter(128)
    noise, embedding = torch.randn(3, painter.noise_size), torch.randn(3, 10)
    with torch.no_grad():
        alone = painter(noise[1:2], embedding[1:2])
        among = painter(noise, embedding)[1:2]
    torch.testing.assert_close(alone, among, atol=1e-5, rtol=0)


def test_a_new_block_enlarges_without_a_grid_of_dots() -> None:
    torch.manual_seed(0)
    conv = Block(3, 5, 4, conditioned=False).conv
    with torch.no_grad():
        even = conv(torch.randn(1, 3, 1, 1).expand(1, 3, 6, 6))[:, :, 2:-2, 2:-2]
    assert even.std((2, 3)).max() < 1e-6


def test_a_new_brush_enlarges_plainly() -> None:
    brush = Brush(4, width=4, feature_width=4, size=16)
    picture = torch.full((1, 3, 16, 16), 0.3)
    painted = brush(picture, torch.randn(1, 4, 16, 16))
    torch.testing.assert_close(painted, torch.full_like(painted, 0.3), atol=0.1, rtol=0)


@pytest.mark.parametrize("scale", [2, 4])
def test_a_brush_paints_a_detail_as_it_would_the_whole(scale: int) -> None:
    torch.manual_seed(1)
    brush = Brush(scale, width=4, feature_width=4, size=32).eval()
    torch.nn.init.normal_(brush.last.weight, std=0.3)
    picture, features = torch.randn(1, 3, 32, 32), torch.randn(1, 4, 32, 32)
    corners = torch.tensor([[4, 6]])
    with torch.no_grad():
        whole = brush(picture, features)
        part = brush(crop(picture, corners, 24), crop(features, corners, 24), corners)
    # What lies within reach of the detail's edge differs: the brush sees nothing beyond it.
    reach = 8 * scale
    inner = crop(whole, scale * corners, 24 * scale)[:, :, reach:-reach, reach:-reach]
    torch.testing.assert_close(part[:, :, reach:-reach, reach:-reach], inner, atol=1e-5, rtol=0)


@pytest.mark.parametrize("scale", [2, 4])
def test_even_ground_gets_strokes_from_the_grain(scale: int) -> None:
    torch.manual_seed(2)
    brush = Brush(scale, width=4, feature_width=4, size=16)
    torch.nn.init.normal_(brush.last.weight)
    with torch.no_grad():
        painted = brush(torch.zeros(1, 3, 16, 16))
    assert painted[:, :, 8:-8, 8:-8].std() > 1e-2


def test_a_brush_enlarges_twice_or_four_times() -> None:
    with pytest.raises(ValueError, match="scale is 8"):
        Brush(8, width=4, feature_width=4, size=16)


def test_no_pattern_of_the_pixel_shuffles_period_is_left() -> None:
    weave = torch.zeros(1, 3, 16, 16)
    weave[:, :, ::2] = 1  # what a shuffle leaves whose places have weights of their own
    smooth = smoothed(weave)[:, :, :-1]  # below the last row there is nothing to average with
    torch.testing.assert_close(smooth, torch.full_like(smooth, 0.5))


def test_crop_takes_each_its_own_part() -> None:
    maps = torch.arange(2 * 36.0).view(2, 1, 6, 6)
    parts = crop(maps, torch.tensor([[0, 1], [2, 3]]), 2)
    assert parts[0, 0].tolist() == [[1, 2], [7, 8]]
    assert parts[1, 0].tolist() == [[51, 52], [57, 58]]


def test_standard_hearing_brings_embeddings_to_mean_zero_and_unit_variance() -> None:
    rng = np.random.default_rng(0)
    embeddings = (rng.normal(size=(50, 10)) * 7 + 3).astype(np.float32)
    painter = small_painter()
    painter.set_hearing(standard_hearing(embeddings, np.repeat(np.arange(5), 10)))
    heard = painter.hear(torch.from_numpy(embeddings)).numpy()
    np.testing.assert_allclose(heard.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(heard.std(0), 1, atol=1e-5)


def test_an_embedding_number_that_never_changes_does_no_harm() -> None:
    hearing = standard_hearing(np.ones((5, 10), np.float32), np.arange(5))
    assert np.isfinite(hearing.matrix).all()
    np.testing.assert_allclose(np.ones(10) @ hearing.matrix + hearing.offset, 0, atol=1e-6)


def test_another_encoders_periods_are_heard_where_the_painter_knows_them() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(5, 10)).astype(np.float32)
    periods = np.repeat(np.arange(5), [4, 40, 40, 40, 40])
    other = rng.normal(size=(5, 10))[periods] * 4 + 9 + 0.05 * rng.normal(size=(len(periods), 10))
    hearing = fitted_hearing(other, periods, centres)
    heard = other @ hearing.matrix + hearing.offset
    for period in range(5):
        np.testing.assert_allclose(heard[periods == period].mean(0), centres[period], atol=0.3)
    assert isinstance(hearing, Hearing)


def test_music_that_is_hard_to_tell_apart_is_heard_as_far_out() -> None:
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(5, 10)).astype(np.float32)
    periods = np.repeat(np.arange(5), 400)
    other = rng.normal(size=(5, 10))[periods] + 3 * rng.normal(size=(len(periods), 10))
    hearing = fitted_hearing(other, periods, centres)
    heard = np.stack([(other @ hearing.matrix + hearing.offset)[periods == period].mean(0) for period in range(5)])
    outward = ((heard - heard.mean(0)) * (centres - centres.mean(0))).sum() / ((heard - heard.mean(0)) ** 2).sum()
    assert outward == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("config", "values", "flag"),
    [
        (PainterConfig, {"resolution": 100}, "--resolution is 100"),
        (PainterConfig, {"batch": 2}, "--batch is 2"),
        (PainterConfig, {"feature_size": 40}, "--feature-size is 40"),
        (PainterConfig, {"anchor_share": 1.5}, "--anchor-share is 1.5"),
        (PainterConfig, {"generator_rate": 0.0}, "--generator-rate is 0.0"),
        (BrushConfig, {"resolution": 64}, "--resolution is 64"),
        (BrushConfig, {"detail": 512}, "--detail is 512"),
    ],
)
def test_impossible_options_are_refused_by_their_flag(config: type, values: dict[str, float], flag: str) -> None:
    with pytest.raises(MvnetError, match=flag):
        config(**values)


def test_no_checkerboard_of_the_trunk_reaches_the_brush() -> None:
    rows, columns = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    for odd in (rows, columns, rows + columns):
        even = softened((odd % 2).float()[None, None])[:, :, 1:-1, 1:-1]
        torch.testing.assert_close(even, torch.full_like(even, 0.5))
    dot = torch.zeros(1, 1, 5, 5)
    dot[..., 2, 2] = 1
    assert softened(dot).shape == dot.shape
    assert softened(dot)[0, 0, 1:4, 1:4].tolist() == [
        [1 / 16, 1 / 8, 1 / 16],
        [1 / 8, 1 / 4, 1 / 8],
        [1 / 16, 1 / 8, 1 / 16],
    ]
