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
from mvnet.reading import fit_reading
from mvnet.run import RunFolder

if TYPE_CHECKING:
    from mvnet.train_encoder import EncoderTraining


def finish(training: EncoderTraining, folder: RunFolder) -> dict[str, Any]:
    """Fit head, temperature and prototypes, measure on the validation split, write encoder.pt; returns the figures."""
    data, train, val = training.data, training.train, training.val
    periods = data.periods
    weights = clip_weights(periods[train], data.pieces(train))
    known = read_lessons_out(training, weights)
    learnt = training.embed(train)
    head = fit_head(*_heard_in_training(training, learnt, weights) if known is None else known)
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


def read_lessons_out(
    training: EncoderTraining, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Let the finished encoder's embedding be read from the lessons; None where none were learnt.

    Args:
        training: its averaged network gets another last layer.
        weights: of the training clips.
    Returns:
        embeddings, periods and weights to fit the head on: what the teachers themselves heard in the
        training clips, as the embedding reads it, and quiet windows.
    """
    if training.recital is None or training.lessons is None:
        return None
    periods = training.data.periods[training.train]
    lessons = training.lessons.cpu().numpy()[training.train]
    reading = fit_reading(lessons, periods, weights)
    recital, linear = training.recital, training.averaged.linear
    with torch.no_grad():
        matrix = torch.from_numpy(reading.matrix.T).float().to(linear.weight.device)  # [10, lessons]
        linear.weight.copy_(matrix @ recital.weight)
        linear.bias.copy_(matrix @ recital.bias + torch.from_numpy(reading.offset).to(linear.bias))
    torch.manual_seed(training.config.seed)
    return _with_quiet(training, [reading(lessons)], [periods], [weights])


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
    return _with_quiet(training, embeddings, labels, counts)


def _with_quiet(
    training: EncoderTraining, embeddings: list[np.ndarray], labels: list[np.ndarray], counts: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings, periods and weights joined, those of quiet windows with them where the training had such."""
    share = training.config.quiet
    if share:
        quiet = training.embed_quiet(max(1, round(2 * share * len(training.train))))
        embeddings = [*embeddings, np.repeat(quiet, len(PERIODS), axis=0)]
        labels = [*labels, np.tile(np.arange(len(PERIODS)), len(quiet))]
        counts = [*counts, np.full(len(quiet) * len(PERIODS), 1 / len(PERIODS))]
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
