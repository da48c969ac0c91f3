"""Both trainings in two CPU processes; run by tests/unit/test_two_processes.py, once for each process by the engine.

Each process writes what it saw and what its weights are to FOLDER/<rank>.pt.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from mvnet.configs import EncoderConfig, GanConfig, RunConfig
from mvnet.engine import agree, start_engine
from mvnet.train_encoder import EncoderTraining
from mvnet.train_gan import GanTraining
from tests.training_data import encoder_data, gan_data

ENCODER = EncoderConfig(epochs=1, anchors_per_clip=1)
GAN = GanConfig(epochs=1, batch=1)


def main(folder: Path) -> None:
    """Two steps of the encoder, one of the GAN."""
    torch.set_num_threads(1)
    fabric = start_engine(RunConfig(device="cpu", devices=2, precision="32"))
    encoder = EncoderTraining(ENCODER, encoder_data(), fabric)
    rows = []
    for number in range(2):
        rows.append(encoder._rows(number).tolist())
        encoder.step(number)
    encoder.state()  # makes the batch norms' statistics equal
    torch.manual_seed(fabric.global_rank)  # noise of its own, as mvnet.run.run_training has it
    gan = GanTraining(GAN, gan_data(clips=1, paintings=1), fabric)
    pairs = gan._pairs(0).tolist()
    gan.step(0)
    gan.state()
    content = {
        "rows": rows,
        "pairs": pairs,
        "steps": encoder.steps_per_epoch,
        "encoder": encoder.encoder.state_dict(),
        "generator": gan.generator.state_dict(),
        "discriminator": gan.discriminator.state_dict(),
        "agreed": agree(fabric, fabric.global_rank == 1, False),
    }
    torch.save(content, folder / f"{fabric.global_rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
