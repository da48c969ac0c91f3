"""Scenes as files: what is written is read again, and what cannot be read is a sentence."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.painting.knobs import Knobs
from visualizer.painting.looks import TRANSITIONS_S
from visualizer.picture.hanging import FITS
from visualizer.show.scenes import (
    AUTO,
    ENDING,
    LARGEST,
    SavedScene,
    file_stem,
    is_scene,
    read_scene,
    saved_scenes,
    write_scene,
)

shares = st.floats(0, 1)
scenes = st.builds(
    SavedScene,
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(str.strip),
    model=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    period=st.sampled_from([*PERIODS, AUTO]),
    knobs=st.builds(Knobs, shares, shares, shares, shares),
    fit=st.sampled_from(FITS),
    transition_s=st.floats(*TRANSITIONS_S),
    look=st.integers(-LARGEST, LARGEST),
    seed=st.integers(0, LARGEST),
)


@settings(deadline=None, max_examples=40)
@given(scenes)
def test_what_is_written_is_read_again(scene: SavedScene) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_scene(scene, Path(folder) / "scenes")
        assert read_scene(path) == scene
        assert [found for _, found in saved_scenes(path.parent)] == [path]
        assert is_scene(path)


@settings(deadline=None, max_examples=40)
@given(st.text())
def test_every_name_makes_a_file_name(name: str) -> None:
    stem = file_stem(name)
    assert stem
    assert not set(stem) & set('\\/:*?"<>|\0')
    assert len(stem.encode("utf-8")) <= 120


@settings(deadline=None, max_examples=40)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_values_out_of_place_are_one_sentence(value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_scene(SavedScene("one"), Path(folder))
        facts = json.loads(path.read_text("utf-8"))
        for name in facts:
            path.write_text(json.dumps(facts | {name: value}), "utf-8")
            with contextlib.suppress(VisualizerError):  # or it is read, where the value happens to be possible
                assert isinstance(read_scene(path), SavedScene)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe\x00", b"[" * 50_000, b" " * 200_000, b"null"])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"bad{ENDING}"
    path.write_bytes(content)
    with pytest.raises(VisualizerError, match="is damaged"):
        read_scene(path)


def test_a_newer_file_says_so(tmp_path: Path) -> None:
    path = write_scene(SavedScene("one"), tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format": 2, "period": "space"}), "utf-8")
    with pytest.raises(VisualizerError, match="format 2, this version knows 1: update"):
        read_scene(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError, match="cannot be read"):
        read_scene(tmp_path / "none.scene.json")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VisualizerError, match="the scene is not saved"):
        write_scene(SavedScene("one"), tmp_path / "file")


def test_the_same_name_replaces(tmp_path: Path) -> None:
    write_scene(SavedScene("one", look=1), tmp_path)
    write_scene(SavedScene("one", look=2), tmp_path)
    write_scene(SavedScene("Another"), tmp_path)
    assert [name for name, _ in saved_scenes(tmp_path)] == ["Another", "one"]
    assert read_scene(saved_scenes(tmp_path)[1][1]).look == 2


def test_no_folder_means_no_scenes(tmp_path: Path) -> None:
    assert saved_scenes(tmp_path / "none") == []


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"period": "space"}, {"fit": "wide"}, {"transition_s": 99.0}, {"seed": -1}]
)
def test_impossible_scenes_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"name|period|fit|transition|seed"):
        SavedScene(**({"name": "one"} | values))  # type: ignore[arg-type]
