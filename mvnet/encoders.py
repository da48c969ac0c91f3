"""The encoders by name: the paper's network, and the one that reads notes. Both turn [N, 3, 128, 256] into [N, 10].

A checkpoint names its own; one without a name holds the paper's.
"""

from __future__ import annotations

from typing import TypeAlias

from mvnet.encoder import AudioEncoder
from mvnet.errors import MvnetError
from mvnet.style_encoder import StyleEncoder

Encoder: TypeAlias = AudioEncoder | StyleEncoder
PAPER, STYLE = "paper", "style"


def build_encoder(network: str) -> Encoder:
    """An untrained encoder, to load weights into.

    Raises:
        MvnetError: there is no network of that name.
    """
    if network == PAPER:
        return AudioEncoder()
    if network == STYLE:
        return StyleEncoder()
    raise MvnetError(f"the encoder's network {network!r} is unknown: this build has {PAPER} and {STYLE}")


def network_of(encoder: Encoder) -> str:
    """The name under which build_encoder makes it."""
    return STYLE if isinstance(encoder, StyleEncoder) else PAPER
