"""Whether there is music at all: the gate that leads silence and noise to one place of no period.

Asking the embedding itself to be undecided in noise bends it for music, too (on held-out pieces it cost 3 to 4
points of accuracy). So a logistic regression on the features tells music from what is none, and its probability moves
the embedding between what was read and a place at rest. Runs once, after a training.
"""

from __future__ import annotations

import numpy as np
import torch

from mvnet.calibration import fit_binary
from mvnet.encoder import PeriodHead
from mvnet.style_encoder import StyleEncoder

PENALTY = 1e-4  # of the squared coefficients: music and noise lie far apart, and the gate is to be steep
MUSIC_OPEN = 0.99  # to how much the gate is open, at least, for all but LATE of the training music
LATE = 0.002


def fit_presence(music: np.ndarray, quiet: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant of the log odds that features are music's.

    The constant is raised until the gate is open for nearly all music: a window of noise that is taken for music
    shows a period with little reason, which does less harm than music that is not heard.

    Args:
        music: float [n, features], clips as they are and changed.
        quiet: float [m, features].
    Returns:
        float64 [features], and the constant.
    """
    rows = np.concatenate((music, quiet)).astype(np.float64)
    mean, deviation = rows.mean(0), np.maximum(rows.std(0), 1e-6)
    truth = np.arange(len(rows)) < len(music)
    weights = np.where(truth, 0.5 / len(music), 0.5 / len(quiet)) * len(rows)
    slope, constant = fit_binary((rows - mean) / deviation, truth, weights, PENALTY)
    slope = slope / deviation
    constant -= float(slope @ mean)
    least = float(np.quantile(music.astype(np.float64) @ slope + constant, LATE))
    wanted = float(np.log(MUSIC_OPEN / (1 - MUSIC_OPEN)))
    return slope, constant + max(0.0, wanted - least)


def place_of_rest(head: PeriodHead) -> np.ndarray:
    """The embedding nearest the origin, about which music lies, for which every period is as likely: float64 [10]."""
    weight, bias = (value.detach().cpu().double().numpy() for value in (head.linear.weight, head.linear.bias))
    return np.linalg.lstsq(weight - weight.mean(0), bias.mean() - bias, rcond=None)[0]


@torch.no_grad()
def close_on_quiet(encoder: StyleEncoder, head: PeriodHead, music: np.ndarray, quiet: np.ndarray) -> dict[str, float]:
    """Fit the encoder's gate; returns how open it is on average, for music and for what is none.

    Args:
        encoder: changed in place.
        head: as it will be; its temperature may still change.
        music, quiet: features of both, [n, features] and [m, features].
    """
    slope, constant = fit_presence(music, quiet)
    encoder.presence.weight.copy_(torch.from_numpy(slope)[None])
    encoder.presence.bias.fill_(constant)
    encoder.rest.copy_(torch.from_numpy(place_of_rest(head)))
    openness = [1 / (1 + np.exp(-(rows @ slope + constant))) for rows in (music, quiet)]
    return {"music": float(openness[0].mean()), "quiet": float(openness[1].mean())}
