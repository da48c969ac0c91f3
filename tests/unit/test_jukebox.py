"""The jukebox: queue, player and input together, on a stand-in for the sound card alone; no thread but the player's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes_audio import FakeSound
from tests.sound_files import tone, write_sound
from tests.waiting import until
from visualizer.errors import VisualizerError
from visualizer.show.events import Event, Failed, Opened, State
from visualizer.show.jukebox import Jukebox
from visualizer.show.parts import Parts
from visualizer.sound.audio import Microphone, Player, input_devices

RATE = 48_000
BLOCK = 480


class Made:
    """A jukebox and what it said."""

    def __init__(self) -> None:
        self.sound = FakeSound()
        self.events: list[Event] = []
        self.heard: list[Path] = []
        self.jukebox = Jukebox(
            Parts(
                player=lambda: Player(backend=self.sound),
                listen=lambda device: Microphone(device, backend=self.sound),
                inputs=lambda: input_devices(self.sound),
                model=_nothing,
                paint=_nothing,
            ),
            self.events.append,
            lambda: None,
            self.heard.append,
            time.monotonic,
        )

    def play(self, seconds: float) -> None:
        """Let the card play on; the worker looks after it now and then."""
        player: Any = self.jukebox._player
        for at in range(round(seconds * RATE / BLOCK)):
            until(lambda: player._feed.waiting >= BLOCK or (player._feed.end is not None and not player.coming))
            self.sound.streams[0].pull(BLOCK)
            if at % 5 == 0:
                self.jukebox.tend()
        self.jukebox.tend()

    def open(self, paths: list[Path], **options: Any) -> None:
        self.jukebox.open(paths, **options)
        self.jukebox.tend()
        self.settle()

    def settle(self) -> None:
        """Wait until the decode thread has done what was asked for: these tests play faster than in time."""
        player, given = self._player, {piece.number for piece in self.jukebox._lineup._given}
        until(lambda: player._decoding._request is None and not player._feed.held)
        until(
            lambda: not player._decoding._cut and {mark.piece.number for mark in player._decoding.reel.marks} <= given
        )

    @property
    def _player(self) -> Any:
        return self.jukebox._player

    @property
    def title(self) -> str:
        return self.jukebox.status().title

    @property
    def failures(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Failed)]


def _nothing(*arguments: object) -> Any:
    raise AssertionError("no model in this test")


@pytest.fixture
def made() -> Iterator[Made]:
    made = Made()
    yield made
    made.jukebox.close()


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pieces of 2 s: one, two, three, four."""
    folder = tmp_path_factory.mktemp("songs")
    return [
        write_sound(folder / f"{name}.wav", tone(2.0, RATE, 220.0 * (at + 1)), RATE)
        for at, name in enumerate(("one", "two", "three", "four"))
    ]


def test_the_queue_moves_on_with_what_is_heard(made: Made, songs: list[Path]) -> None:
    made.open(songs[:3])
    first = made.jukebox.status()
    assert (first.title, first.first, first.last) == ("one", True, False)
    made.play(2.5)
    status = made.jukebox.status()
    assert (status.title, status.path, status.first, status.last) == ("two", songs[1], False, False)
    assert status.position_s == pytest.approx(0.4, abs=0.01)
    made.play(3.7)
    assert (made.title, made.jukebox.status().state, made.jukebox.queue()) == (
        "three",
        State.ENDED,
        (tuple(songs[:3]), 2),
    )
    assert made.heard == songs[:3]
    assert [event for event in made.events if isinstance(event, Opened)] == [
        Opened(path.stem, path) for path in songs[:3]
    ]
    player: Any = made.jukebox._player
    assert (player.heard, player.underruns) == (6 * RATE, 0)  # not a sample between the pieces


def test_steps_count_from_the_piece_that_is_heard(made: Made, songs: list[Path]) -> None:
    made.open(songs)
    player: Any = made.jukebox._player
    while player.piece == 1:
        made.sound.streams[0].pull(BLOCK)
        until(lambda: player._feed.waiting >= BLOCK)
    made.jukebox.step(1)  # the worker has not looked since
    assert made.title == "three"
    made.jukebox.step(-1)
    assert made.title == "two"


def test_taking_out_and_moving_change_what_follows(made: Made, songs: list[Path]) -> None:
    made.open(songs)
    made.play(1.0)
    player: Any = made.jukebox._player
    until(lambda: len(player._decoding.reel.marks) == 2)  # two is decoded ahead
    made.jukebox.take_out(1)
    made.jukebox.move(2, 1)
    assert made.jukebox.queue() == ((songs[0], songs[3], songs[2]), 0)
    made.settle()
    made.play(1.5)
    assert made.title == "four"
    made.jukebox.move(0, 2)
    assert made.jukebox.queue() == ((songs[3], songs[2], songs[0]), 0)
    made.settle()
    made.play(1.9)
    assert made.title == "three"
    made.play(1.9)
    assert (made.title, made.jukebox.queue()[1]) == ("one", 2)
    assert player.underruns == 0


def test_changes_elsewhere_in_the_queue_leave_what_follows_alone(made: Made, songs: list[Path]) -> None:
    made.open(songs, at=1)
    player: Any = made.jukebox._player
    made.jukebox.move(0, 3)
    made.jukebox.take_out(2)
    assert made.jukebox.queue() == ((songs[1], songs[2], songs[0]), 0)
    assert next(player._decoding._numbers) == 3  # nothing was opened again
    made.play(2.2)
    assert (made.title, made.jukebox.queue()[1]) == ("three", 1)
    made.play(2.2)
    assert made.title == "one"


def test_the_same_piece_twice_is_heard_twice(made: Made, songs: list[Path]) -> None:
    made.open([songs[0], songs[0], songs[1]])
    made.play(2.3)
    assert (made.title, made.jukebox.queue()[1]) == ("one", 1)
    made.play(2.0)
    assert (made.title, made.jukebox.queue()[1]) == ("two", 2)


def test_what_cannot_be_opened_is_named_once_and_passed_over(made: Made, songs: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"nothing")
    made.open([songs[0], bad, tmp_path / "gone.wav", songs[1], bad])
    assert made.title == "one"
    made.play(2.3)
    assert (made.title, made.jukebox.queue()[1]) == ("two", 3)
    made.play(2.0)
    assert made.jukebox.status().state is State.ENDED
    assert [text.split(" ")[0].rsplit("/", 1)[-1] for text in made.failures] == ["bad.wav", "gone.wav", "bad.wav"]


def test_nothing_to_open_leaves_the_queue(made: Made, songs: list[Path], tmp_path: Path) -> None:
    made.open(songs[:2])
    made.jukebox.open([tmp_path / "gone.wav"])
    assert made.jukebox.queue() == (tuple(songs[:2]), 0)
    with pytest.raises(VisualizerError, match="no music"):
        made.jukebox.open([tmp_path])
    assert not made.jukebox.opening
    made.play(2.3)
    assert made.title == "two"


def test_more_in_the_queue_goes_on_after_the_end(made: Made, songs: list[Path]) -> None:
    made.jukebox.enqueue(songs[:1])
    made.settle()
    made.play(2.5)
    assert made.jukebox.status().state is State.ENDED
    made.jukebox.enqueue(songs[1:2])
    made.jukebox.tend()
    made.play(0.5)
    assert (made.title, made.jukebox.status().state) == ("two", State.PLAYING)


def test_a_seek_shows_at_once_and_the_next_piece_still_follows(made: Made, songs: list[Path]) -> None:
    made.open(songs[:2])
    made.play(0.3)
    assert made.jukebox.aim(1.7)
    assert made.jukebox.status().position_s == 1.7
    made.jukebox.seek()
    made.settle()
    made.play(0.8)
    assert made.title == "two"


def test_opening_in_the_middle_and_waiting(made: Made, songs: list[Path]) -> None:
    made.open(songs, at=2, position_s=1.5, play=False)
    status = made.jukebox.status()
    assert (status.title, status.state, status.position_s) == ("three", State.PAUSED, 1.5)
    made.jukebox.toggle()
    made.play(1.0)
    assert made.title == "four"


def test_an_input_pauses_the_files_and_a_file_ends_the_input(made: Made, songs: list[Path]) -> None:
    made.open(songs[:2])
    made.jukebox.listen("")
    assert made.jukebox.status().live
    assert made.jukebox.source is made.jukebox.live.part
    made.jukebox.toggle()
    assert (made.jukebox.source, made.jukebox.status().state) == (None, State.PAUSED)
    assert not made.jukebox.aim(1.0)
    made.jukebox.go(1)
    assert (made.title, made.jukebox.status().live) == ("two", False)
    with pytest.raises(VisualizerError, match="no such"):
        made.jukebox.listen("no such input")
    assert not made.jukebox.opening


def test_from_an_input_back_to_the_music_where_it_waited(made: Made, songs: list[Path]) -> None:
    made.jukebox.resume()  # nothing waits
    made.open(songs[:2])
    made.play(1.0)
    made.jukebox.listen("")
    made.jukebox.resume()
    status = made.jukebox.status()
    assert (status.title, status.state, status.live) == ("one", State.PLAYING, False)
    assert status.position_s == pytest.approx(0.9, abs=0.11)
    made.play(1.5)
    assert made.title == "two"


def test_playlists_are_played_like_files(made: Made, songs: list[Path], tmp_path: Path) -> None:
    listed = tmp_path / "evening.m3u"
    listed.write_text("\n".join(["#EXTM3U", str(songs[1]), str(songs[3])]), encoding="utf-8")
    made.open([songs[0], listed])
    assert made.jukebox.queue() == ((songs[0], songs[1], songs[3]), 0)


def test_titles_say_who(made: Made, tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "x.flac"
    with soundfile.SoundFile(path, "w", RATE, 2) as file:
        file.title, file.artist = "Gymnop\u00e9die  No. 1", "Erik Satie"
        file.write(tone(1.0, RATE))
    made.open([path])
    assert made.title == "Erik Satie: Gymnop\u00e9die No. 1"


@pytest.mark.parametrize(("kind", "remembered"), [("monitor", ""), ("microphone", "Fake microphone [Fake]")])
def test_who_chooses_what_the_computer_plays_follows_it(kind: str, remembered: str) -> None:
    made = Made()
    made.jukebox.live._parts = replace(
        made.jukebox.live._parts,
        inputs=lambda: [replace(one, kind=kind, host_api="Fake") for one in input_devices(made.sound)],
    )
    made.jukebox.listen("Fake microphone [Fake]")
    assert made.events[-1] == Opened("Fake microphone", None, remembered)
    made.jukebox.close()


def test_the_input_of_the_last_time_may_be_away(made: Made) -> None:
    made.jukebox.listen("Stage box [ALSA]")
    assert made.events[-1] == Opened("Fake microphone", None, "Stage box [ALSA]")
    status = made.jukebox.status()
    assert status.title == "Fake microphone (waiting for Stage box)"
    assert status.input == "Fake microphone"  # what is set for it holds, and it is marked where inputs are listed
