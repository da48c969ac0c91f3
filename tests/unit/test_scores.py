"""Scores as lists of notes: ties joined, chords apart, grace notes and chord symbols left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvnet.scores import Note, Score, UnreadableScore, read_score

pytest.importorskip("music21")

MEASURE = """<?xml version="1.0"?>
<score-partwise version="3.1">
 <part-list><score-part id="P1"><part-name>a</part-name></score-part></part-list>
 <part id="P1"><measure number="1">
  <attributes><divisions>2</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
  <direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>40</per-minute></metronome>
   </direction-type></direction>
  <harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>
  <note><grace/><pitch><step>B</step><octave>4</octave></pitch><voice>1</voice><type>eighth</type></note>
  <note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><type>half</type></note>
  <note><chord/><pitch><step>E</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice>
   <type>half</type></note>
  <note><pitch><step>G</step><octave>4</octave></pitch><duration>4</duration><tie type="start"/><voice>1</voice>
   <type>half</type></note>
 </measure><measure number="2">
  <note><pitch><step>G</step><octave>4</octave></pitch><duration>2</duration><tie type="stop"/><voice>1</voice>
   <type>quarter</type></note>
  <note><rest/><duration>6</duration><voice>1</voice></note>
 </measure></part></score-partwise>
"""


def test_notes_are_what_sounds(tmp_path: Path) -> None:
    file = tmp_path / "small.musicxml"
    file.write_text(MEASURE, "utf-8")
    score = read_score(file)
    assert score.notes == (Note(0.0, 2.0, 60, 0), Note(0.0, 2.0, 64, 0), Note(2.0, 3.0, 67, 0))
    assert score.tempo == 80.0
    assert score.length == 5.0


def test_humdrum_keeps_its_parts_apart(tmp_path: Path) -> None:
    file = tmp_path / "two.krn"
    file.write_text("**kern\t**kern\n*M4/4\t*M4/4\n2C\t4e\n.\t4f\n2D\t2g\n*-\t*-\n", "utf-8")
    score = read_score(file)
    assert {note.part for note in score.notes} == {0, 1}
    assert score.tempo is None
    assert sorted(note.pitch for note in score.notes) == [48, 50, 64, 65, 67]


@pytest.mark.parametrize(("name", "content"), [("broken.xml", "<score"), ("none.krn", "**kern\n*-\n")])
def test_what_is_no_score_is_refused_by_name(tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content, "utf-8")
    with pytest.raises(UnreadableScore, match=name):
        read_score(file)


def test_a_score_knows_its_end() -> None:
    assert Score((Note(0, 4, 60, 0), Note(1, 1, 62, 1))).length == 4
