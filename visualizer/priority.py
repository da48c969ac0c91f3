"""Which threads go first where there is more work than processor: each asks for itself. Any thread.

A picture that is drawn in time and sound without holes come before new paintings, and paintings before what is found
out in the background. Where threads have no priority of their own, all are alike as before.
"""

from __future__ import annotations

import os
import sys
import threading

PAINTING = 5  # steps that it stands back: a painting may be a little later, the refresh that shows it may not
BACKGROUND = 8
LAST = 19  # of the values that Linux knows


def stand_back(steps: int) -> bool:
    """Let other threads go before this one, and before those that it starts from now on.

    Linux alone knows a nice value of each thread, and needs no right to raise it.

    Args:
        steps: 0 or more; a thread that has stood back cannot come forward again.
    Returns:
        Whether the system took it.
    """
    if not sys.platform.startswith("linux") or steps <= 0:
        return False
    thread = threading.get_native_id()
    try:
        os.setpriority(os.PRIO_PROCESS, thread, min(LAST, os.getpriority(os.PRIO_PROCESS, thread) + steps))
    except OSError:  # a container may forbid it
        return False
    return True
