"""The encoder that reads notes: what trains, what stays, and what does not change it."""

from __future__ import annotations

import pytest
import torch

from mvnet.encoders import build_encoder, network_of
from mvnet.errors import MvnetError
from mvnet.note_network import NoteNetwork
from mvnet.style_encoder import FEATURES, StyleEncoder
from tests.networks import random_style_encoder


def test_shapes_and_size() -> None:
    encoder, _ = random_style_encoder()
    mel = torch.rand(2, 3, 128, 256)
    with torch.no_grad():
        assert encoder(mel).shape == (2, 10)
        assert encoder.features(mel).shape == (2, FEATURES)
    assert sum(weight.numel() for weight in encoder.parameters()) == 366_765


def test_notes_stay_as_they_are_in_training() -> None:
    torch.manual_seed(0)
    notes = NoteNetwork()
    before = {name: value.clone() for name, value in notes.state_dict().items()}
    encoder = StyleEncoder(notes).train()
    optimiser = torch.optim.SGD((weight for weight in encoder.parameters() if weight.requires_grad), lr=0.1)
    encoder(torch.rand(2, 3, 128, 256)).square().sum().backward()
    optimiser.step()
    for name, value in encoder.notes.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(weight.grad is None for weight in encoder.notes.parameters())


def test_every_other_part_learns() -> None:
    encoder = StyleEncoder()
    learning = {id(weight) for part in encoder.learning() for weight in part.parameters()}
    learning |= {id(weight) for weight in encoder.linear.parameters()}
    trained = {id(weight) for weight in encoder.parameters() if weight.requires_grad}
    assert learning == trained


@torch.no_grad()
def test_loudness_changes_nothing() -> None:
    encoder, _ = random_style_encoder()
    mel = torch.rand(2, 3, 128, 256) - 0.5
    louder = encoder.features(mel + 0.25)
    # The texture's edges see the padding, which does not get louder.
    assert (louder - encoder.features(mel)).abs().mean() < 0.05 * louder.abs().mean()


def test_networks_by_name() -> None:
    for name in ("paper", "style"):
        assert network_of(build_encoder(name)) == name
    with pytest.raises(MvnetError, match="'wave' is unknown"):
        build_encoder("wave")
