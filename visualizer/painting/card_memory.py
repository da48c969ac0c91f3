"""How much memory of the graphics card is in use, all programs together; for F3.

NVIDIA's management library (NVML) tells it, through nvidia-ml-py, which comes with the extra `cuda`; without either
nothing is known. Opened where the model is loaded; asking it costs a tenth of a millisecond.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

Ask = Callable[[], "tuple[int, int] | None"]


def open_card() -> Ask:
    """A function that gives bytes in use and bytes in all of the card that CUDA uses; None when they are not known."""
    try:
        import pynvml
    except ImportError:
        return _unknown
    try:
        pynvml.nvmlInit()
        card = _card(pynvml, os.environ.get("CUDA_VISIBLE_DEVICES", ""))
    except pynvml.NVMLError:
        return _unknown

    def ask() -> tuple[int, int] | None:
        try:
            memory = pynvml.nvmlDeviceGetMemoryInfo(card)
        except pynvml.NVMLError:  # the driver was restarted, the card was taken away
            return None
        return int(memory.used), int(memory.total)

    return ask


def _card(pynvml: Any, visible: str) -> Any:
    """The first card that CUDA may use: CUDA_VISIBLE_DEVICES names it by number or by UUID, else it is card 0."""
    first = visible.split(",")[0].strip()
    if first.startswith(("GPU-", "MIG-")):
        return pynvml.nvmlDeviceGetHandleByUUID(first)
    return pynvml.nvmlDeviceGetHandleByIndex(int(first) if first.isdecimal() else 0)


def _unknown() -> None:
    return None
