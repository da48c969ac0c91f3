"""The end of the encoder's training: period head, temperature and prototypes, figures, pictures, encoder.pt.

Runs in the training process, in process 0.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from mvnet import checkpoints, plots
from mvnet.blend import Voice, choose_share, fit_blend
from mvnet.calibration import clip_weights, fit_head, fit_temperature, prototypes
from mvnet.encoder import PeriodHead, period_probabilities
from mvnet.encoders import PAPER, Encoder
from mvnet.evaluate import accuracy_figures, heard
from mvnet.presence import close_on_quiet
from mvnet.reading import fit_reading, with_quiet
from mvnet.run import RunFolder
from mvnet.style_encoder import StyleEncoder
from mvnet.turning import distance, fit_turning

if TYPE_CHECKING:
    from mvnet.train_encoder import EncoderTraining


# Of the squared coefficients. The features of training clips fit their periods better than those of others do, so what
# reads them is held back; on pieces that a trial had not heard, probabilities were the most honest near these.
FEATURES_PENALTY = 0.1
STYLE_HEAD_PENALTY = 3e-2
HEAD_PENALTY = 1e-3
QUIET_WINDOWS = 600  # that the gate is fitted on


def finish(training: EncoderTraining, folder: RunFolder, like: Encoder | None = None) -> dict[str, Any]:
    """Fit head, temperature and prototypes, measure on the validation split, write encoder.pt; returns the figures.

    Args:
        like: another encoder, onto whose embeddings of the training clips those of this one are turned.
    """
    data, train, val = training.data, training.train, training.val
    periods = data.periods
    weights = clip_weights(periods[train], data.pieces(train))
    figures: dict[str, Any] = {"train_clips": len(train), "train_pieces": len(set(data.pieces(train)))}
    labels = None
    if isinstance(training.averaged, StyleEncoder):
        read_features_out(training, weights)
    elif training.recital is not None:
        labels = _Labels.of(training)
        read_lessons_out(training, weights)
    learnt = training.embed(train)
    penalty = STYLE_HEAD_PENALTY if isinstance(training.averaged, StyleEncoder) else HEAD_PENALTY
    head = fit_head(*_heard_in_training(training, learnt, weights), penalty=penalty)
    if labels is not None and len(val):
        figures["labels_share"], learnt = labels.blend_into(training, head, learnt)
    if like is not None:
        figures["turned_onto"], learnt = turn_onto(training, head, learnt, like)
    if isinstance(training.averaged, StyleEncoder) and training.config.quiet:
        figures["gate"] = fit_gate(training, training.averaged, head)
        learnt = training.embed(train)
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
        "network": training.config.network,
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


def read_features_out(training: EncoderTraining, weights: np.ndarray) -> None:
    """Let the averaged network's embedding be read from all its features, by a regression that is held back.

    The layer that was learnt beside them is soon sure of its training clips; the features themselves, to which the
    lessons belong too, tell more of music that they have not heard.

    Args:
        weights: of the training clips.
    """
    features = training.features(training.train).astype(np.float64)
    reading = fit_reading(features, training.data.periods[training.train], weights, penalty=FEATURES_PENALTY)
    linear = training.averaged.linear
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(reading.matrix.T))
        linear.bias.copy_(torch.from_numpy(reading.offset))


def fit_gate(training: EncoderTraining, network: StyleEncoder, head: PeriodHead) -> dict[str, float]:
    """Lead silence and noise to a place of rest; returns how open the gate is on average, for music and for those."""
    torch.manual_seed(training.config.seed)
    train = training.train
    music = np.concatenate((training.features(train), training.features_changed(train)))
    return close_on_quiet(network, head, music, training.features_quiet(QUIET_WINDOWS))


def read_lessons_out(training: EncoderTraining, weights: np.ndarray) -> None:
    """Let the averaged network's embedding be read from the lessons, where some were learnt.

    Which ten numbers is decided by what the teachers themselves heard in the training clips.

    Args:
        weights: of the training clips.
    """
    if training.recital is None or training.lessons is None:
        return
    lessons = training.lessons.cpu().numpy()[training.train]
    taught = np.isfinite(lessons).all(1)
    reading = fit_reading(
        lessons[taught].astype(np.float64), training.data.periods[training.train][taught], weights[taught]
    )
    recital, linear = training.recital, training.averaged.linear
    with torch.no_grad():
        matrix = torch.from_numpy(reading.matrix.T).float().to(linear.weight.device)  # [10, lessons]
        linear.weight.copy_(matrix @ recital.weight)
        linear.bias.copy_(matrix @ recital.bias + torch.from_numpy(reading.offset).to(linear.bias))


@dataclass(frozen=True)
class _Labels:
    """What the encoder learnt of the periods themselves, before its last layer is read from the lessons.

    Attributes:
        layer: state of its last layer.
        voice: the head that was learnt with it.
        learnt, unseen: embeddings of the training and validation clips, [n, 10].
    """

    layer: dict[str, Tensor]
    voice: Voice
    learnt: np.ndarray
    unseen: np.ndarray

    @classmethod
    def of(cls, training: EncoderTraining) -> _Labels:
        layer = {name: value.clone() for name, value in training.averaged.linear.state_dict().items()}
        return cls(layer, _voice(training.head), training.embed(training.train), training.embed(training.val))

    def blend_into(self, training: EncoderTraining, head: PeriodHead, learnt: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the averaged network's last layer and the head the labels' share.

        Args:
            head: reads the lessons' embedding; changed in place, as is the network.
            learnt: the lessons' embeddings of the training clips.
        Returns:
            the share, and the new embeddings of the training clips.
        """
        data, val = training.data, training.val
        voice, unseen = _voice(head), training.embed(val)
        weights = clip_weights(data.periods[val], data.pieces(val))
        share = choose_share(voice(unseen), self.voice(self.unseen), data.periods[val], weights)
        blend = fit_blend(learnt, self.learnt, voice, self.voice, share)
        linear = training.averaged.linear
        first, second, offset = (
            torch.from_numpy(part.T).to(linear.weight) for part in (blend.first, blend.second, blend.offset)
        )
        with torch.no_grad():
            bias = first @ linear.bias + second @ self.layer["bias"] + offset
            linear.weight.copy_(first @ linear.weight + second @ self.layer["weight"])
            linear.bias.copy_(bias)
            head.linear.weight.copy_(torch.from_numpy(blend.voice.slope.T))
            head.linear.bias.copy_(torch.from_numpy(blend.voice.constant))
        return share, blend(learnt, self.learnt).astype(np.float32)


def _voice(head: PeriodHead) -> Voice:
    weight, bias = (value.detach().cpu().double().numpy() for value in (head.linear.weight, head.linear.bias))
    return Voice(weight.T, bias)


def turn_onto(
    training: EncoderTraining, head: PeriodHead, learnt: np.ndarray, like: Encoder
) -> tuple[dict[str, float], np.ndarray]:
    """Turn the averaged network's embeddings onto those of another encoder; probabilities stay what they are.

    Args:
        head: changed in place, as is the network.
        learnt: embeddings of the training clips.
    Returns:
        distance of the two, over the other's spread, before and after; and the turned embeddings.
    """
    network = training.averaged
    training.averaged = like.to(training.fabric.device)
    wanted = training.embed(training.train)
    training.averaged = network
    turning = fit_turning(learnt, wanted)
    linear = network.linear
    matrix = torch.from_numpy(turning.matrix).to(linear.weight)
    offset = torch.from_numpy(turning.offset).to(linear.bias)
    with torch.no_grad():
        linear.weight.copy_(matrix.T @ linear.weight)
        linear.bias.copy_(linear.bias @ matrix + offset)
        back = torch.from_numpy(np.linalg.inv(turning.matrix)).to(head.linear.weight)  # [10, 10]
        head.linear.weight.copy_(head.linear.weight @ back.T)
        head.linear.bias.sub_(head.linear.weight @ offset.to(head.linear.bias))
    turned = turning(learnt)
    return {"before": distance(learnt, wanted), "after": distance(turned, wanted)}, turned.astype(np.float32)


def _heard_in_training(
    training: EncoderTraining, learnt: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings, periods and weights to fit the head on: clips as they are and changed, and what is quiet.

    So the head is as sure as the encoder may be under another gain, in another room. Read from lessons, the
    embedding needs no changed clips: on unheard pieces the head was better without. In a quiet window
    all periods are as likely; the network that reads notes has a gate for that (mvnet.presence).

    Args:
        learnt: embeddings of the unchanged training clips.
        weights: of these clips.
    """
    config, periods = training.config, training.data.periods[training.train]
    embeddings, labels, counts = [learnt], [periods], [weights]
    torch.manual_seed(config.seed)
    if (config.spectral or config.augment) and training.recital is None and config.network == PAPER:
        embeddings.append(training.embed_changed(training.train))
        labels.append(periods)
        counts.append(weights)
    return _with_quiet(training, embeddings, labels, counts)


def _with_quiet(
    training: EncoderTraining, embeddings: list[np.ndarray], labels: list[np.ndarray], counts: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings, periods and weights joined, those of quiet windows with them where the training had such."""
    rows = np.concatenate(embeddings), np.concatenate(labels), np.concatenate(counts)
    share = training.config.quiet
    if not share or training.config.network != PAPER:
        return rows
    return with_quiet(*rows, training.embed_quiet(max(1, round(2 * share * len(training.train)))))


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
