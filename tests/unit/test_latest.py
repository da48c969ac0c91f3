"""Latest: the newest item wins, each is taken once, neither side waits."""

from __future__ import annotations

import threading
from itertools import pairwise

from visualizer.painting.latest import Latest


def test_take_from_an_empty_box_gives_none() -> None:
    assert Latest[int]().take() is None


def test_newest_wins_and_is_taken_once() -> None:
    box = Latest[int]()
    for item in range(5):
        box.put(item)
    assert box.take() == 4
    assert box.take() is None


def test_each_reader_gets_each_newest_item_once() -> None:
    box = Latest[int]()
    early = box.reader()
    box.put(1)
    late = box.reader()
    assert (early(), early()) == (1, None)
    assert (late(), late()) == (1, None)
    assert (box.take(), box.take()) == (1, None)
    box.put(2)
    box.put(2)  # an equal item is another item
    assert (early(), late(), box.take()) == (2, 2, 2)
    box.put(2)
    assert early() == 2


def test_items_arrive_in_order_between_threads() -> None:
    box = Latest[int]()
    last = 20_000

    def write() -> None:
        for item in range(last + 1):
            box.put(item)

    writer = threading.Thread(target=write)
    taken: list[int] = []
    writer.start()
    while not taken or taken[-1] != last:
        item = box.take()
        if item is not None:
            taken.append(item)
    writer.join()
    assert all(earlier < later for earlier, later in pairwise(taken))
