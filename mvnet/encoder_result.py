"""The end of the encoder's training: period head, temperature and prototypes, figures, pictures, encoder.pt.

Runs in the training process, in process 0.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from mvnet import checkpoints, plots
from mvnet.calibration import clip_weights, fit_head, fit_temperature, prototypes
from mvnet.encoder import period_probabilities
from mvnet.evaluate import accuracy_figures, heard
from mvnet.periods import PERIODS
from mvnet.run import RunFolder

if TYPE_CHECKING:
    from mvnet.train_encoder import EncoderTraining


def finish(training: EncoderTraining, folder: RunFolder) -> dict[str, Any]:
    """Fit head, temperature and prototypes, measure on the validation split, write encoder.pt; returns the figures."""
    data, train, val = training.data, training.train, training.val
    periods = data.periods
    weights = clip_weights(periods[train], data.pieces(train))
    learnt = training.embed(train)
    head = fit_head(*_heard_in_training(training, learnt, weights))
    figures: dict[str, Any] = {"train_clips": len(train), "train_pieces": len(set(data.pieces(train)))}
    if len(val):
        unseen = training.embed(val)
        figures["temperature"] = fit_temperature(head, unseen, periods[val])
        with torch.no_grad():
            chances = period_probabilities(head, torch.from_numpy(unseen)).numpy()
        recordings = [data.clips[row].recording for row in val]
        figures |= {f"val_{k}": v for k, v in accuracy_figures(heard(chances, periods[val], recordings)).items()}
    with torch.no_grad():
        chances = period_probabilities(head, torch.from_numpy(learnt)).numpy()
    figures["train_clip_accuracy"] = float((chances.argmax(1) == periods[train]).mean())
    centres = prototypes(learnt, periods[train], weights)
    content = {
        "format": checkpoints.FORMAT,
        "kind": "encoder",
        "spec": data.spec.as_dict(),
        "weights": {name: value.cpu().contiguous() for name, value in training.averaged.state_dict().items()},
        "head": head.state_dict(),
        "prototypes": centres.tolist(),
        "figures": figures,
        "config": asdict(training.config),
        "commit": folder.commit,
    }
    checkpoints.write_atomic(folder.path / checkpoints.FILES["encoder"], content)
    folder.write_json("metrics.json", figures)
    draw(training, folder, figures)
    return figures


def _heard_in_training(
    training: EncoderTraining, learnt: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings, periods and weights to fit the head on: clips as they are and changed, and what is quiet.

    So the head is as sure as the encoder may be under another gain, in another room. A quiet window counts
    a fifth for each period: all are as likely.

    Args:
        learnt: embeddings of the unchanged training clips.
        weights: of these clips.
    """
    config, periods = training.config, training.data.periods[training.train]
    embeddings, labels, counts = [learnt], [periods], [weights]
    torch.manual_seed(config.seed)
    if config.spectral or config.augment:
        embeddings.append(training.embed_changed(training.train))
        labels.append(periods)
        counts.append(weights)
    if config.quiet:
        quiet = training.embed_quiet(max(1, round(2 * config.quiet * len(learnt))))
        embeddings.append(np.repeat(quiet, len(PERIODS), axis=0))
        labels.append(np.tile(np.arange(len(PERIODS)), len(quiet)))
        counts.append(np.full(len(quiet) * len(PERIODS), 1 / len(PERIODS)))
    return np.concatenate(embeddings), np.concatenate(labels), np.concatenate(counts)


def draw(training: EncoderTraining, folder: RunFolder, figures: dict[str, Any]) -> None:
    """Loss curve, maps of embeddings across epochs, confusion: figures 4 and 5 of the paper."""
    names = {"loss": "loss", "contrast": "contrastive loss", "cross_entropy": "cross-entropy", "lessons": "lessons"}
    plots.save_curves(folder.path / "loss.png", folder.records(), names, f"Encoder, {training.config.loss} loss")
    rows = training.map_rows
    kept = [(int(file.stem), np.load(file)) for file in sorted((folder.path / "embeddings").glob("*.npy"))]
    kept = [(epoch, embeddings) for epoch, embeddings in kept if len(embeddings) == len(rows)]
    plots.save_embedding_maps(folder.path / "embeddings.png", kept, training.data.periods[rows])
    if "val_confusion" in figures:
        plots.save_confusion(folder.path / "confusion.png", figures["val_confusion"], "Validation clips")
