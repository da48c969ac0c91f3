"""The gate of the encoder that reads notes: open for music, shut for what is none, which then has no period."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from mvnet.encoder import PeriodHead, period_probabilities
from mvnet.presence import LATE, MUSIC_OPEN, close_on_quiet, fit_presence, place_of_rest
from mvnet.style_encoder import FEATURES, StyleEncoder
from tests.networks import random_style_encoder


def clouds(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features of music [400, FEATURES], and of noise [60, FEATURES]; five of them tell one from the other."""
    rng = np.random.default_rng(seed)
    music, quiet = rng.normal(0, 1, (400, FEATURES)), rng.normal(0, 1, (60, FEATURES))
    music[:, :5] += 2
    return music, quiet


def unlocked() -> tuple[StyleEncoder, PeriodHead]:
    """A network of one's own."""
    encoder, head = random_style_encoder()
    return copy.deepcopy(encoder), copy.deepcopy(head)


@torch.no_grad()
def openness(encoder: StyleEncoder, features: np.ndarray) -> np.ndarray:
    return torch.sigmoid(encoder.presence(torch.from_numpy(features.astype(np.float32)))).numpy()[:, 0]


@torch.no_grad()
def test_quiet_rests_where_no_period_is_likelier() -> None:
    encoder, head = unlocked()
    music, quiet = clouds()
    open_for = close_on_quiet(encoder, head, music, quiet)
    unheard, hum = clouds(1)
    assert openness(encoder, unheard).mean() > 0.9 > 0.3 > openness(encoder, hum).mean()
    assert open_for["music"] == pytest.approx(openness(encoder, music).mean(), abs=1e-4)
    assert open_for["quiet"] == pytest.approx(openness(encoder, quiet).mean(), abs=1e-4)
    chances = period_probabilities(head, encoder.rest[None])
    torch.testing.assert_close(chances, torch.full((1, 5), 0.2), atol=1e-5, rtol=0)
    encoder.presence.bias.fill_(-50.0)
    answers = encoder.answer(torch.from_numpy(hum.astype(np.float32)))
    torch.testing.assert_close(answers, encoder.rest.expand_as(answers))


@torch.no_grad()
def test_an_open_gate_changes_nothing() -> None:
    encoder, _ = unlocked()
    encoder.presence.weight.zero_()
    encoder.presence.bias.fill_(StyleEncoder().presence.bias.item())
    features = torch.rand(3, FEATURES)
    torch.testing.assert_close(encoder.answer(features), encoder.linear(features), atol=1e-5, rtol=0)


def test_nearly_all_music_passes_even_where_noise_is_like_it() -> None:
    music, quiet = clouds()
    quiet[:, :5] += 1.5
    slope, constant = fit_presence(music, quiet)
    chances = 1 / (1 + np.exp(-(music @ slope + constant)))
    assert (chances < MUSIC_OPEN - 1e-6).mean() <= LATE + 1 / len(music)
    # Without the shift the regression would shut out more of it.
    assert (1 / (1 + np.exp(-(quiet @ slope + constant)))).mean() < 0.9


def test_the_place_of_rest_is_the_nearest_of_its_kind() -> None:
    torch.manual_seed(3)
    head = PeriodHead()
    rest = place_of_rest(head)
    weight = head.linear.weight.detach().double().numpy()
    logits = weight @ rest + head.linear.bias.detach().double().numpy()
    assert np.ptp(logits) < 1e-6
    # Moving within the set of such places only leads away from the origin.
    _, _, directions = np.linalg.svd(weight - weight.mean(0))
    assert np.abs(directions[4:] @ rest).max() < 1e-9
