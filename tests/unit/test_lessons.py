"""Lessons: kept by clip, read back for the clips of a training, condensed to a few components of equal say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mvnet.errors import MvnetError
from mvnet.lessons import condense, read_lessons, write_lessons
from tests.training_data import encoder_data


def test_lessons_come_back_in_the_order_of_the_clips(tmp_path: Path) -> None:
    data = encoder_data((0, 1), train=3, val=1)
    rows = data.split("train")
    numbers = {"first": np.arange(len(rows) * 2.0).reshape(-1, 2), "second": np.ones((len(rows), 3))}
    file = tmp_path / "folder" / "lessons.npz"
    write_lessons(file, [data.clips[row] for row in rows[::-1]], {k: v[::-1] for k, v in numbers.items()})
    (first, second), known = read_lessons([file], data.clips)
    np.testing.assert_array_equal(known, rows)
    np.testing.assert_array_equal(first[rows], numbers["first"])
    assert second.shape == (len(data.clips), 3)
    assert np.isnan(first[data.split("val")]).all()


def test_a_file_of_other_clips_is_refused(tmp_path: Path) -> None:
    data = encoder_data()
    write_lessons(tmp_path / "lessons.npz", [data.clips[row] for row in data.split("val")], {"first": np.ones((2, 2))})
    with pytest.raises(MvnetError, match="knows none of the training clips"):
        read_lessons([tmp_path / "lessons.npz"], data.clips)


def test_several_files_know_more_clips_and_the_first_gives_the_measure(tmp_path: Path) -> None:
    clips = encoder_data((0, 1), train=2, val=0).clips
    write_lessons(tmp_path / "one.npz", clips[1:3], {"only": np.array([[1.0], [2.0]])})
    write_lessons(tmp_path / "two.npz", clips[:1], {"only": np.array([[3.0]])})
    (numbers,), measure = read_lessons([tmp_path / "one.npz", tmp_path / "two.npz"], clips)
    np.testing.assert_array_equal(numbers[:, 0], [3.0, 1.0, 2.0, np.nan])
    assert measure.tolist() == [1, 2]
    write_lessons(tmp_path / "three.npz", clips[:1], {"only": np.ones((1, 5))})
    with pytest.raises(MvnetError, match="other teachers"):
        read_lessons([tmp_path / "one.npz", tmp_path / "three.npz"], clips)


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_what_is_no_file_of_lessons_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "lessons.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MvnetError, match="mvnet lessons"):
        read_lessons([file], encoder_data().clips)


def test_each_teacher_has_the_same_say_and_units_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    few, many = rng.normal(size=(60, 4)), rng.normal(size=(60, 200))
    rows = np.arange(50)
    condensed = condense([few, many], rows, size=10)
    assert condensed.shape == (60, 14)
    assert condensed.dtype == np.float32
    for part in (condensed[rows, :4], condensed[rows, 4:]):
        assert (part**2).sum(1).mean() == pytest.approx(0.5, rel=1e-5)
    scaled = condense([few * [1, 100, 1e-3, 1] + 7, many], rows, size=10)
    np.testing.assert_allclose(np.abs(scaled), np.abs(condensed), atol=1e-5)


def test_a_number_that_never_changes_teaches_nothing() -> None:
    numbers = np.random.default_rng(0).normal(size=(20, 3))
    numbers[:, 1] = 5.0
    condensed = condense([numbers], np.arange(20))
    assert condensed.shape == (20, 2)
    assert np.isfinite(condensed).all()


def test_clips_are_told_apart_by_their_start(tmp_path: Path) -> None:
    first = encoder_data().clips[0]
    clips = [first, replace(first, start_s=9.0)]
    write_lessons(tmp_path / "lessons.npz", clips, {"only": np.array([[1.0], [2.0]])})
    (numbers,), _ = read_lessons([tmp_path / "lessons.npz"], clips[::-1])
    assert numbers[:, 0].tolist() == [2.0, 1.0]
