"""Two CPU processes (gloo) train one painter: gradients averaged, anchors moved by both, weights the same."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mvnet.painter_data import draw_batch
from tests.painter_data import painter_data
from tests.painter_processes import CONFIG
from tests.ranks import run_ranks


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return run_ranks("tests.painter_processes", tmp_path_factory.mktemp("ranks"))


@pytest.mark.parametrize("network", ["painter", "critic", "heads"])
def test_weights_and_statistics_are_equal_in_both(ranks: list[dict[str, Any]], network: str) -> None:
    for name, value in ranks[0][network].items():
        assert torch.equal(value, ranks[1][network][name]), name


def test_both_move_the_anchors_of_both(ranks: list[dict[str, Any]]) -> None:
    assert torch.equal(ranks[0]["anchors"], ranks[1]["anchors"])
    data, repainted = painter_data(), round(CONFIG.anchor_share * CONFIG.batch)
    seen = {
        int(row)
        for step in range(2)
        for rank in range(2)
        for row in draw_batch(data, CONFIG.batch, (0, step, rank)).paintings[:repainted]
    }
    assert set(ranks[0]["moved"].nonzero()[:, 0].tolist()) == seen
