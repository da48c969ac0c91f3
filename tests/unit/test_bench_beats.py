"""The benches' own arithmetic: loops are what they say, and scores count what they should."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.beats import Heard, f_measure, judge, levels, together
from bench.drums import LEAD_S, PATTERNS, Pattern, Played, play, steady
from bench.motion import FPS, SIZE, compare, head, line, main, picture_change


@pytest.mark.parametrize("name", PATTERNS)
def test_every_line_of_a_pattern_has_as_many_steps(name: str) -> None:
    pattern = PATTERNS[name]
    assert pattern.steps % pattern.beats == 0
    assert {len(line) for line in (pattern.snare, pattern.hat, pattern.chord) if line} <= {pattern.steps}


def test_a_loop_sounds_where_it_says() -> None:
    played = play(PATTERNS["waltz"], steady(120), 6, rate=8000)
    assert np.diff(played.beats) == pytest.approx(0.5)
    assert np.diff(played.bars) == pytest.approx(1.5)
    assert not played.sound[: round(LEAD_S * 8000)].any()
    for at_s in played.bars:
        start = round(at_s * 8000)
        assert np.abs(played.sound[start : start + 400]).max() > 5 * np.abs(played.sound[start - 80 : start]).max()


def test_the_tempo_of_a_loop_may_change() -> None:
    played = play(Pattern("k", beats=1), lambda t: 60.0 if t < 3 else 120.0, 6, rate=8000)
    assert np.diff(played.beats) == pytest.approx([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5])


def test_f_counts_each_beat_once() -> None:
    truth = np.array([1.0, 2.0, 3.0, 4.0])
    assert f_measure(truth + 0.05, truth, 0.07) == 1
    assert f_measure(truth + 0.09, truth, 0.07) == 0
    assert f_measure(np.sort(np.concatenate([truth, truth + 0.02])), truth, 0.07) == pytest.approx(2 / 3)
    assert f_measure(truth[::2], truth, 0.07) == pytest.approx(2 / 3)
    assert f_measure(np.array([]), np.array([]), 0.07) == 1


@given(st.lists(st.floats(0, 100), max_size=40))
def test_together_keeps_events_apart(times: list[float]) -> None:
    kept = together(np.array(times))
    assert np.all(np.diff(kept) > 0.03)
    assert set(kept) <= set(times)


def test_a_beat_at_half_the_tempo_is_right_at_its_level() -> None:
    beats = np.arange(0.5, 20, 0.5)
    played = Played(np.zeros(0, np.float32), beats, beats, beats[::4], steady(120))
    times = np.arange(0.01, 20, 0.01)
    heard = Heard(beats, beats[::2], times, np.full(len(times), 60.2), np.ones(len(times)))
    score = judge(played, heard)
    assert (score.level, score.level_f, score.onset_f) == (0.5, 1, 1)
    assert score.error_bpm == pytest.approx(59.8)
    assert score.error_at_level == pytest.approx(0.4)
    assert score.beat_f == pytest.approx(2 / 3, abs=0.02)
    assert len(levels(beats)) == 8


def test_motion_is_judged_against_shifted_motion() -> None:
    rng = np.random.default_rng(0)
    strength = (rng.random(900) < 0.07) * rng.random(900)
    late = np.roll(strength, 2) + 0.02 * rng.random(900)
    follows, ignores = compare(late, strength), compare(rng.random(900), strength)
    assert follows.best > 0.9
    assert follows.lag_ms == pytest.approx(67)
    assert abs(follows.shifted) < 0.1
    assert follows.beyond > 0.95
    assert abs(ignores.correlation) < 0.2


def test_the_table_of_motion_has_a_line_a_piece() -> None:
    rng = np.random.default_rng(0)
    strength = rng.random(300)
    follows, ignores = compare(strength, strength), compare(rng.random(300), strength)
    names, first, second = head(11), line("a-long-name", follows, 11), line("b", ignores, 11)
    assert names.split() == ["piece", "correlation", "shifted_95", "beyond", "lag_ms", "change"]
    assert first.split()[:2] == ["a-long-name", "1.00"]
    assert first.split()[3] == "100%"
    assert len(names) == len(first) == len(second)


def test_motion_is_measured_from_a_made_video(tmp_path: Path) -> None:
    video, lit = tmp_path / "video.mp4", (10, 20)
    with av.open(str(video), "w") as file:
        stream = file.add_stream("libx264", rate=FPS, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for index in range(30):
            picture = np.full((SIZE[1], SIZE[0], 3), 200 if index in lit else 60, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
    change = picture_change(video)
    assert len(change) == 29
    assert np.flatnonzero(change > 50).tolist() == [9, 10, 19, 20]


def test_a_song_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["motion", str(tmp_path / "no.wav")])
    assert main() == 2
    assert "no.wav" in capsys.readouterr().err
