"""Looks: regions of the generator's noise, each with an endless walk of its own, and the way from one to another.

A section of the music brings the next look, and so does a person; going back finds a look where it was left. Pure
NumPy on the thread that paints, on injected time: the path is a function of the seed, the calls and the times.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque

import numpy as np

from visualizer.painting.motion import Glide, NoiseWalk

TRANSITION_S = 2.0
TRANSITIONS_S = (0.2, 30.0)  # how long the way to another look may take
HISTORY = 256  # looks that can be gone back to
RANDOM_LOOKS = 1 << 20  # random looks are drawn from so many


class Looks:
    """Where the noise is: walking through one look, or on its way to it from another.

    The way is a critically damped motion of what is left between the two, so that a look may be changed at any
    moment, even on the way to another, and the noise never jumps.

    Args:
        size: numbers in one noise vector.
        seed: chooses all paths.
        number: the look to begin with.

    Attributes:
        number: the look that is shown or approached; 0 first, the neighbours are -1 and 1.
        transition_s: how long the way to another look takes; see set_transition.
    """

    def __init__(self, size: int, seed: int, number: int = 0) -> None:
        self.size = size
        self.seed = seed
        self.number = number
        self._walk = NoiseWalk(size, seed, number)
        self._left_at: OrderedDict[int, float] = OrderedDict()  # distance along the walk of each look that was left
        self._before: deque[tuple[int, float]] = deque(maxlen=HISTORY)  # looks and distances
        self._draws = 0
        self.set_transition(TRANSITION_S)
        self._rest = self._way()

    def set_transition(self, seconds: float) -> None:
        """How long the way to another look takes: after this time 95 % of it is done.

        Raises:
            ValueError: not within TRANSITIONS_S.
        """
        shortest, longest = TRANSITIONS_S
        if not shortest <= seconds <= longest:
            raise ValueError(f"a transition of {seconds} s is not possible: use {shortest:g} to {longest:g} s")
        self.transition_s = float(seconds)

    def advance(self, amount: float, dt: float) -> np.ndarray:
        """Walk on by an amount of distance (one unit is a new random picture) in dt seconds; returns the noise.

        Returns:
            float32 [size], of length sqrt(size).
        """
        wanted = self._walk.advance(amount).astype(np.float64)
        return _on_sphere(wanted + self._rest.step(np.zeros(self.size), dt))

    def show(self, number: int) -> None:
        """Go to a look from where the noise is now; one that was left is found where it was left."""
        if number != self.number:
            self._before.append((self.number, self._walk.distance))
            self._go(number, self._left_at.get(number, 0.0))

    def sow(self, seed: int, number: int) -> None:
        """Go to a look of another seed; the looks before were the old seed's and cannot be gone back to."""
        here = self._walk.at(self._walk.distance).astype(np.float64)
        self.seed = seed
        self._left_at.clear()
        self._before.clear()
        self._arrive(number, 0.0, here)

    def show_random(self) -> None:
        """Go to a look drawn by chance: which, depends on the seed and on how many were drawn."""
        self._draws += 1
        drawn = np.random.default_rng((self.seed % 2**32, self._draws, RANDOM_LOOKS)).integers(2, RANDOM_LOOKS)
        self.show(int(drawn))

    def go_back(self) -> bool:
        """Go to the look before this one, to where the noise was then; False when there is none."""
        if not self._before:
            return False
        self._go(*self._before.pop())
        return True

    def _go(self, number: int, distance: float) -> None:
        here = self._walk.at(self._walk.distance).astype(np.float64)
        self._left_at[self.number] = self._walk.distance
        self._left_at.move_to_end(self.number)
        if len(self._left_at) > HISTORY:
            self._left_at.popitem(last=False)
        self._arrive(number, distance, here)

    def _arrive(self, number: int, distance: float, here: np.ndarray) -> None:
        self.number = number
        self._walk = NoiseWalk(self.size, self.seed, number)
        self._walk.distance = distance
        self._rest.settle_s = self.transition_s
        self._rest.displace(here - self._walk.at(distance))

    def _way(self) -> Glide:
        """Nothing left to go."""
        way = Glide(self.transition_s)
        way.step(np.zeros(self.size), 0.0)
        return way


def _on_sphere(noise: np.ndarray) -> np.ndarray:
    """A vector scaled to the length that standard normal noise of its size has, float32."""
    length = max(float(np.linalg.norm(noise)), 1e-9)
    return (noise * (math.sqrt(len(noise)) / length)).astype(np.float32)
