"""Sets, walks and the command on painted stripes; the feature network is the one that training brings along."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mvnet import cache, feature_networks, gan_report
from mvnet.__main__ import main
from mvnet.errors import MvnetError
from mvnet.exported_painter import ExportedPainter, prototype_embeddings
from mvnet.feature_networks import LiteFeatures, fit, look_at
from mvnet.gan_report import GanReport, GanTest
from mvnet.perceptual import FrozenFeatures
from mvnet.picture_sets import draw_embeddings, draw_sets, noise_walk, straight_walk
from mvnet.pictures import square_image
from mvnet.records import Painting
from tests.fakes import tiny_model_folder


def listed(counts: dict[tuple[int, str], int]) -> list[Painting]:
    return [
        Painting(Path(f"{period}-{split}-{number}.png"), period, "", split)
        for (period, split), count in counts.items()
        for number in range(count)
    ]


def test_sets_are_even_and_apart() -> None:
    paintings = listed({(0, "val"): 20, (0, "train"): 100, (3, "val"): 9, (3, "train"): 40, (4, "val"): 3})
    sets = draw_sets(paintings, most=12, most_training=30, seed=0)
    periods = np.array([painting.period for painting in paintings])
    assert np.bincount(periods[sets.heldout]).tolist() == [12, 0, 0, 9]
    assert np.bincount(periods[sets.stand_in]).tolist() == [12, 0, 0, 9]
    assert np.bincount(periods[sets.training]).tolist() == [30, 0, 0, 30]
    everything = np.concatenate((sets.heldout, sets.stand_in, sets.training))
    assert len(np.unique(everything)) == len(everything)
    assert all(paintings[row].split == "val" for row in sets.heldout)
    assert all(paintings[row].split == "train" for row in [*sets.stand_in, *sets.training])
    whole = draw_sets(paintings, most=12, most_training=0, seed=0)
    assert len(whole.training) == 140 - len(whole.stand_in)
    with pytest.raises(MvnetError, match="no period has 8"):
        draw_sets(listed({(0, "val"): 7, (0, "train"): 50}), most=10, most_training=0, seed=0)


def test_embeddings_are_of_the_period_and_spread_over_the_clips() -> None:
    embeddings = np.arange(10, dtype=np.float32)[:, None].repeat(10, 1)
    periods = np.repeat([1, 2], 5)
    drawn = draw_embeddings(embeddings, periods, np.repeat([2, 1], [10, 3]), np.random.default_rng(0))[:, 0]
    assert sorted(drawn[:10].tolist()) == [5, 5, 6, 6, 7, 7, 8, 8, 9, 9]
    assert (drawn[10:] < 5).all()
    with pytest.raises(MvnetError, match="no modern music"):
        draw_embeddings(embeddings, periods, np.array([4]), np.random.default_rng(0))


def test_a_noise_walk_keeps_its_length_and_its_step() -> None:
    walk = noise_walk(64, 60, np.random.default_rng(0))
    assert walk.shape == (61, 64)
    lengths = np.linalg.norm(walk, axis=1)
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-5)
    steps = np.linalg.norm(np.diff(walk, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-3)


def test_a_straight_walk_of_pictures() -> None:
    first, last = np.zeros((3, 2, 2), np.uint8), np.full((3, 2, 2), 200, np.uint8)
    assert straight_walk(first, last, 4)[:, 0, 0, 0].tolist() == [0, 50, 100, 150, 200]


def test_prototypes_stand_in_for_music() -> None:
    prototypes = np.random.default_rng(0).normal(size=(5, 10)).astype(np.float32)
    embeddings, periods = prototype_embeddings(prototypes, 50, seed=0)
    assert embeddings.shape == (250, 10)
    centres = np.stack([embeddings[periods == period].mean(0) for period in range(5)])
    np.testing.assert_allclose(centres, prototypes, atol=0.4)


@pytest.fixture(scope="module")
def lite() -> LiteFeatures:
    return LiteFeatures("0")


def test_the_whole_network_has_the_trainings_features(lite: LiteFeatures) -> None:
    images = torch.rand(1, 3, 224, 224) * 255
    pooled, taps = lite.see(images)
    assert pooled.shape == (1, 1280)
    with torch.no_grad():
        wanted = FrozenFeatures()(images / 127.5 - 1)
    assert [tap.shape for tap in taps] == [tap.shape for tap in wanted]
    torch.testing.assert_close(taps[2], wanted[2], rtol=1e-3, atol=1e-3)


def test_what_was_seen_is_kept(lite: LiteFeatures, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (2, 3, 32, 32)).astype(np.uint8)
    done: list[int] = []
    seen = look_at(lite, images, cache=tmp_path, progress=done.append)
    again = look_at(lite, images, cache=tmp_path, progress=done.append)
    np.testing.assert_array_equal(seen.pooled, again.pooled)
    np.testing.assert_array_equal(seen.perceptual, again.perceptual)
    assert sum(done) == 4
    assert len(list(tmp_path.iterdir())) == 1
    look_at(lite, images + 1, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    distance = ((seen.perceptual[0].astype(float) - seen.perceptual[1]) ** 2).sum()
    assert 0 < distance < 12  # three taps, each place's channels on the unit sphere


def test_fit_keeps_a_flat_picture_flat() -> None:
    flat = fit(torch.full((1, 3, 64, 64), 255.0), 224)
    assert flat.shape == (1, 3, 224, 224)
    torch.testing.assert_close(flat, torch.full_like(flat, 255.0), rtol=0, atol=1e-3)


def save_paintings(folder: Path) -> None:
    """Horizontal stripes of 20 widths are renaissance, red noise is modern."""
    rng = np.random.default_rng(0)
    lines = ["file,period,split,artist"]
    for number in range(28):
        split = "val" if number < 8 else "train"
        stripes = np.zeros((48, 48, 3), np.uint8)
        stripes[(np.arange(48) + number) // (2 + number // 2) % 2 == 0] = 220
        noise = np.zeros((48, 48, 3), np.uint8)
        noise[..., 0] = rng.integers(0, 255, (48, 48))
        for period, pixels in (("renaissance", stripes), ("modern", noise)):
            Image.fromarray(pixels).save(folder / f"{period}-{number}.png")
            lines.append(f"{period}-{number}.png,{period},{split},{split} {period}")
    (folder / "paintings.csv").write_text("\n".join(lines) + "\n", "utf-8")


def test_a_generator_that_copies_and_one_that_collapses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both paint known pictures: the first training paintings themselves, the second one of each period."""
    monkeypatch.setattr(gan_report, "WALK_STEPS", 2)
    monkeypatch.setitem(feature_networks.LITE_SIZE, "0", 64)  # small pictures are seen twelve times as fast
    monkeypatch.setattr(cache, "FEW_FILES", 1000)  # no worker processes
    lite = LiteFeatures("0")
    save_paintings(tmp_path)
    paintings = [
        Painting(tmp_path / f"{name}-{number}.png", period, "", "val" if number < 8 else "train")
        for number in range(28)
        for period, name in ((0, "renaissance"), (4, "modern"))
    ]
    test = GanTest(paintings=8, walks=1, size=48, draws=2)
    learnt = draw_sets(paintings, 8, 0, 0).training
    images = np.stack([square_image(paintings[row].path, 48) for row in learnt])
    of_period = np.array([paintings[row].period for row in learnt])
    embeddings = np.repeat(np.array([[0.0] * 10, [4.0] * 10], np.float32), 4, axis=0)

    class Copier(ExportedPainter):
        """Answers an embedding with a training painting of its period: another one each time, or always the first."""

        def __init__(self, collapsed: bool) -> None:
            self.noise_size, self.image_size, self.collapsed = 4, 48, collapsed

        def paint(self, noise: np.ndarray, embeddings: np.ndarray, progress: object = int) -> np.ndarray:
            rows = []
            for number, period in enumerate(np.where(embeddings[:, 0] > 2, 4, 0)):
                own = np.flatnonzero(of_period == period)
                rows.append(own[0 if self.collapsed else number % len(own)])
            return images[rows]

    def measured(collapsed: bool) -> dict:
        report = GanReport(
            Copier(collapsed), embeddings, np.repeat([0, 4], 4), paintings, test,
            cache=tmp_path / "cache", scratch=tmp_path, network=lite,
        )  # fmt: skip
        return report.measure()

    copies, collapsed = measured(False), measured(True)
    json.dumps(copies, allow_nan=False)
    assert copies["paintings"] == 16
    assert copies["paintings_by_period"]["modern"] == 8
    assert copies["memorisation_ratio"] == pytest.approx(0, abs=0.02)
    assert copies["real"]["memorisation_ratio"] > 0.2
    assert copies["period_accuracy"] == 1.0
    assert copies["diversity"]["renaissance"] > 0.5
    assert collapsed["diversity"] == {"renaissance": 0.0, "modern": 0.0}
    assert collapsed["distinct_modes"]["modern"] == 1.0
    assert collapsed["vendi_mean"] < copies["vendi_mean"]
    assert collapsed["recall"] < copies["real"]["recall"]
    assert collapsed["monitor"]["diversity_mean"] == 0.0
    assert set(copies["intervals"]) >= {"recall", "coverage", "kernel_distance", "walk_max_over_median"}


def test_command_refuses_what_it_cannot_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "paintings.csv").write_text("file,period\na.png,modern\nb.png,modern\n", "utf-8")
    asked = ["evaluate", "gan", "--model", str(model), "--data", str(tmp_path / "few")]
    assert main([*asked, "--json"]) == 2
    assert "no period has 8" in capsys.readouterr().err
    assert main([*asked, "--walks", "0"]) == 2
    assert "--walks is 0" in capsys.readouterr().err


def test_the_exported_painter_paints_in_batches(tmp_path: Path) -> None:
    painter = ExportedPainter(tiny_model_folder(tmp_path / "tiny"))
    noise = np.random.default_rng(0).standard_normal((11, painter.noise_size), np.float32)
    images = painter.paint(noise, np.zeros((11, 10), np.float32))
    assert images.shape == (11, 3, 16, 16)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[9:10], painter.paint(noise[9:10], np.zeros((1, 10), np.float32)))
