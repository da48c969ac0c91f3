"""The governor on simulated machines: it finds what they can do, stays there, and comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.painting.governor import Governor, GovernorConfig, Load, Pace


@dataclass
class Machine:
    """Seconds of work that one processor's second can hold, shared by sound, refreshes and paintings.

    Sound comes first and suffers only far beyond the limit, as its thread needs little and is served often.
    """

    refresh_hz: float
    painting_s: float
    refresh_s: tuple[float, ...]  # by tier
    other: float = 0.0  # share that other programs take

    def busy(self, pace: Pace) -> float:
        paintings = self.painting_s * self.refresh_hz / pace.divisor
        return self.other + paintings + self.refresh_s[pace.tier] * self.refresh_hz

    def load(self, pace: Pace) -> Load:
        over = self.busy(pace) - 1
        late = 0.0 if over <= 0 else min(1.0, 0.1 + over)
        return Load(self.refresh_hz, late, self.painting_s, holes=1 if over > 2 else 0)

    def manages(self, pace: Pace) -> bool:
        return self.busy(pace) <= 1


def run(governor: Governor, machine: Machine, windows: int) -> list[Pace]:
    paces = []
    for _ in range(windows):
        governor.observe(machine.load(governor.pace))
        paces.append(governor.pace)
    return paces


def changes(paces: list[Pace]) -> int:
    return sum(a != b for a, b in pairwise(paces))


MACHINES = st.builds(
    Machine,
    refresh_hz=st.sampled_from([30.0, 60.0, 75.0, 144.0]),
    painting_s=st.floats(0.001, 0.15),
    refresh_s=st.floats(0.0002, 0.02).map(lambda full: (full, 0.7 * full, 0.5 * full)),
    other=st.floats(0, 0.4),
)


@given(machine=MACHINES)
@settings(max_examples=40, deadline=None)
def test_finds_what_the_machine_can_do_and_hardly_moves(machine: Machine) -> None:
    governor = Governor()
    run(governor, machine, 60)
    paces = run(governor, machine, 600)  # ten minutes
    few = max(1, math.floor(machine.refresh_hz / governor.config.fewest_per_s))
    cheapest = Pace(max(few, paces[-1].divisor), governor.config.cheapest_tier)
    if not machine.manages(cheapest):
        assert paces[-1] == cheapest
        return
    bad = sum(not machine.manages(pace) for pace in paces)
    # Tries to climb: rarely, and each undone in the next second.
    assert bad <= 15
    assert changes(paces) <= 30


@given(machine=MACHINES)
@settings(max_examples=40, deadline=None)
def test_a_burden_that_passes_leaves_no_trace(machine: Machine) -> None:
    machine.other = 0.0
    calm = Governor()
    before = run(calm, machine, 100)[-1]
    if not machine.manages(before) or calm.level:
        return
    machine.other = 0.9
    run(calm, machine, 120)
    machine.other = 0.0
    assert run(calm, machine, 900)[-1] == before


def test_paintings_fit_their_share_of_the_time() -> None:
    governor = Governor()
    for painting_s, divisor in ((0.005, 1), (0.013, 2), (0.025, 2), (0.026, 3), (0.052, 4), (0.059, 4), (0.061, 5)):
        governor = Governor()
        assert governor.observe(Load(60.0, 0.0, painting_s)) == Pace(divisor, 0)


def test_it_begins_at_the_pace_that_is_expected() -> None:
    governor = Governor()
    assert governor.expect(0.045, 60.0) == governor.pace == Pace(4, 0)
    assert governor.observe(Load(60.0, 0.0, 0.045)) == Pace(4, 0)


@given(hz=st.floats(20, 240), most=st.floats(15, 60), painting_s=st.floats(0.0001, 0.01))
def test_no_more_paintings_are_made_than_are_worth_it(hz: float, most: float, painting_s: float) -> None:
    governor = Governor(GovernorConfig(most_per_s=most))
    for _ in range(30):
        pace = governor.observe(Load(hz, 0.0, painting_s))
    assert hz / pace.divisor <= most * (1 + 1e-9)
    assert pace.divisor == 1 or hz / (pace.divisor - 1) > most or painting_s * hz / (pace.divisor - 1) > 0.5


def test_the_divisor_keeps_still_at_its_edge() -> None:
    governor = Governor()
    paces = [governor.observe(Load(60.0, 0.0, 0.0373 + 0.0004 * (index % 2))) for index in range(100)]
    assert changes(paces) <= 1


def test_sheds_paintings_then_picture() -> None:
    governor = Governor()
    row = [governor.observe(Load(60.0, 0.5, 0.002)) for _ in range(20)]
    tiers = [pace.tier for pace in row]
    divisors = [pace.divisor for pace in row]
    assert tiers == sorted(tiers)
    assert divisors == sorted(divisors)
    assert row[2] == Pace(4, 0)  # 15 paintings a second
    assert row[3] == Pace(4, 1)
    assert row[-1] == Pace(4, 2)  # late refreshes are not worth more


def test_for_the_sounds_sake_paintings_become_few() -> None:
    governor = Governor()
    for _ in range(20):
        governor.observe(Load(60.0, 0.0, 0.002, holes=1))
    assert governor.pace == Pace(12, 2)
    governor.observe(Load(60.0, 0.5, 0.002))
    assert governor.pace == Pace(12, 2)  # and late refreshes bring none back


def test_holes_in_the_sound_weigh_more_than_late_refreshes() -> None:
    late, holes = Governor(), Governor()
    late.observe(Load(60.0, 0.5, 0.002))
    holes.observe(Load(60.0, 0.0, 0.002, holes=1))
    assert holes.level > late.level


def test_between_good_and_bad_it_waits() -> None:
    governor = Governor()
    governor.observe(Load(60.0, 0.5, 0.002))
    for _ in range(500):
        governor.observe(Load(60.0, 0.05, 0.002))
    assert governor.level == 1


def test_a_resting_screen_is_no_trouble() -> None:
    governor = Governor()
    for _ in range(10):
        assert governor.observe(Load(60.0, None, None)) == Pace(1, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share", 1.5),
        ("most_share", 0.7),
        ("margin", 0.0),
        ("bad", 0.001),
        ("good", -0.1),
        ("climb_after", 0),
        ("most_per_s", 14.0),
        ("fewest_per_s", 0.0),
    ],
)
def test_wrong_limits_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        GovernorConfig(**{field: value})
