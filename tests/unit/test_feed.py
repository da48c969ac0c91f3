"""Feed: what the callback plays, and what it never plays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.sound.feed import FADE_S, Feed

RATE = 8000
FADE = round(FADE_S * RATE)


def fed(n: int, *, volume: float = 1.0) -> Feed:
    """A feed that plays, with n samples of value 1 waiting."""
    feed = Feed(RATE, ahead_s=1.0, history_s=2.0)
    feed.ahead.write(np.ones((n, 2), np.float32))
    feed.volume = volume
    feed.held = False
    feed.running = True
    return feed


def pull(feed: Feed, n: int) -> np.ndarray:
    out = np.full((n, 2), 9.0, np.float32)
    feed.render(out, 0.0)
    return out


@given(blocks=st.lists(st.integers(1, 700), min_size=1, max_size=40))
def test_any_blocks_play_every_sample_once_in_order(blocks: list[int]) -> None:
    feed = fed(0)
    total = sum(blocks)
    wave = np.random.default_rng(0).uniform(-1, 1, (total, 2)).astype(np.float32)
    played = []
    written = 0
    for size in blocks:
        feed.ahead.write(wave[written : written + size])
        written += size
        played.append(pull(feed, size))
    sound = np.concatenate(played)
    np.testing.assert_array_equal(sound[FADE + 700 :], wave[FADE + 700 :])
    heard, _, gap = feed.read(0, feed.cursor)
    np.testing.assert_array_equal(heard, wave[gap:])
    assert feed.underruns == 0


def test_heard_is_before_the_volume() -> None:
    feed = fed(1000, volume=0.25)
    sound = pull(feed, 1000)
    assert sound[-1] == pytest.approx(0.25)
    assert np.all(feed.read(0, feed.cursor)[0] == 1)


def test_volume_zero_is_still_heard() -> None:
    feed = fed(1000, volume=0.0)
    assert np.all(pull(feed, 500) == 0)
    assert feed.cursor == 500


def test_no_change_makes_a_click() -> None:
    feed = fed(7000)
    sound = [pull(feed, 100) for _ in range(5)]
    feed.volume = 0.3
    sound += [pull(feed, 100) for _ in range(5)]
    feed.running = False
    sound += [pull(feed, 100) for _ in range(5)]
    feed.running = True
    sound += [pull(feed, 100) for _ in range(5)]
    feed.held = True
    sound += [pull(feed, 100) for _ in range(5)]
    wave = np.concatenate(sound)[:, 0]
    assert np.abs(np.diff(wave)).max() <= 1.01 / FADE
    assert {round(float(wave[at]), 3) for at in (499, 999, 1499, 1999, 2499)} == {1.0, 0.3, 0.0}


def test_paused_hears_nothing_and_loses_nothing() -> None:
    feed = fed(5000)
    pull(feed, 1000)
    feed.running = False
    while pull(feed, 100).any():
        pass
    stood = feed.cursor
    for _ in range(5):
        assert not pull(feed, 100).any()
    assert feed.cursor == stood
    assert feed.underruns == 0


def test_a_seek_never_plays_what_waited_beyond_the_fade() -> None:
    feed = fed(4000)
    pull(feed, 1000)
    feed.held = True
    start = feed.discard()
    feed.ahead.write(np.full((2000, 2), -1, np.float32))
    feed.held = False
    sound = np.concatenate([pull(feed, 64) for _ in range(20)])
    stale = np.flatnonzero(sound[:, 0] > 0)
    assert len(stale) <= FADE + 64  # the fade, up to a whole block
    assert sound[-1, 0] == -1
    assert feed.cursor > start
    before, place, _ = feed.read(1000, feed.cursor)
    assert len(before) <= FADE + 64  # no more of the stale sound is heard than was played
    after, place, _ = feed.read(place, feed.cursor)
    assert np.all(after == -1)
    assert place == feed.cursor


def test_an_empty_ring_is_silence_and_an_underrun() -> None:
    feed = fed(100)
    sound = pull(feed, 300)
    assert not sound[100:].any()
    assert feed.underruns == 1
    assert feed.cursor == 100  # the hole is not heard


def test_the_end_is_no_underrun() -> None:
    feed = fed(100)
    feed.end = 100
    assert not feed.ended
    pull(feed, 300)
    assert feed.ended
    assert feed.underruns == 0


def test_while_held_nothing_plays_and_nothing_is_missed() -> None:
    feed = Feed(RATE, ahead_s=1.0, history_s=2.0)
    feed.running = True
    assert not pull(feed, 300).any()
    assert (feed.underruns, feed.cursor, feed.ended) == (0, 0, False)
