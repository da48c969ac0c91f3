"""The painter's training in two CPU processes; run by tests/unit/test_painter_processes.py.

Each process writes what its weights are after two steps to FOLDER/<rank>.pt.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from mvnet.configs import RunConfig
from mvnet.engine import seed_step, start_engine
from mvnet.painter_config import PainterConfig
from mvnet.train_painter import PainterTraining
from tests.painter_data import painter_data

CONFIG = PainterConfig(width=4, critic_width=4, batch=6, penalty_every=1, penalty_batch=4, anchor_share=0.5)


def main(folder: Path) -> None:
    """Two steps."""
    torch.set_num_threads(1)
    fabric = start_engine(RunConfig(device="cpu", devices=2, precision="32"))
    training = PainterTraining(CONFIG, painter_data(), fabric)
    first = training.anchors.noise.clone()
    for number in range(2):
        seed_step(0, number, fabric.global_rank)
        training.step(number)
    state = training.state()
    moved = (training.anchors.noise != first).any(1)
    kept = {name: state[name] for name in ("painter", "critic", "heads", "anchors")}
    torch.save({**kept, "moved": moved}, folder / f"{fabric.global_rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
