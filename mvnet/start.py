"""The weights that a training of the encoder begins with, where it goes on from an earlier one.

A finished encoder has lost what it answered while it learnt; the run folder's state still has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from mvnet.checkpoints import load_encoder, read_checked
from mvnet.encoder import PeriodHead
from mvnet.encoders import PAPER, Encoder, build_encoder
from mvnet.errors import MvnetError

STATE = "state.pt"


@dataclass(frozen=True)
class Start:
    """Weights to begin with.

    Attributes:
        encoder: its last layer as it was learnt, or as the finished encoder reads it.
        head: reads the periods from it.
        recital: state of the layer that answers the lessons; None where it is not known.
    """

    encoder: Encoder
    head: PeriodHead
    recital: dict[str, Any] | None = None

    def teach(self, recital: nn.Linear | None) -> None:
        """Give the layer that answers the lessons what it knew.

        Raises:
            MvnetError: it answered other lessons.
        """
        if recital is None or self.recital is None:
            return
        if self.recital["weight"].shape != recital.weight.shape:
            had, has = len(self.recital["weight"]), len(recital.weight)
            raise MvnetError(f"--init learnt {had} lessons, this run has {has}: give its --lessons-file first")
        recital.load_state_dict(self.recital)


def load_start(path: Path) -> Start:
    """The weights of a run folder, as its training left them, or of an encoder.pt.

    Raises:
        MvnetError: there is neither, or it cannot be read.
    """
    if not (path.is_dir() and (path / STATE).is_file()):
        encoder, head, _ = load_encoder(path)
        return Start(encoder, head)
    state = read_checked(path / STATE).get("training", {})
    encoder, head = build_encoder(state.get("network", PAPER)), PeriodHead()
    try:
        encoder.load_state_dict(state["averaged"] or state["encoder"])
        head.load_state_dict(state["head"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise MvnetError(f"{path / STATE} is not the state of an encoder's training: give its run folder") from error
    return Start(encoder, head, state.get("recital"))
