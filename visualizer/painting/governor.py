"""How much the machine is asked for: paintings a refresh and the tier of the picture, from what it managed. Pure.

Sound comes first, then an even refresh, then paintings and detail. There is one row of levels, each a little cheaper
than the one before; a bad second goes down, and going up is tried only after good ones. A try that fails doubles
the wait before the next, so that a machine at its limit does not swing to and fro.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class GovernorConfig:
    """Limits of the governor.

    Attributes:
        window_s: between two observations.
        share: of the time between paintings that making one may take, so that sound and screen keep theirs.
        most_share: the same, where paintings would else be fewer than fewest_per_s.
        margin: a cheaper painting must fit this share of the allowed time before paintings come more often.
        most_per_s: paintings that are worth their work, however fast they are made.
        fewest_per_s: paintings, before the picture's tier is touched; only for the sound's sake are they fewer.
        cheapest_tier: of the picture.
        largest_divisor: refreshes for one painting.
        bad, good: share of late refreshes from which a window is bad, and up to which it is good.
        climb_after: good windows before the next level up is tried.
        longest_wait: windows, however many tries have failed.
        trial: windows for which a level must hold before a try counts as a success.
    """

    window_s: float = 1.0
    share: float = 0.75
    most_share: float = 0.9
    margin: float = 0.8
    most_per_s: float = math.inf
    fewest_per_s: float = 15.0
    cheapest_tier: int = 2
    largest_divisor: int = 12
    bad: float = 0.1
    good: float = 0.02
    climb_after: int = 5
    longest_wait: int = 120
    trial: int = 10

    def __post_init__(self) -> None:
        if not 0 < self.share <= self.most_share < 1 or not 0 < self.margin <= 1:
            raise ValueError(
                f"GovernorConfig: share {self.share}, most_share {self.most_share} and margin {self.margin} must lie "
                "between 0 and 1, the first not above the second"
            )
        if not 0 <= self.good < self.bad <= 1:
            raise ValueError(f"GovernorConfig: good {self.good} and bad {self.bad} must rise from 0 to 1")
        if not 0 < self.fewest_per_s <= self.most_per_s:
            raise ValueError(
                f"GovernorConfig: fewest_per_s {self.fewest_per_s} and most_per_s {self.most_per_s} must rise from 0"
            )
        if not 1 <= self.climb_after <= self.longest_wait:
            raise ValueError(f"GovernorConfig.climb_after is {self.climb_after}: use 1 to {self.longest_wait}")


@dataclass(frozen=True)
class Load:
    """What one window showed.

    Attributes:
        refresh_hz: of the screen, as it should be.
        late: share of refreshes that came a whole refresh or more too late; None when none was asked for.
        painting_s: typical time to make one painting; None when none was made.
        holes: blocks of sound that were missed.
    """

    refresh_hz: float
    late: float | None = None
    painting_s: float | None = None
    holes: int = 0


@dataclass(frozen=True)
class Pace:
    """What is asked of the machine: one painting every `divisor` refreshes, the picture drawn at `tier` (0 is full)."""

    divisor: int = 1
    tier: int = 0


class Governor:
    """Chooses the pace, one observation a window.

    Attributes:
        pace: as it is now.
        level: steps that were shed, 0 for none.
    """

    def __init__(self, config: GovernorConfig | None = None) -> None:
        self.config = config or GovernorConfig()
        self.pace = Pace()
        self.level = 0
        self._affordable = 1  # divisor that the generator's own speed allows
        self._good = 0  # good windows in a row
        self._since_climb: int | None = None  # windows since the last try, while it may still fail
        self._wait = self.config.climb_after

    def expect(self, painting_s: float, refresh_hz: float) -> Pace:
        """Begin at the pace that paintings of so many seconds allow, before any was made."""
        self._afford(Load(refresh_hz, painting_s=painting_s))
        self.pace = self._row(refresh_hz)[self.level]
        return self.pace

    def observe(self, load: Load) -> Pace:
        """Take what the last window showed; returns the pace of the next."""
        self._afford(load)
        row = self._row(load.refresh_hz)
        self.level = min(self.level, len(row) - 1)
        if load.holes:
            self._shed(2, len(row) - 1)
        elif load.late is not None and load.late >= self.config.bad:
            self._shed(1, max(self.level, self._last_for_picture(load.refresh_hz)))
        elif load.late is None or load.late <= self.config.good:
            self._hold()
        else:
            self._good = 0
        self.pace = row[self.level]
        return self.pace

    def _last_for_picture(self, refresh_hz: float) -> int:
        """The last level that an even refresh is worth: beyond it paintings are too few."""
        return self._fewest(refresh_hz) - self._affordable + self.config.cheapest_tier

    def _fewest(self, refresh_hz: float) -> int:
        """Divisor at which the fewest paintings are made; no smaller than the generator's own speed allows."""
        return max(self._affordable, math.floor(refresh_hz / self.config.fewest_per_s))

    def _shed(self, steps: int, last: int) -> None:
        self.level = min(self.level + steps, last)
        self._good = 0
        if self._since_climb is not None:  # the try failed: the next comes later
            self._wait = min(2 * self._wait, self.config.longest_wait)
            self._since_climb = None

    def _hold(self) -> None:
        self._good += 1
        if self._since_climb is not None:
            self._since_climb += 1
            if self._since_climb > self.config.trial:
                self._since_climb, self._wait = None, self.config.climb_after
        if self.level and self._good >= self._wait:
            self.level -= 1
            self._good, self._since_climb = 0, 0

    def _afford(self, load: Load) -> None:
        """Follow the generator's own speed, with a margin before paintings come more often again."""
        least = max(1, math.ceil(load.refresh_hz / self.config.most_per_s))
        self._affordable = max(self._affordable, least)
        if load.painting_s is None or load.painting_s <= 0:
            return
        needed = self._needed(load.painting_s * load.refresh_hz, load.refresh_hz)
        largest = self.config.largest_divisor
        if needed > self._affordable:
            self._affordable = min(largest, math.ceil(needed))
        elif self._affordable > least and needed < self.config.margin * (self._affordable - 1):
            self._affordable -= 1

    def _needed(self, taken: float, refresh_hz: float) -> float:
        """Refreshes between two paintings of which one takes so many: no share is kept free that costs too many."""
        fewest = math.floor(refresh_hz / self.config.fewest_per_s)
        return max(min(taken / self.config.share, fewest), taken / self.config.most_share)

    def _row(self, refresh_hz: float) -> list[Pace]:
        """All levels, each cheaper: fewer paintings down to the fewest, then the tier, then paintings again."""
        config, few = self.config, self._fewest(refresh_hz)
        row = [Pace(each, 0) for each in range(self._affordable, few + 1)]
        for tier in range(1, config.cheapest_tier + 1):
            row.append(Pace(few, tier))
        row += [Pace(each, config.cheapest_tier) for each in range(few + 1, config.largest_divisor + 1)]
        return row
