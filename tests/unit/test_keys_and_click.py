"""Own keys keep the table free of conflicts, whatever is asked for; the click is a sound at every second."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visualizer.gui.key_page import is_changeable, rebound
from visualizer.show.actions import ACTIONS, bound, key_conflicts
from visualizer.show.click import BEAT_S, RATE, Click, write_clicks

NAMES = [row.name for row in ACTIONS if is_changeable(row)]
KEYS = ["", "M", "m", "U", "Ctrl+U", "F2", "Space", "Esc", "Media Play", "Ctrl+Right"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(KEYS)), max_size=8))
def test_no_row_of_changes_makes_a_conflict(changes: list[tuple[str, str]]) -> None:
    keys: dict[str, tuple[str, ...]] = {}
    for name, key in changes:
        after, refusal = rebound(keys, name, key)
        if refusal:
            assert after == keys
        keys = after
        assert key_conflicts(bound(keys)) == {}


def test_the_usual_key_leaves_nothing_to_remember() -> None:
    keys, _ = rebound({}, "mute", "U")
    assert keys == {"mute": ("U",)}
    assert rebound(keys, "mute", "M") == ({}, "")


def test_the_buttons_of_a_media_keyboard_stay() -> None:
    keys, _ = rebound({}, "play", "U")
    assert keys["play"] == ("U", "Media Play", "Toggle Media Play/Pause")


def test_a_click_begins_every_second(tmp_path: Path) -> None:
    write_clicks(tmp_path / "click.wav", 3)
    with wave.open(str(tmp_path / "click.wav")) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float) / 32_768
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE / 2)]
    assert np.allclose(starts / RATE, [0, BEAT_S, 2 * BEAT_S], atol=0.001)
    assert np.abs(sound).max() < 0.7


def test_a_click_that_was_stopped_before_it_began_makes_no_sound() -> None:
    jobs = []
    click = Click(lambda: (_ for _ in ()).throw(AssertionError("a player was made")), lambda job, key: jobs.append(job))
    click.start(0.5)
    click.stop()
    for job in jobs:
        job()
    assert click.position_s is None
