"""The soak's arithmetic: growth, holes that start anew with each source, what is compared."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

pytest.importorskip("PyQt6")

from bench.soak import end, kinds, of_machine
from bench.soak_figures import MOST_GROWTH_MB_PER_MIN, WARM_S, Seen, ends, faults, slope_per_minute
from visualizer.checks.bystander import Bystander


def test_growth_is_told_a_minute() -> None:
    assert slope_per_minute([0, 30, 60, 90], [100, 101, 102, 103]) == pytest.approx(2.0)
    assert slope_per_minute([0, 30], [100, 101]) is None
    assert slope_per_minute([], []) is None


def test_holes_are_counted_over_all_sources() -> None:
    seen = Seen()
    for before, now in ((0, 2), (2, 2), (2, 5), (5, 0), (0, 1)):
        seen.add_holes(before, now)
    assert seen.holes == 6


def test_what_the_beginning_loads_is_no_leak() -> None:
    seen = Seen(at_s=[0.0, 1.0, WARM_S, WARM_S + 60, WARM_S + 120], memory=[50.0, 300.0, 400.0, 401.0, 402.0])
    seen.threads = seen.files = [3, 9, 20, 21, 20]
    facts = seen.facts()
    assert facts["memory_mb"] == [400.0, 402.0]
    assert facts["memory_slope_mb_per_min"] == pytest.approx(1.0)
    assert facts["threads"] == [20, 20]


def test_without_anything_seen_nothing_is_claimed() -> None:
    facts = Seen().facts()
    assert facts["memory_mb"] is None
    assert facts["interval_max_ms"] is None
    assert facts["live_share"] is None


def test_a_run_that_ended_early_claims_no_growth() -> None:
    facts = Seen(at_s=[0.0, 1.0], memory=[50.0, 300.0], threads=[3, 9], files=[3, 9]).facts()
    assert (facts["memory_mb"], facts["threads"], facts["memory_slope_mb_per_min"]) == (None, None, None)


def test_ends_are_compared_over_a_whole_round_of_switches() -> None:
    at_s = [float(second) for second in range(60)]
    threads = [20 + (second % 16 == 5) for second in range(59)] + [21]  # one more while an input is open
    assert ends(at_s, threads) == [20, 20]


def test_late_refreshes_are_told_by_what_was_switched() -> None:
    seen = Seen()
    seen.add_intervals("model", [0.02, 0.1, 0.03], [0.0, 0.03, 0.0], hz=50)
    seen.add_intervals("period", [0.02, 0.04], [0.0, 0.01], hz=50)
    facts = seen.facts()
    assert (facts["refreshes"], facts["late_refreshes"], facts["interval_max_ms"]) == (5, 2, 100.0)
    assert facts["late_refreshes_own"] == 1
    of_models = {"refreshes": 3, "late": 1, "late_own": 1, "p99_ms": 100.0, "max_ms": 100.0}
    assert facts["by_switch"]["model"] == of_models
    assert (facts["by_switch"]["period"]["late"], facts["by_switch"]["period"]["late_own"]) == (1, 0)


def good_run() -> dict[str, Any]:
    """What a run without a fault says."""
    seen = Seen(at_s=[WARM_S, WARM_S + 60, WARM_S + 120], memory=[400.0, 400.0, 401.0])
    seen.threads, seen.files = [20, 20, 20], [30, 30, 30]
    seen.models, seen.inputs = {"a", "b"}, {"Microphone"}
    seen.add_intervals("period", [0.03] * 1000, [0.0] * 1000, hz=33)
    return seen.facts() | {"exit_code": 0, "unexpected_errors": 0, "lost_samples": 0}


def test_a_good_run_has_no_fault() -> None:
    assert faults(good_run()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"exit_code": -11}, "exit code -11"),
        ({"unexpected_errors": 1}, "1 unexpected errors"),
        ({"unexpected_errors": None}, "an unknown number of unexpected errors"),
        ({"holes": 2}, "2 holes in the sound"),
        ({"lost_samples": 7}, "7 samples lost"),
        ({"threads": [20, 26]}, "Open threads became more, from 20 to 26"),
        ({"files": [20, 40]}, "Open files became more"),
        ({"memory_slope_mb_per_min": MOST_GROWTH_MB_PER_MIN + 1}, "Memory grew by"),
        ({"late_refreshes": 11, "late_refreshes_own": 4}, "11 of 1000 refreshes came"),
        ({"late_refreshes": 11, "late_refreshes_own": 4}, "4 of them not for other programs' sake"),
        ({"models": ["a"]}, "nothing to judge"),
        ({"inputs": []}, "nothing to judge"),
    ],
)
def test_every_fault_has_its_sentence(change: dict[str, Any], sentence: str) -> None:
    (found,) = faults(good_run() | change)
    assert sentence in found


def test_a_window_that_crashed_leaves_nothing_else_to_judge() -> None:
    assert faults({"exit_code": -6, "unexpected_errors": None}) == ["The window ended with exit code -6 instead of 0."]


def test_every_kind_of_switch_takes_its_turn() -> None:
    kind = kinds()
    found = [next(kind) for _ in range(16)]
    assert found[:8] == ["period", "input", "period", "model", "period", "queue", "period", "model"]
    assert set(found) == {"period", "input", "queue", "next", "model"}


def test_a_window_that_does_not_end_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        end(process, timeout_s=0)
    assert process.returncode not in (None, 0)


def test_the_machine_is_late_as_often_as_one_who_only_waits() -> None:
    late_s = [0.0] * 5_990 + [0.017] * 7 + [0.031] * 3
    machine = of_machine(late_s, 30.0)
    assert machine["machine_late_refreshes"] == 3
    assert machine["machine_late_max_ms"] == 31.0
    assert machine["machine_stalls_per_min"] == pytest.approx(10 * 60 / (6_000 * 0.005), abs=0.3)
    assert of_machine([], None) == dict.fromkeys(machine)


def test_a_bystander_tells_how_late_it_was_woken() -> None:
    with Bystander() as bystander:
        while not bystander.at_s:
            time.sleep(0.001)
        half = time.time()
        while bystander.at_s[-1] < half:
            time.sleep(0.001)
    assert len(bystander.late_s) == len(bystander.at_s) > len(bystander.since(half)) > 0
    assert min(bystander.late_s) >= 0
    assert bystander.since(time.time()) == []
