"""Probes and triplets on embeddings made up so that the right figure is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mvnet.probes import (
    FOLDS,
    EmbeddedClips,
    linear_probe,
    nearest_probe,
    piece_folds,
    pieces_held_out,
    probe_figures,
    sources_held_out,
    triplet_figures,
)


def clouds(clips: int, spread: float, seed: int = 0, sources: int = 2) -> EmbeddedClips:
    """Five clouds, `clips` of each period in pieces of two clips, dealt to the collections in turn."""
    rng = np.random.default_rng(seed)
    periods = np.repeat(np.arange(5), clips)
    embeddings = np.eye(5, 10)[periods] + rng.normal(0, spread, (len(periods), 10))
    pieces = [f"{seed}-{row // 2}" for row in range(len(periods))]
    return EmbeddedClips(
        embeddings, periods, pieces, ["recorded"] * len(periods), [f"s{row % sources}" for row in range(len(periods))]
    )


@pytest.mark.parametrize("probe", [linear_probe, nearest_probe])
def test_probes_read_what_is_there_and_nothing_else(probe) -> None:
    known = clouds(40, 0.1)
    chances = probe(known, clouds(10, 0.1, seed=1))
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-5)
    assert (chances.argmax(1) == np.repeat(np.arange(5), 10)).all()
    nothing = EmbeddedClips(
        np.random.default_rng(2).normal(size=(200, 10)), known.periods, known.pieces, known.kinds, known.sources
    )
    assert (probe(nothing, clouds(10, 0.1, seed=1)).argmax(1) == np.repeat(np.arange(5), 10)).mean() < 0.5


def test_a_rare_period_is_not_outvoted() -> None:
    many, few = np.zeros((30, 10)), np.ones((5, 10))
    known = EmbeddedClips(
        np.concatenate((many, few)), np.repeat([0, 1], [30, 5]), ["a"] * 30 + ["b"] * 5, [""] * 35, [""] * 35
    )
    asked = EmbeddedClips(np.ones((1, 10)), np.array([1]), ["c"], [""], [""])
    assert nearest_probe(known, asked).argmax(1).tolist() == [1]


def test_equal_votes_go_to_the_nearest() -> None:
    places = np.zeros((2, 10))
    places[1, 0] = 1.0
    known = EmbeddedClips(places, np.array([3, 2]), ["a", "b"], ["", ""], ["", ""])
    asked = EmbeddedClips(np.zeros((1, 10)) + 0.1, np.array([3]), ["c"], [""], [""])
    assert nearest_probe(known, asked).argmax(1).tolist() == [3]


def test_folds_keep_pieces_whole_and_hold_every_period() -> None:
    clips = clouds(40, 0.1)
    part = piece_folds(clips.pieces, clips.periods)
    for piece in set(clips.pieces):
        assert len({int(part[row]) for row, name in enumerate(clips.pieces) if name == piece}) == 1
    assert all(len(np.unique(clips.periods[part == fold])) == 5 for fold in range(FOLDS))
    np.testing.assert_array_equal(part, piece_folds(clips.pieces, clips.periods))
    assert (part != piece_folds(clips.pieces, clips.periods, seed=1)).any()


def test_without_training_music_no_piece_answers_for_itself() -> None:
    """Each piece has its own corner and nothing tells its period: only a probe that had heard it would know."""
    rng = np.random.default_rng(0)
    pieces = np.repeat(np.arange(50), 20)
    corners = rng.normal(size=(50, 10)) * 5
    clips = EmbeddedClips(corners[pieces], pieces % 5, [str(piece) for piece in pieces], [""] * 1000, [""] * 1000)
    assert nearest_probe(clips, clips).argmax(1).tolist() == clips.periods.tolist()
    assert pieces_held_out(nearest_probe, None, clips).right.mean() < 0.45


def test_a_collection_held_out_cannot_be_told_by_its_own_mark() -> None:
    """Period 0 and 1 each have a collection whose clips are marked; the mark is all there is."""
    rng = np.random.default_rng(0)
    periods = np.tile([0, 1], 60)
    sources = [f"{'left' if row < 60 else 'right'}-{period}" for row, period in enumerate(periods)]
    places = rng.normal(0, 0.01, (120, 10))
    for row, source in enumerate(sources):
        places[row, sorted(set(sources)).index(source)] += 1
    clips = EmbeddedClips(places, periods, [str(row) for row in range(120)], [""] * 120, sources)
    assert pieces_held_out(linear_probe, None, clips).right.mean() > 0.95
    away = sources_held_out(linear_probe, None, clips)
    assert away is not None
    assert len(away.periods) == 120
    assert away.right.mean() < 0.9


def test_a_period_with_one_collection_is_not_asked() -> None:
    clips = clouds(10, 0.1)
    sources = [
        f"only-{period}" if period == 4 else source for period, source in zip(clips.periods, clips.sources, strict=True)
    ]
    away = sources_held_out(
        nearest_probe, None, EmbeddedClips(clips.embeddings, clips.periods, clips.pieces, clips.kinds, sources)
    )
    assert away is not None
    assert sorted(set(away.periods.tolist())) == [0, 1, 2, 3]
    alone = EmbeddedClips(clips.embeddings, clips.periods, clips.pieces, clips.kinds, ["one"] * len(clips))
    assert sources_held_out(nearest_probe, None, alone) is None


def test_figures_are_json_and_name_what_the_probes_knew() -> None:
    figures = probe_figures(clouds(40, 0.1), clouds(10, 0.1, seed=1), draws=20)
    assert figures["probes_fitted_on"] == "the training split"
    assert figures["linear_probe"]["clip_accuracy"] == figures["knn_source_held_out"]["clip_accuracy"] == 1.0
    assert figures["knn"]["rendered_clip_accuracy"] is None
    json.dumps(figures, allow_nan=False)
    assert "parts by piece" in probe_figures(None, clouds(10, 0.1), draws=20)["probes_fitted_on"]


def test_too_little_music_gives_no_probe() -> None:
    one = clouds(2, 0.1).take(np.array([0, 1]))
    assert probe_figures(None, one, draws=5)["linear_probe"] is None


def test_triplets() -> None:
    assert triplet_figures(clouds(20, 0.01), draws=20)["triplet_accuracy"] == 1.0
    rng = np.random.default_rng(0)
    clips = clouds(40, 0.1)
    chance = EmbeddedClips(rng.normal(size=(200, 10)), clips.periods, clips.pieces, clips.kinds, clips.sources)
    figures = triplet_figures(chance, draws=200)
    assert figures["triplet_accuracy"] == pytest.approx(0.5, abs=0.03)
    assert figures["triplet_interval"][0] < 0.5 < figures["triplet_interval"][1]
    same_place = EmbeddedClips(np.zeros((200, 10)), clips.periods, clips.pieces, clips.kinds, clips.sources)
    assert triplet_figures(same_place, draws=5)["triplet_accuracy"] == 0.5  # a tie is half right
    assert triplet_figures(clips.take(np.array([0, 1])), draws=5)["triplet_accuracy"] is None


def test_a_piece_is_no_positive_for_itself() -> None:
    """Two clips of each piece lie together, pieces at random: clips of one piece would give far more than a half."""
    rng = np.random.default_rng(0)
    clips = clouds(40, 0.1)
    pieces = np.arange(200) // 2
    places = rng.normal(size=(100, 10))[pieces]
    lying = EmbeddedClips(places, clips.periods, clips.pieces, clips.kinds, clips.sources)
    assert triplet_figures(lying, draws=5)["triplet_accuracy"] == pytest.approx(0.5, abs=0.04)
