"""Iterators that run ahead on a thread: order, the bound on waiting items, errors, and the thread's end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.rendering.ahead import Ahead


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers()), st.integers(1, 5))
def test_items_come_in_order_and_all(items: list[int], depth: int) -> None:
    with Ahead(iter(items), depth, "test") as ahead:
        assert list(ahead) == items


def test_items_are_made_on_another_thread_and_only_so_many() -> None:
    made: list[str] = []
    full = threading.Event()

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(threading.current_thread().name)
            if number == 3:  # three may wait; this one waits for room
                full.set()
            yield number

    with Ahead(items(), 3, "maker") as ahead:
        assert full.wait(5)
        assert next(ahead) == 0
    assert set(made) == {"maker"}
    assert len(made) <= 6  # taken, waiting, and one made when the bound was lifted


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    with Ahead(items(), 2, "test") as ahead:
        assert next(ahead) == 1
        with pytest.raises(KeyError, match="broken"):
            next(ahead)
        assert list(ahead) == []


def test_leaving_early_closes_the_items_on_their_thread() -> None:
    closed: list[str] = []

    def items() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.append(threading.current_thread().name)

    with Ahead(items(), 2, "maker") as ahead:
        assert next(ahead) == 0
    assert closed == ["maker"]
    assert list(ahead) == []


def test_one_inside_the_other_ends_with_it() -> None:
    def outer() -> Iterator[int]:
        with Ahead(iter(range(10**9)), 2, "inner") as inner:
            for number in inner:
                yield 2 * number

    with Ahead(outer(), 2, "outer") as ahead:
        assert [next(ahead) for _ in range(4)] == [0, 2, 4, 6]
    assert not {"inner", "outer"} & {thread.name for thread in threading.enumerate()}


def test_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="depth is 0"):
        Ahead(iter([1]), 0, "test")
