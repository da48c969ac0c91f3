"""The four knobs with which a person sets how the picture moves.

A value, without behaviour of its own: made on the GUI thread, read by the engine and by the canvas. Every knob
runs from 0 to 1 and is usual at 0.5, so that a knob at rest changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

USUAL = 0.5
FASTEST = 4.0  # speed 1 walks this much faster than usual, speed 0 this much slower
STRONGEST = 2.0  # sensitivity 1 acts this much more strongly than usual; 0 does not act
LONGEST = 3.0  # smoothing 1 takes this much longer than usual, smoothing 0 this much shorter


@dataclass(frozen=True)
class Knobs:
    """How the picture moves, each from 0 to 1.

    Attributes:
        wildness: calm to wild: how far everything moves.
        speed: how fast the picture walks, whatever the music does.
        sensitivity: how strongly the music acts; at 0 the picture walks evenly, at 1 it reacts twice as much.
        smoothing: how long the picture takes to follow; 0 is nervous, 1 is lazy.
    Raises:
        ValueError: a knob is not a number from 0 to 1.
    """

    wildness: float = USUAL
    speed: float = USUAL
    sensitivity: float = USUAL
    smoothing: float = USUAL

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not 0 <= value <= 1:
                raise ValueError(f"{item.name} is {value}: use 0 to 1, where {USUAL} is usual")

    @property
    def speed_factor(self) -> float:
        """What the speed of the walk is multiplied by: 1/4 to 4."""
        return FASTEST ** (2 * self.speed - 1)

    @property
    def sensitivity_factor(self) -> float:
        """What the strength of every feature is multiplied by: 0 to 2."""
        return STRONGEST * self.sensitivity

    @property
    def smoothing_factor(self) -> float:
        """What attack and settle times are multiplied by: 1/3 to 3."""
        return LONGEST ** (2 * self.smoothing - 1)
