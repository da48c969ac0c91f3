"""Parameters of torch as arrays, for the graphs."""

from __future__ import annotations

import numpy as np
from torch import Tensor


def values(tensor: Tensor) -> np.ndarray:
    """A parameter as a float32 array."""
    return tensor.detach().float().cpu().numpy()
