"""Freed memory stays with the process, where the C library can be told so."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from mvnet.allocation import keep_freed_blocks

kept = keep_freed_blocks()
np.ones(20_000_000)  # 160 MB, freed at once
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(20_000_000)
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no glibc")
def test_a_block_freed_and_taken_again_needs_no_new_pages() -> None:
    # In a process of its own: the setting cannot be taken back.
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    kept, faults = run.stdout.split()
    if kept == "False":
        pytest.skip("another C library than glibc")
    assert int(faults) < 1000  # 39,000 pages of 4 KiB otherwise


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from mvnet import allocation

    monkeypatch.setattr(allocation.sys, "platform", "win32")
    assert not allocation.keep_freed_blocks()
