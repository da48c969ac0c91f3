"""Freed weights of models leave the process."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from visualizer.memory import LARGE, give_back_large_blocks, keep_for_good

CODE = f"""
import numpy as np
from visualizer.memory import give_back_large_blocks
from visualizer.usage import memory_mb
if {{call}}:
    assert give_back_large_blocks()
for _ in range(3):  # glibc learns from blocks that are freed
    np.ones(4 * {LARGE}, np.uint8)
kept = []
weights = []
for _ in range(40):
    weights.append(np.ones(2 * {LARGE}, np.uint8))
    kept.append(np.ones(50_000, np.uint8))  # between the weights, as anything that lives longer
before = memory_mb()
del weights
print(before - memory_mb())
"""


@pytest.mark.skipif(not give_back_large_blocks(), reason="glibc alone")
def test_large_blocks_leave_the_process_when_they_are_freed() -> None:
    given_back = []
    for call in ("True", "False"):
        command = [sys.executable, "-c", CODE.replace("{call}", call)]
        given_back.append(float(subprocess.run(command, check=True, capture_output=True).stdout))
    assert given_back[0] > 70
    assert given_back[1] < 40


FAULTS = """
import resource, threading
import numpy as np
from visualizer.memory import give_back_large_blocks
assert give_back_large_blocks()
def draw():
    for refresh in range(51):
        if refresh == 1:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(4):
            codes = np.ones(600_000, np.uint8)
            lit = codes * np.uint8(2)
            del codes, lit
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=draw)  # its memory comes from another part than the main thread's
thread.start()
thread.join()
"""


@pytest.mark.skipif(not give_back_large_blocks(), reason="glibc alone")
def test_what_a_refresh_frees_the_next_one_uses_again() -> None:
    faults = int(subprocess.run([sys.executable, "-c", FAULTS], check=True, capture_output=True).stdout)
    assert faults < 50 * 50  # a block alone is 147 pages


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not give_back_large_blocks()


class Ring:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_is_kept_for_good_is_not_looked_through_again() -> None:
    before = Ring()
    try:
        keep_for_good()
        after = Ring()
        kept, lost = weakref.ref(before), weakref.ref(after)
        del before, after
        gc.collect()
        assert kept() is not None
        assert lost() is None
    finally:
        gc.unfreeze()
    gc.collect()
    assert kept() is None
