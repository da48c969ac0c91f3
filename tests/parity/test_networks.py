"""torch against ONNX Runtime: every graph of the export, on sound and seeded noise, batch 1 and 3."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import numpy as np
import onnx
import pytest
import torch

from export.fast_generator import generator_onnx
from export.parity import TOLERANCE, Difference, encoder_differences, generator_differences
from export.to_onnx import encoder_onnx, plain_encoder, plain_generator
from mvnet.frontend import MelSpec
from tests.networks import random_encoder, random_generator, random_style_encoder, windows

ROUNDING = 1e-4  # float32 sums in another order; images measure 2e-5
BOTH_BYTES = 40e6  # of the two files together


@cache
def encoder_bytes(compact: bool) -> bytes:
    return encoder_onnx(*random_encoder(), MelSpec(), compact=compact).SerializeToString()


@cache
def generator_bytes(compact: bool) -> bytes:
    return generator_onnx(random_generator(), MelSpec(), compact=compact).SerializeToString()


def embeddings() -> np.ndarray:
    return np.random.default_rng(5).standard_normal((3, 10), np.float32)


def check(differences: list[Difference], limit: float) -> None:
    assert {item.batch for item in differences} == {1, 3}
    for item in differences:
        assert item.largest <= limit, item
        assert item.scale > 0.05, item  # the comparison had something to compare


@pytest.mark.parametrize(("compact", "limit"), [(False, ROUNDING), (True, TOLERANCE)])
def test_encoder(compact: bool, limit: float) -> None:
    check(encoder_differences(encoder_bytes(compact), *random_encoder(), windows(3)), limit)


def test_plain_encoder() -> None:
    network = plain_encoder(*random_encoder(), MelSpec()).SerializeToString()
    check(encoder_differences(network, *random_encoder(), windows(3)), ROUNDING)


def test_style_encoder() -> None:
    network = encoder_onnx(*random_style_encoder(), MelSpec()).SerializeToString()
    check(encoder_differences(network, *random_style_encoder(), windows(3)), ROUNDING)
    assert len(network) <= 3e6


def test_plain_style_encoder() -> None:
    network = plain_encoder(*random_style_encoder(), MelSpec())
    assert "BatchNormalization" in {node.op_type for node in network.graph.node}
    check(encoder_differences(network.SerializeToString(), *random_style_encoder(), windows(3)), ROUNDING)


@pytest.mark.parametrize(("compact", "limit"), [(False, ROUNDING), (True, TOLERANCE)])
def test_generator(compact: bool, limit: float) -> None:
    check(generator_differences(generator_bytes(compact), random_generator(), embeddings()), limit)


def test_plain_generator() -> None:
    network = plain_generator(random_generator(), MelSpec()).SerializeToString()
    check(generator_differences(network, random_generator(), embeddings()), ROUNDING)


def test_both_files_stay_under_their_size() -> None:
    assert len(encoder_bytes(True)) <= 25e6
    assert len(encoder_bytes(True)) + len(generator_bytes(True)) < BOTH_BYTES


def test_wrong_weights_are_noticed() -> None:
    generator = deepcopy(random_generator())
    with torch.no_grad():
        generator.attention4.value.bias[0] += 0.1
    differences = generator_differences(generator_bytes(False), generator, embeddings()[:1])
    assert not all(item.holds for item in differences)


def test_not_a_number_does_not_hold() -> None:
    assert not Difference("encoder", "period", 1, 1, float("nan"), 1.0).holds


def test_attention_is_taken_in_slices_of_the_queries() -> None:
    network = onnx.load_from_string(generator_bytes(False))
    assert sum(node.op_type == "Softmax" for node in network.graph.node) == (32 * 32 + 64 * 64) // 256
