"""Playlists of other programs: what they name is found, what they are not is said."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.errors import VisualizerError
from visualizer.files.playlist import music_files
from visualizer.files.playlist_files import playlist_entries


def written(folder: Path, name: str, text: str, coding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(coding))
    return path


def test_m3u_with_comments_relative_absolute_and_addresses(tmp_path: Path) -> None:
    text = "#EXTM3U\n#EXTINF:12,A - B\na.ogg\r\nsub\\b.mp3\n\n/music/c.flac\nfile:///music/d%20e.wav\nhttp://x.invalid/live\n"
    assert playlist_entries(written(tmp_path, "list.m3u8", text)) == [
        tmp_path / "a.ogg", tmp_path / "sub/b.mp3", Path("/music/c.flac"), Path("/music/d e.wav"),
    ]  # fmt: skip


def test_m3u_in_the_old_windows_coding(tmp_path: Path) -> None:
    assert playlist_entries(written(tmp_path, "old.m3u", "Dvořák.mp3".replace("ř", "r"), "cp1252")) == [
        tmp_path / "Dvorák.mp3"
    ]


def test_pls(tmp_path: Path) -> None:
    text = "[playlist]\nFile1=one.ogg\nTitle1=One\nfile2 = C:\\music\\two.ogg\nNumberOfEntries=2\n"
    assert playlist_entries(written(tmp_path, "list.pls", text)) == [
        tmp_path / "one.ogg",
        tmp_path / "C:/music/two.ogg",
    ]


def test_a_cue_sheet_counts_as_its_files(tmp_path: Path) -> None:
    text = 'PERFORMER "X"\nFILE "whole disc.flac" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\nFILE b.wav WAVE\n'
    assert playlist_entries(written(tmp_path, "disc.cue", text)) == [tmp_path / "whole disc.flac", tmp_path / "b.wav"]


@pytest.mark.parametrize("text", ["", "#EXTM3U\n", "http://x.invalid/live\n"])
def test_a_playlist_without_files_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(VisualizerError, match="names no music file"):
        playlist_entries(written(tmp_path, "empty.m3u", text))


def test_a_playlist_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError, match="cannot be read"):
        playlist_entries(tmp_path / "none.m3u")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), ending=st.sampled_from([".m3u", ".pls", ".cue"]))
def test_any_bytes_are_files_or_a_sentence(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(content)
    with contextlib.suppress(VisualizerError):
        assert all(isinstance(entry, Path) for entry in playlist_entries(path))


def test_playlists_among_what_is_opened(tmp_path: Path) -> None:
    one = written(tmp_path, "one.ogg", "")
    listed = written(tmp_path, "list.m3u", "one.ogg\ntwo.ogg\n")
    assert music_files([listed, one]) == [one, tmp_path / "two.ogg", one]
