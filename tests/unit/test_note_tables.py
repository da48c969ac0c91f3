"""Tables of notes as scores: ties joined within a staff, grace notes and notes without a beat left out."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from mvnet.score_shelf import folder_scores
from mvnet.scores import Note, UnreadableScore, read_score

ROOT = Path(__file__).parents[2]
HEAD = "quarterbeats\tduration_qb\tmidi\tstaff\ttied\tgracenote\n"


def test_ties_are_joined_and_grace_notes_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.notes.tsv"
    file.write_text(
        HEAD
        + "0\t1/2\t59\t1\t\tacciaccatura\n0\t2\t60\t1\t1\t\n0\t2\t60\t2\t\t\n2\t4\t60\t1\t0\t\n6\t1/3\t60\t1\t-1\t\n"
        "\t1\t62\t1\t\t\n19/3\t0.5\t60\t1\t\t\n",
        "utf-8",
    )
    assert read_score(file).notes == (
        Note(0.0, 2.0, 60, 2),
        Note(0.0, pytest.approx(6 + 1 / 3), 60, 1),
        Note(pytest.approx(19 / 3), 0.5, 60, 1),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("mc\tmn\n1\t1\n", "no column duration_qb"),
        (HEAD, "has no notes"),
        (HEAD + "x\t1\t60\t1\t\t\n", "cannot be read"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "a.tsv"
    file.write_text(content, "utf-8")
    with pytest.raises(UnreadableScore, match=reason):
        read_score(file)


def test_a_joined_table_is_shelved_by_movement(tmp_path: Path) -> None:
    table, shelf = tmp_path / "joined.tsv", tmp_path / "shelf"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["corpus", "piece", "mc", *HEAD.strip().split("\t")])
        for piece in ("n01op18-1_01", "n01op18-1_02"):
            writer.writerow(["ABC", piece, "1", "0", "1", "60", "1", "", ""])
        writer.writerow(["medtner_tales", "op08n01", "1", "0", "1", "60", "1", "", ""])
    command = [sys.executable, ROOT / "script" / "shelve_note_tables.py", table, shelf]
    assert "2 tables" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
    scores = folder_scores(shelf)
    assert [score.path.stem for score in scores] == ["n01op18-1_01", "n01op18-1_02"]
    assert {(score.composer, score.work) for score in scores} == {("Beethoven", "Beethoven ABC op18-1")}
    assert read_score(scores[0].path).notes == (Note(0.0, 1.0, 60, 1),)
