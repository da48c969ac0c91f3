"""Playlists, bundled pieces, start options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.files.pieces import bundled_pieces
from visualizer.files.playlist import Playlist, music_files
from visualizer.show.options import AppOptions


def test_folders_give_their_music_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.mp3", "a.FLAC", "notes.txt", ".hidden.mp3", "sub/c.opus"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in music_files([tmp_path])] == ["a.FLAC", "b.mp3", "c.opus"]


def test_a_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    odd = tmp_path / "song.xyz"
    assert music_files([odd]) == [odd]


def test_stepping_stops_at_both_ends() -> None:
    playlist = Playlist([Path("a"), Path("b")])
    assert playlist.first
    assert not playlist.step(-1)
    assert playlist.step(1)
    assert playlist.current == Path("b")
    assert playlist.last
    assert not playlist.step(1)
    assert playlist.current == Path("b")


def test_an_empty_playlist_has_nothing() -> None:
    playlist = Playlist()
    assert playlist.current is None
    assert playlist.first
    assert playlist.last
    assert not playlist.step(1)


def test_one_piece_a_period_is_bundled() -> None:
    pieces = bundled_pieces()
    assert tuple(piece.period for piece in pieces) == PERIODS
    assert all(piece.composer and piece.title and piece.path.is_file() for piece in pieces)


def test_no_list_means_no_pieces(tmp_path: Path) -> None:
    assert bundled_pieces(tmp_path) == ()
    (tmp_path / "music.csv").write_bytes(b"\xff\xfe\xfa")
    assert bundled_pieces(tmp_path) == ()


@pytest.mark.parametrize(
    "values",
    [{"seconds": 0.0}, {"seed": -1}, {"period": "gothic"}, {"files": (Path("a"),), "input": "Microphone"}],
)
def test_impossible_options_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(VisualizerError):
        AppOptions(**values)
