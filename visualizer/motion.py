"""How the picture moves: a glide of the embedding, an endless smooth walk of the noise, and bounded shifts of both.

Pure NumPy on injected time. Everything is defined in seconds, so 10 and 60 pictures a second show
the same motion.
"""

from __future__ import annotations

import math

import numpy as np


class Glide:
    """Critically damped motion of a vector towards a moving target: no overshoot, no jump.

    Solves x'' = w^2 (target - x) - 2 w x' exactly over each step, so the path does not depend on
    the step length while the target stands still.

    Args:
        settle_s: seconds after which about 95 % of a step of the target is done.
    """

    def __init__(self, settle_s: float) -> None:
        if settle_s <= 0:
            raise ValueError(f"settle_s is {settle_s}: it must be positive")
        self._rate = 4.74 / settle_s  # (1 + x) exp(-x) = 0.05 at x = 4.74
        self._position: np.ndarray | None = None
        self._velocity: np.ndarray = np.zeros(1)

    def step(self, target: np.ndarray, dt: float) -> np.ndarray:
        """Move for dt seconds towards the target, float [n]; the first call starts there.

        A target that is not finite is passed over.
        """
        target = np.asarray(target, np.float64)
        if self._position is None:
            target = np.nan_to_num(target, posinf=0.0, neginf=0.0)
            self._position, self._velocity = target.copy(), np.zeros_like(target)
        elif not np.isfinite(target).all():  # a broken target is no target: come to rest here
            target = self._position
        dt = max(0.0, dt)
        offset = self._position - target
        drift = self._velocity + self._rate * offset
        decay = math.exp(-self._rate * dt)
        self._position = target + (offset + drift * dt) * decay
        self._velocity = (drift - self._rate * (offset + drift * dt)) * decay
        return self._position.astype(np.float32)


class NoiseWalk:
    """A smooth endless path over the sphere on which standard normal noise lives.

    The path is a cubic B-spline through random points, one for each unit of distance, scaled to
    length sqrt(size): continuous in position, velocity and acceleration, never stuck, never faster
    than its speed, and a function of seed and distance alone (so a render can be repeated).

    Args:
        size: numbers in one noise vector.
        seed: chooses the path.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.seed = seed
        self.distance = 0.0

    def advance(self, amount: float) -> np.ndarray:
        """Go on by an amount of distance (one unit = one new random point); returns at()."""
        self.distance += max(0.0, amount)
        return self.at(self.distance)

    def at(self, distance: float) -> np.ndarray:
        """The noise at a distance along the path, float32 [size], of length sqrt(size)."""
        first = math.floor(distance)
        x = distance - first
        weights = np.array([(1 - x) ** 3, 3 * x**3 - 6 * x**2 + 4, -3 * x**3 + 3 * x**2 + 3 * x + 1, x**3]) / 6
        points = np.stack([self._point(first + k) for k in range(4)])  # [4, size]
        noise = weights @ points
        return (noise * math.sqrt(self.size) / np.linalg.norm(noise)).astype(np.float32)

    def _point(self, index: int) -> np.ndarray:
        return np.random.default_rng((self.seed % 2**32, index)).standard_normal(self.size)


class Shift:
    """A bounded displacement along fixed directions: it follows what pushes it and keeps nothing.

    Args:
        pushes: how many numbers push.
        size: numbers in the vector that is displaced.
        seed: chooses the directions, orthonormal as far as there is room.
    """

    def __init__(self, pushes: int, size: int, seed: int) -> None:
        rng = np.random.default_rng((seed % 2**32, pushes, size))
        across, _ = np.linalg.qr(rng.standard_normal((max(pushes, size), min(pushes, size))))
        # Rows are orthonormal, or where there are more pushes than numbers, columns: no length ever grows.
        self.directions = across.T if pushes <= size else across  # [pushes, size]

    def at(self, pushed: np.ndarray, length: float) -> np.ndarray:
        """The displacement, float32 [size], for pushes of float [pushes]: `length` for a push of 1, and at most.

        What is not finite does not push.
        """
        pushed = np.clip(np.nan_to_num(np.asarray(pushed, np.float64), posinf=0.0, neginf=0.0), -1e6, 1e6)
        pushed = pushed / max(1.0, float(np.linalg.norm(pushed)))
        return (length * (pushed @ self.directions)).astype(np.float32)
