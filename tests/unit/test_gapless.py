"""Pieces that follow each other: no hole and no click between them, and everything told at the right moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes_audio import FakeSound, FakeStream
from tests.sound_files import pitch, tone, write_sound
from tests.waiting import until
from visualizer.errors import VisualizerError
from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.ear import Ear
from visualizer.sound.playback import Player

RATE = 48_000
BLOCK = 480
LATENCY_S = 0.1


@pytest.fixture
def sound() -> FakeSound:
    return FakeSound()


@pytest.fixture
def player(sound: FakeSound) -> Iterator[Player]:
    player = Player(backend=sound)
    yield player
    player.close()


def pull(player: Player, stream: FakeStream, seconds: float) -> np.ndarray:
    """Play for a while, never faster than decoding; float32 [n, 2]."""
    blocks = []
    for _ in range(round(seconds * RATE / BLOCK)):
        until(lambda: player._feed.waiting >= BLOCK or (player._feed.end is not None and not player.coming))
        blocks.append(stream.pull(BLOCK))
    return np.concatenate(blocks)


def begin(player: Player, *paths: Path) -> list[int]:
    numbers = [player.open(paths[0]).number, *(player.follow(path).number for path in paths[1:])]
    player.play()
    until(lambda: not player._feed.held)
    return numbers


def halves(folder: Path, rate: int, ending: str, seconds: float = 2.0) -> tuple[Path, Path]:
    """A sine cut in two where it is far from zero; more than 1.5 s is not decoded before the second one follows."""
    wave = tone(2 * seconds, rate, 441.3)
    middle = round(seconds * rate)
    assert abs(wave[middle, 0]) > 0.1
    return (
        write_sound(folder / f"one.{ending}", wave[:middle], rate),
        write_sound(folder / f"two.{ending}", wave[middle:], rate),
    )


@pytest.mark.parametrize(("rate", "ending"), [(RATE, "flac"), (44_100, "wav"), (22_050, "flac")])
def test_a_wave_goes_on_across_the_joint(
    player: Player, sound: FakeSound, tmp_path: Path, rate: int, ending: str
) -> None:
    begin(player, *halves(tmp_path, rate, ending))
    out = pull(player, sound.streams[0], 4.3)
    wave = tone(4.0, RATE, 441.3)[:, 0]
    heard, _, gap = player.read(0)
    assert (len(heard), gap, player.state, player.underruns) == (4 * RATE, 0, "ended", 0)
    np.testing.assert_allclose(heard[500:-500], wave[500:-500], atol=2e-3)  # 16 bits, and the resampler's edges
    np.testing.assert_array_equal(out[2000 : 4 * RATE, 0], heard[2000:])


def test_pieces_of_other_rates_and_channels_follow_in_time(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    first = write_sound(tmp_path / "a.wav", tone(0.7, 44_100, 440.0, channels=1), 44_100)
    second = write_sound(tmp_path / "b.wav", tone(0.6, 32_000, 880.0), 32_000)
    third = write_sound(tmp_path / "c.wav", tone(0.5, 32_000, 660.0, channels=1), 32_000)
    begin(player, first, second, third)
    pull(player, sound.streams[0], 2.0)
    heard = player.read(0)[0]
    assert len(heard) == pytest.approx(1.8 * RATE, abs=2)
    for start_s, end_s, frequency in ((0.1, 0.6, 440), (0.8, 1.2, 880), (1.4, 1.7, 660)):
        assert pitch(heard[round(start_s * RATE) : round(end_s * RATE)], RATE) == pytest.approx(frequency, abs=1)
    assert player.underruns == 0


def test_name_position_and_length_change_when_it_is_heard(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one = write_sound(tmp_path / "one.wav", tone(1.0, RATE), RATE)
    two = write_sound(tmp_path / "two.wav", tone(3.0, 44_100), 44_100)
    numbers = begin(player, one, two)
    stream = sound.streams[0]
    pull(player, stream, 1.05)
    assert (player.name, player.piece, player.duration_s) == ("one.wav", numbers[0], 1.0)
    assert player.position_s == pytest.approx(0.95)
    pull(player, stream, 0.2)
    assert (player.name, player.piece, player.duration_s) == ("two.wav", numbers[1], 3.0)
    assert player.position_s == pytest.approx(0.15)
    assert player.coming == 0


def test_a_seek_just_before_the_joint_stays_in_the_piece_that_is_heard(
    player: Player, sound: FakeSound, tmp_path: Path
) -> None:
    one = write_sound(tmp_path / "one.wav", tone(2.0, RATE, 440.0), RATE)
    two = write_sound(tmp_path / "two.wav", tone(2.0, RATE, 880.0), RATE)
    numbers = begin(player, one, two)
    stream = sound.streams[0]
    pull(player, stream, 1.8)
    until(lambda: len(player._decoding.reel.marks) == 2)  # the second is decoded ahead
    player.seek(1.5)
    until(lambda: player._decoding._request is None and not player._feed.held)
    assert (player.piece, player.position_s) == (numbers[0], 1.5)
    stream.pull(BLOCK * 4)
    cursor = player.heard
    pull(player, stream, 1.5)
    heard = player.read(cursor)[0]
    assert pitch(heard[: RATE // 4], RATE) == pytest.approx(440, abs=2)
    assert pitch(heard[RATE:], RATE) == pytest.approx(880, abs=2)
    assert player.piece == numbers[1]
    assert player.underruns == 0


def test_another_piece_follows_though_one_was_decoded_already(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one, end = halves(tmp_path, RATE, "wav")
    wrong = write_sound(tmp_path / "wrong.wav", np.full((3 * RATE, 2), 0.9, np.float32), RATE)
    begin(player, one, wrong)
    stream = sound.streams[0]
    parts = [pull(player, stream, 1.5)]
    until(lambda: len(player._decoding.reel.marks) == 2)
    player.unfollow()
    number = player.follow(end).number
    until(lambda: player._decoding.reel.marks[-1].piece.number == number)
    parts.append(pull(player, stream, 2.4))
    assert player.piece == number
    assert player.position_s == pytest.approx(1.9 - LATENCY_S)
    out = np.concatenate(parts)[:, 0]
    np.testing.assert_allclose(out[2000:], tone(4.0, RATE, 441.3)[2000 : len(out), 0], atol=1e-4)


def test_what_follows_is_changed_twice_before_it_is_heard(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one, end = halves(tmp_path, RATE, "wav")
    wrong = write_sound(tmp_path / "wrong.wav", np.full((3 * RATE, 2), 0.9, np.float32), RATE)
    begin(player, one, wrong)
    stream = sound.streams[0]
    parts = [pull(player, stream, 1.0)]
    until(lambda: len(player._decoding.reel.marks) == 2)
    for path in (wrong, end):
        player.unfollow()
        number = player.follow(path).number
        until(lambda number=number: player._decoding.reel.marks[-1].piece.number == number)
    parts.append(pull(player, stream, 2.9))
    out = np.concatenate(parts)[:, 0]
    np.testing.assert_allclose(out[2000:], tone(4.0, RATE, 441.3)[2000 : len(out), 0], atol=1e-4)


def test_nothing_follows_once_it_was_taken_out(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one = write_sound(tmp_path / "one.wav", tone(1.0, RATE), RATE)
    begin(player, one, one)
    stream = sound.streams[0]
    pull(player, stream, 0.5)
    until(lambda: len(player._decoding.reel.marks) == 2)
    player.unfollow()
    until(lambda: player._feed.end is not None)
    out = pull(player, stream, 0.7)
    assert not out[RATE // 2 :].any()
    assert (player.state, player.underruns) == ("ended", 0)
    assert player.position_s == pytest.approx(1.0)


def test_a_piece_that_comes_after_the_last_was_decoded_still_follows(
    player: Player, sound: FakeSound, tmp_path: Path
) -> None:
    one, two = halves(tmp_path, RATE, "wav", 1.0)
    begin(player, one)
    until(lambda: player._feed.end is not None)
    player.follow(two)
    until(lambda: len(player._decoding.reel.marks) == 2)
    out = pull(player, sound.streams[0], 1.9)[:, 0]
    np.testing.assert_allclose(out[2000:], tone(2.0, RATE, 441.3)[2000 : len(out), 0], atol=1e-4)


def test_a_file_that_cannot_be_opened_changes_nothing(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one = write_sound(tmp_path / "one.wav", tone(1.0, RATE), RATE)
    begin(player, one, one)
    with pytest.raises(VisualizerError, match="does not exist"):
        player.follow(tmp_path / "missing.wav")
    pull(player, sound.streams[0], 2.1)
    assert player.heard == 2 * RATE


def test_another_file_is_played_at_once_whatever_was_to_follow(
    player: Player, sound: FakeSound, tmp_path: Path
) -> None:
    one = write_sound(tmp_path / "one.wav", tone(0.5, RATE, 440.0), RATE)
    other = write_sound(tmp_path / "other.wav", tone(1.0, RATE, 1000.0), RATE)
    begin(player, one, one, one)
    stream = sound.streams[0]
    pull(player, stream, 0.2)
    player.open(other)
    until(lambda: player._decoding._request is None and not player._feed.held)
    pull(player, stream, 1.4)
    assert (player.state, player.name) == ("ended", "other.wav")
    assert pitch(player.read(player._feed.jump)[0], RATE) == pytest.approx(1000, abs=1)


def test_who_listens_ahead_hears_the_joint_and_not_what_was_cut(
    player: Player, sound: FakeSound, tmp_path: Path
) -> None:
    one = write_sound(tmp_path / "one.wav", tone(2.0, RATE, 440.0), RATE)
    loud = write_sound(tmp_path / "loud.wav", np.full((3 * RATE, 2), 0.9, np.float32), RATE)
    begin(player, one, loud)
    stream = sound.streams[0]
    pull(player, stream, 1.5)
    until(lambda: player.known > 2.2 * RATE)
    ahead, cursor, lost = player.read_ahead(1 * RATE, player.known)
    assert lost == 0
    assert ahead[-1] == pytest.approx(0.9, abs=0.01)  # heard already, though not audible
    player.unfollow()
    number = player.follow(one).number
    until(lambda: player._decoding.reel.marks[-1].piece.number == number)
    pull(player, stream, 1.2)
    again, end, lost = player.read_ahead(cursor, player.heard)
    assert (end, lost) == (player.heard, 0)
    whole, _, lost = player.read_ahead(RATE, player.heard)
    assert lost == 0
    assert len(whole) == RATE  # up to the joint: what lies behind it comes with the next read
    np.testing.assert_allclose(np.abs(again).max(), 0.5, atol=0.01)


def test_features_follow_across_the_joint(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    one, two = halves(tmp_path, RATE, "wav")
    ear = Ear(player, Analyser(AnalyserConfig.at(RATE)), Features.silence())
    begin(player, one, two)
    while ear.cursor < 3 * RATE:
        pull(player, sound.streams[0], 0.05)
        while ear.look(time.monotonic()):
            pass
    assert ear.lost == 0
    before, after = ear.timeline.at(1.95 * RATE), ear.timeline.at(2.05 * RATE)
    assert after.counts.tolist() == before.counts.tolist()  # no stroke where nothing was struck
    assert after.loudness_db == pytest.approx(before.loudness_db, abs=1.0)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.lists(st.integers(300, 9000), min_size=2, max_size=7))
def test_pieces_of_any_length_make_one_whole(lengths: list[int], tmp_path: Path) -> None:
    sound = FakeSound()
    player = Player(backend=sound)
    try:
        wave = tone(sum(lengths) / RATE, RATE, 330.0)
        ends = np.cumsum(lengths)
        paths = [
            write_sound(tmp_path / f"{at}.wav", wave[end - length : end], RATE, "FLOAT")
            for at, (length, end) in enumerate(zip(lengths, ends, strict=True))
        ]
        begin(player, *paths)
        while player.state != "ended":
            pull(player, sound.streams[0], BLOCK / RATE)
        np.testing.assert_array_equal(player.read(0)[0], wave.mean(axis=1))
        assert player.underruns == 0
    finally:
        player.close()
