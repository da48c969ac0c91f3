"""How the picture moves: a glide to a moving target, an endless smooth walk of the noise, and bounded shifts.

Pure NumPy on injected time. Everything is defined in seconds, so 10 and 60 pictures a second show
the same motion.
"""

from __future__ import annotations

import math

import numpy as np

RISE_MS, RETURN_MS = 12.0, 180.0  # with which a push is followed, to 63 %; the analyser's strokes fall in 180 ms
SHORTEST_MS = 1.0
SETTLED = 4.74  # (1 + x) exp(-x) = 0.05 at x = 4.74


class Glide:
    """Critically damped motion of a vector towards a moving target: no overshoot, no jump.

    Solves x'' = w^2 (target - x) - 2 w x' exactly over each step, so the path does not depend on
    the step length while the target stands still.

    Args:
        settle_s: seconds after which about 95 % of a step of the target is done; may be changed on the way.
    """

    def __init__(self, settle_s: float) -> None:
        self.settle_s = settle_s
        self._position: np.ndarray | None = None
        self._velocity: np.ndarray = np.zeros(1)

    @property
    def settle_s(self) -> float:
        """Seconds after which about 95 % of a step of the target is done."""
        return SETTLED / self._rate

    @settle_s.setter
    def settle_s(self, seconds: float) -> None:
        if seconds <= 0:
            raise ValueError(f"settle_s is {seconds}: it must be positive")
        self._rate = SETTLED / seconds

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

    def displace(self, offset: np.ndarray) -> None:
        """Put the position elsewhere, float [n], without a change of its velocity; nothing before the first step."""
        if self._position is not None:
            self._position = self._position + offset


class NoiseWalk:
    """A smooth endless path over the sphere on which standard normal noise lives.

    The path is a cubic B-spline through random points, one for each unit of distance, scaled to
    length sqrt(size): continuous in position, velocity and acceleration, never stuck, never faster
    than its speed, and a function of seed, look and distance alone (so a render can be repeated).

    Args:
        size: numbers in one noise vector.
        seed: chooses the path,
        look: and so does this: each look is a path of its own.
    """

    def __init__(self, size: int, seed: int, look: int = 0) -> None:
        self.size = size
        self.seed = seed
        self.look = look
        self.distance = 0.0
        self._points: dict[int, np.ndarray] = {}

    def advance(self, amount: float) -> np.ndarray:
        """Go on by an amount of distance (one unit = one new random point); returns at()."""
        self.distance += max(0.0, amount)
        return self.at(self.distance)

    def at(self, distance: float) -> np.ndarray:
        """The noise at a distance along the path, float32 [size], of length sqrt(size)."""
        first = math.floor(distance)
        x = distance - first
        weights = np.array([(1 - x) ** 3, 3 * x**3 - 6 * x**2 + 4, -3 * x**3 + 3 * x**2 + 3 * x + 1, x**3]) / 6
        near = {index: self._points.get(index) for index in range(first, first + 4)}
        self._points = {index: self._point(index) if point is None else point for index, point in near.items()}
        points = np.stack(list(self._points.values()))  # [4, size]
        noise = weights @ points
        return (noise * math.sqrt(self.size) / np.linalg.norm(noise)).astype(np.float32)

    def _point(self, index: int) -> np.ndarray:
        return np.random.default_rng((self.seed % 2**32, index, self.look % 2**32)).standard_normal(self.size)


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


class Follower:
    """Follows a target exactly as a first-order filter does, fast upwards and slowly back.

    The exact solution over each step, so the path does not depend on how often it is asked for.
    """

    def __init__(self) -> None:
        self.value = 0.0

    def step(self, target: float, dt: float, attack_ms: float, release_ms: float) -> float:
        """Move for dt seconds; growing in size takes attack_ms, falling back takes release_ms (to 63 %)."""
        grows = abs(target) > abs(self.value) or target * self.value < 0
        self.value = target + (self.value - target) * math.exp(-1000 * dt / (attack_ms if grows else release_ms))
        return self.value


class Trail:
    """Follows what pushes, at once outwards; how late it lets go can be chosen.

    Args:
        pushes: how many numbers push.

    Attributes:
        longer: how much later than by themselves pushes return, as a factor; up to 1 they return as they come.
    """

    def __init__(self, pushes: int) -> None:
        self.longer = 1.0
        self._followers = [Follower() for _ in range(pushes)]

    def step(self, pushed: np.ndarray, dt: float) -> np.ndarray:
        """The pushes dt seconds later, float [pushes], none larger than the largest that was given.

        What is not finite does not push.
        """
        rise_ms, return_ms = RISE_MS * self.longer, max(SHORTEST_MS, RETURN_MS * (self.longer - 1))
        targets = np.nan_to_num(np.asarray(pushed, np.float64), posinf=0.0, neginf=0.0)
        pairs = zip(self._followers, targets, strict=True)
        return np.array([follower.step(float(target), dt, rise_ms, return_ms) for follower, target in pairs])
