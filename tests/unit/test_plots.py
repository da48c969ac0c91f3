"""Pictures of a run folder: right size and right pixels; charts are only looked at for being drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from mvnet.plots import (
    discriminant_directions,
    save_collage,
    save_confusion,
    save_curves,
    save_embedding_maps,
    save_pairs,
    save_period_map,
    save_robustness,
)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_collage_places_pictures_row_by_row(tmp_path: Path) -> None:
    images = np.zeros((3, 3, 4, 4), np.uint8)
    images[1, 0], images[2, 2] = 200, 100
    save_collage(tmp_path / "new" / "sheet.png", images, 2)
    sheet = pixels(tmp_path / "new" / "sheet.png")
    assert sheet.shape == (9, 9, 3)
    assert sheet[0, 0].tolist() == [0, 0, 0]
    assert sheet[0, 5].tolist() == [200, 0, 0]
    assert sheet[5, 0].tolist() == [0, 0, 100]
    assert sheet[5, 5].tolist() == [255, 255, 255]


def test_pairs_stand_side_by_side_in_their_periods_row(tmp_path: Path) -> None:
    real = np.full((3, 3, 4, 4), 10, np.uint8)
    generated = np.full((3, 3, 4, 4), 90, np.uint8)
    save_pairs(tmp_path / "pairs.png", real, generated, np.array([4, 0, 0]))
    sheet = pixels(tmp_path / "pairs.png")
    assert sheet.shape == (9, 4 * 5 - 1, 3)
    assert sheet[0, ::5, 0].tolist() == [10, 90, 10, 90]
    assert sheet[5, ::5, 0].tolist() == [10, 90, 255, 255]  # one pair only: filled up with white


def test_curves_show_the_logged_values(tmp_path: Path) -> None:
    flat = [{"step": step, "loss": 1.0} for step in range(200)] + [{"step": 9, "figures": {}}]
    falling = [{"step": step, "loss": 1 / (1 + step)} for step in range(200)]
    for name, records in (("flat", flat), ("falling", falling), ("empty", [])):
        save_curves(tmp_path / f"{name}.png", records, {"loss": "loss"}, "A loss")
    drawn = {name: pixels(tmp_path / f"{name}.png") for name in ("flat", "falling", "empty")}
    assert (drawn["flat"] != drawn["falling"]).any()
    assert (drawn["flat"] != 255).sum() > (drawn["empty"] != 255).sum()


def test_embedding_maps_have_at_most_six_panels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(5), 4)
    epochs = [(epoch, rng.normal(size=(20, 10))) for epoch in range(1, 11)]
    save_embedding_maps(tmp_path / "many.png", epochs, periods)
    save_embedding_maps(tmp_path / "one.png", epochs[:1], periods)
    many, one = pixels(tmp_path / "many.png"), pixels(tmp_path / "one.png")
    assert many.shape == (2 * one.shape[0], 3 * one.shape[1], 3)
    save_embedding_maps(tmp_path / "none.png", [], periods)
    assert not (tmp_path / "none.png").exists()


def test_confusion_is_darkest_where_most_clips_are(tmp_path: Path) -> None:
    save_confusion(tmp_path / "confusion.png", np.diag([9, 9, 9, 9, 9]).tolist(), "Clips")
    assert pixels(tmp_path / "confusion.png").std() > 20


def test_the_map_shows_the_directions_that_part_the_periods() -> None:
    """Two numbers tell the periods, a third is only wide: the map must not be drawn along it."""
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(5), 100)
    embeddings = rng.normal(0, 0.1, (500, 10))
    embeddings[:, 3] += np.cos(periods)
    embeddings[:, 7] += np.sin(periods)
    embeddings[:, 5] = rng.normal(0, 50, 500)
    directions = discriminant_directions(embeddings, periods)
    assert directions.shape == (10, 2)
    share = (directions**2)[[3, 7]].sum() / (directions**2).sum()
    assert share > 0.9
    points = embeddings @ directions
    centres = np.stack([points[periods == period].mean(0) for period in range(5)])
    nearest = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
    assert (nearest == periods).mean() > 0.95


def test_map_and_robustness_are_drawn(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(30, 10)), np.repeat(np.arange(5), 6)
    save_period_map(tmp_path / "with.png", clips, (rng.normal(size=(50, 10)), np.repeat(np.arange(5), 10)))
    save_period_map(tmp_path / "without.png", clips)
    assert (pixels(tmp_path / "with.png") != 255).sum() > (pixels(tmp_path / "without.png") != 255).sum()
    table = {name: {"drop": drop, "interval": [drop - 0.1, drop + 0.1]} for name, drop in (("room", 0.1), ("hum", 0))}
    save_robustness(tmp_path / "bars.png", table, 0.8)
    assert pixels(tmp_path / "bars.png").std() > 10
