"""Player: what reaches the loudspeaker and the networks, and every way it can go silent."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.fakes_audio import FakeSound, FakeStatus, FakeStream
from tests.fakes_time import HandClock
from tests.sound_files import pitch, sweep, tone, write_sound
from tests.waiting import until
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile
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


@pytest.fixture(scope="module")
def long_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound(tmp_path_factory.mktemp("sounds") / "sweep.wav", sweep(20.0, RATE), RATE)


def ready(player: Player) -> None:
    """Until the opened file or the seek can be heard."""
    until(lambda: not player._feed.held)


def pull(player: Player, stream: FakeStream, seconds: float) -> np.ndarray:
    """Play for a while as the sound card would, never faster than decoding; float32 [n, 2]."""
    blocks = []
    for _ in range(round(seconds * RATE / BLOCK)):
        until(lambda: player._feed.waiting >= BLOCK or player._feed.end is not None)
        blocks.append(stream.pull(BLOCK))
    return np.concatenate(blocks)


def test_plays_what_the_file_holds(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    assert (player.state, player.sounding, player.notice) == ("empty", True, "")
    player.open(long_sweep)
    assert (player.state, player.name) == ("paused", "sweep.wav")
    assert player.duration_s == pytest.approx(20.0)
    player.play()
    ready(player)
    out = pull(player, sound.streams[0], 3.0)
    wave = sweep(3.0, RATE)
    np.testing.assert_allclose(out[2000:], wave[2000:], atol=1e-4)
    samples, cursor, gap = player.read(0)
    np.testing.assert_allclose(samples, wave.mean(axis=1), atol=1e-4)
    assert (cursor, gap, player.heard) == (3 * RATE, 0, 3 * RATE)
    assert player.position_s == pytest.approx(3.0 - LATENCY_S)
    assert player.underruns == 0


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
def test_any_file_rate_plays_in_tune_and_in_time(player: Player, sound: FakeSound, tmp_path: Path, rate: int) -> None:
    player.open(write_sound(tmp_path / "a.flac", tone(2.0, rate), rate))
    player.play()
    ready(player)
    stream = sound.streams[0]
    assert pitch(pull(player, stream, 1.0)[:, 0], RATE) == pytest.approx(440, abs=0.5)
    pull(player, stream, 2.0)
    assert player.state == "ended"
    assert player.heard == pytest.approx(2 * RATE, abs=1)
    assert player.position_s == pytest.approx(2.0, abs=0.001)


def test_six_channels_reach_both_as_their_mean(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    wave = np.random.default_rng(0).uniform(-1, 1, (RATE, 6)).astype(np.float32)
    player.open(write_sound(tmp_path / "six.wav", wave, RATE, "FLOAT"))
    player.play()
    ready(player)
    out = pull(player, sound.streams[0], 0.5)
    np.testing.assert_allclose(out[2000:].mean(axis=1), wave[2000 : RATE // 2].mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(player.read(0)[0], wave[: RATE // 2].mean(axis=1), atol=1e-6)


def test_seeking_plays_the_new_place_and_nothing_stale(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    stream = sound.streams[0]
    pull(player, stream, 1.0)
    for second in (12.0, 3.0, 17.5):
        player.seek(second)
        assert player.position_s == second
        stream.pull(BLOCK)  # the card does not wait for the seek: it plays the fade
        ready(player)
        pull(player, stream, 0.05)
        place = player.heard
        out = pull(player, stream, 0.5)
        at = player.position_s + LATENCY_S
        assert at == pytest.approx(second + 0.53, abs=0.03 + BLOCK / RATE)  # the fade may take a block more
        middle = at - 0.25
        assert pitch(out[:, 0], RATE) == pytest.approx(200 + 100 * middle, abs=3)
        assert pitch(player.read(place)[0], RATE) == pytest.approx(200 + 100 * middle, abs=3)


def test_the_last_of_many_seeks_wins(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    for second in np.linspace(0, 15, 50):
        player.seek(float(second))
    ready(player)
    pull(player, sound.streams[0], 0.3)
    assert player.position_s + LATENCY_S == pytest.approx(15.3, abs=0.03)


def test_pause_stands_and_play_goes_on(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    stream = sound.streams[0]
    pull(player, stream, 1.0)
    player.pause()
    assert player.state == "paused"
    pull(player, stream, 0.1)
    heard, position = player.heard, player.position_s
    assert not pull(player, stream, 0.5).any()
    assert (player.heard, player.position_s) == (heard, position)
    player.play()
    out = pull(player, stream, 0.5)
    assert pitch(out[:, 0], RATE) == pytest.approx(200 + 100 * (position + 0.25), abs=5)


def test_seeking_while_paused_stays_paused(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.seek(5.0)
    ready(player)
    assert not pull(player, sound.streams[0], 0.2).any()
    assert (player.state, player.position_s) == ("paused", 5.0)


def test_volume(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.volume = 0.1
    player.play()
    ready(player)
    assert np.abs(pull(player, sound.streams[0], 0.5)).max() == pytest.approx(0.05, abs=0.001)
    player.volume = 7
    assert player.volume == 1
    player.volume = -1
    assert player.volume == 0


@pytest.mark.parametrize("rate", [RATE, 44_100])
def test_the_end_and_again(player: Player, sound: FakeSound, tmp_path: Path, rate: int) -> None:
    player.open(write_sound(tmp_path / "short.wav", tone(0.1, rate), rate))
    player.play()
    ready(player)
    stream = sound.streams[0]
    pull(player, stream, 0.3)
    assert (player.state, player.heard, player.underruns) == ("ended", 4800, 0)
    assert player.position_s == pytest.approx(0.1)
    player.play()
    ready(player)
    assert player.state == "playing"
    pull(player, stream, 0.3)
    assert (player.state, player.heard) == ("ended", 9600)


def test_another_file_while_playing(player: Player, sound: FakeSound, long_sweep: Path, tmp_path: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    stream = sound.streams[0]
    pull(player, stream, 0.5)
    player.open(write_sound(tmp_path / "other.flac", tone(2.0, 44_100, 1000.0), 44_100))
    ready(player)
    pull(player, stream, 0.1)
    assert pitch(pull(player, stream, 0.5)[:, 0], RATE) == pytest.approx(1000, abs=1)
    assert (player.name, player.state) == ("other.flac", "playing")


def test_a_bad_file_leaves_the_good_one_playing(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    with pytest.raises(VisualizerError, match="does not exist"):
        player.open(long_sweep.with_name("missing.wav"))
    assert (player.state, player.name) == ("playing", "sweep.wav")
    assert pull(player, sound.streams[0], 0.2).any()


def test_commands_before_a_file_do_nothing(player: Player, sound: FakeSound) -> None:
    player.seek(5.0)
    player.pause()
    assert (player.state, player.position_s, player.duration_s, player.warning) == ("empty", 0, 0, "")
    assert not sound.streams[0].pull(BLOCK).any()


def test_a_cut_file_plays_to_its_end_with_a_warning(player: Player, sound: FakeSound, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(1.0, RATE), RATE)
    path.write_bytes(path.read_bytes()[: -RATE * 2])
    player.open(path)
    player.play()
    ready(player)
    pull(player, sound.streams[0], 1.0)
    assert player.state == "ended"
    assert player.heard == RATE // 2
    assert "a.wav is cut off" in player.warning


def test_underruns_of_the_card_are_counted(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    sound.streams[0].pull(BLOCK, FakeStatus(output_underflow=True))
    assert player.underruns == 1


def test_a_card_with_one_channel(tmp_path: Path) -> None:
    sound = FakeSound(output_channels=1)
    player = Player(backend=sound)
    wave = np.stack((np.full(RATE, 0.5), np.full(RATE, -0.1)), axis=1).astype(np.float32)
    player.open(write_sound(tmp_path / "a.wav", wave, RATE, "FLOAT"))
    player.play()
    ready(player)
    out = pull(player, sound.streams[0], 0.1)
    player.close()
    assert out.shape[1] == 1
    assert out[-1, 0] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("sound", "notice"),
    [
        (FakeSound(output_channels=0), "No sound output was found: .* Playing silently."),
        (FakeSound(fails="Device unavailable"), "“Fake loudspeaker” cannot be opened .Device unavailable.*silently."),
    ],
)
def test_without_a_card_it_plays_silently(sound: FakeSound, notice: str, tmp_path: Path) -> None:
    player = Player(backend=sound)
    assert not player.sounding
    assert re.search(notice, player.notice)
    player.open(write_sound(tmp_path / "a.wav", tone(0.1, RATE), RATE))
    player.play()
    until(lambda: player.state == "ended")
    assert player.heard == RATE // 10
    player.close()


def test_silence_on_purpose_needs_no_notice(tmp_path: Path) -> None:
    player = Player(None)
    assert (player.sounding, player.notice) == (False, "")
    player.close()


def test_when_the_card_is_lost_it_goes_on_silently(player: Player, sound: FakeSound, long_sweep: Path) -> None:
    player.open(long_sweep)
    player.play()
    ready(player)
    pull(player, sound.streams[0], 0.5)
    sound.streams[0].die()
    until(lambda: not player.sounding)
    assert player.notice == "The sound output “Fake loudspeaker” stopped: connect it again. Playing silently."
    assert sound.streams[0].closed
    until(lambda: player.heard > 0.6 * RATE)
    assert player.state == "playing"
    assert player.underruns == 0


def test_close_ends_everything(sound: FakeSound, long_sweep: Path) -> None:
    player = Player(backend=sound)
    player.open(long_sweep)
    player.close()
    assert sound.streams[0].closed
    assert not player._decoding._thread.is_alive()


def test_a_fault_in_one_file_does_not_end_playing(
    player: Player, sound: FakeSound, long_sweep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player.open(long_sweep)
    ready(player)

    def fault(file: AudioFile, n: int) -> np.ndarray:
        raise ArithmeticError("nobody expected this")

    with monkeypatch.context() as patched:
        patched.setattr(AudioFile, "read", fault)
        player.seek(3.0)
        until(lambda: player.state == "ended")
    assert "nobody expected this" in player.warning
    player.open(long_sweep)
    player.play()
    ready(player)
    assert player.warning == ""
    assert np.abs(pull(player, sound.streams[-1], 0.5)).max() > 0.1


class Times:
    """PortAudio's times of a callback."""

    def __init__(self, delay_s: float) -> None:
        self.currentTime = 50.0
        self.outputBufferDacTime = 50.0 + delay_s


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def timed(sound: FakeSound, clock: HandClock) -> Iterator[Player]:
    player = Player(backend=sound, clock=clock)
    yield player
    player.close()


def run(player: Player, clock: HandClock, stream: FakeStream, seconds: float, delay_s: float = 0.15) -> None:
    """Call back in real time on a clock turned by hand; the card says how long each block takes to the air."""
    for _ in range(round(seconds * RATE / BLOCK)):
        until(lambda: player._feed.held or player._feed.waiting >= BLOCK or player._feed.end is not None)
        stream.settings["callback"](np.empty((BLOCK, 2), np.float32), BLOCK, Times(delay_s), None)
        clock.sleep(BLOCK / RATE)


def test_audible_follows_the_cards_own_time(
    timed: Player, clock: HandClock, sound: FakeSound, long_sweep: Path
) -> None:
    timed.open(long_sweep)
    timed.play()
    ready(timed)
    run(timed, clock, sound.streams[0], 1.0)
    assert timed.heard == RATE
    assert timed.audible(clock.now) == pytest.approx(0.85 * RATE, abs=2)
    assert timed.audible(clock.now + 0.1) == pytest.approx(0.95 * RATE, abs=2)
    until(lambda: timed.known > 2 * RATE)
    run(timed, clock, sound.streams[0], 0.5, delay_s=-1e9)  # times that make no sense: the stream's own latency
    assert timed.audible(clock.now) == pytest.approx(timed.heard - LATENCY_S * RATE, abs=0.04 * RATE)


def test_audible_through_pause_and_seek(timed: Player, clock: HandClock, sound: FakeSound, long_sweep: Path) -> None:
    timed.open(long_sweep)
    timed.play()
    ready(timed)
    stream = sound.streams[0]
    run(timed, clock, stream, 1.0)
    timed.pause()
    run(timed, clock, stream, 0.5)
    stood = timed.audible(clock.now)
    assert stood == timed.heard
    clock.sleep(0.3)
    assert timed.audible(clock.now) == stood
    clock.sleep(-0.3)
    timed.play()
    run(timed, clock, stream, 0.5)
    timed.seek(12.0)
    until(lambda: not timed._feed.held)
    new = timed._feed.jump
    cursor = timed.heard
    run(timed, clock, stream, 0.1)
    assert timed.audible(clock.now) < cursor  # still in the card
    run(timed, clock, stream, 0.3)
    assert new < timed.audible(clock.now) < timed.heard
    samples, end, lost = timed.read_ahead(cursor - 100, timed.heard)
    assert lost == 0
    more, end, lost = timed.read_ahead(end, timed.heard)
    assert (end, lost) == (timed.heard, 0)
    assert len(samples) < 0.1 * RATE  # what waited and was never played is passed over
    assert pitch(more, RATE) == pytest.approx(200 + 100 * 12.2, abs=10)


def test_what_is_known_ahead_can_be_read(timed: Player, clock: HandClock, sound: FakeSound, long_sweep: Path) -> None:
    timed.open(long_sweep)
    until(lambda: timed.known >= RATE)
    assert timed.heard == 0
    samples, end, lost = timed.read_ahead(0, RATE)
    assert (len(samples), end, lost) == (RATE, RATE, 0)
    assert pitch(samples[: RATE // 2], RATE) == pytest.approx(225, abs=3)


def test_audible_goes_on_when_the_card_is_lost(
    timed: Player, clock: HandClock, sound: FakeSound, long_sweep: Path
) -> None:
    timed.open(long_sweep)
    timed.play()
    ready(timed)
    run(timed, clock, sound.streams[0], 0.5)
    sound.streams[0].die()
    until(lambda: not timed.sounding)
    before = timed.heard
    for _ in range(50):
        clock.sleep(0.01)
        time.sleep(0.002)
    until(lambda: timed.heard >= before + 0.3 * RATE)
    assert timed.audible(clock.now) == pytest.approx(timed.heard, abs=0.3 * RATE)
