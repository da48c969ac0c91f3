"""`mvnet render` on two small scores: clips that a training reads, made once, and made again just so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from mvnet.__main__ import main
from mvnet.layouts import read_music
from tests.unit.test_synthesis import smallest_font

FONT = smallest_font()


def kern(root: int) -> str:
    """Two parts that move in eighths for a minute."""
    low = "CDEFGABc"
    rows = [f"8{low[(root + k) % 8]}\t8{low[(root + 3 * k) % 8].lower() * 2}" for k in range(240)]
    return "\n".join(["**kern\t**kern", "*M4/4\t*M4/4", *rows, "*-\t*-"]) + "\n"


def test_without_scores_there_is_nothing_to_play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "fluidsynth"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    font = tmp_path / "font.sf2"
    font.touch()
    assert main(["render", "--output", str(tmp_path / "out"), "--sound-font", str(font)]) == 2
    assert "give --scores DIR or --corpus" in capsys.readouterr().err


@pytest.mark.skipif(FONT is None, reason="needs fluidsynth and a sound font")
def test_clips_are_listed_for_a_training_and_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("music21")
    for place, (period, composer, name) in enumerate(
        [("modern", "Satie", "gnossienne"), ("romantic", "Verdi", "aria"), ("romantic", "Verdi", "chorus")]
    ):
        file = tmp_path / "scores" / period / composer / f"{name}.krn"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(kern(place), "utf-8")
    held_out = tmp_path / "other.csv"
    held_out.write_text("file,split,composer,piece\nx.ogg,val,Giuseppe Verdi,Slaves' Chorus\n", "utf-8")
    output = tmp_path / "played"
    command = [
        "render", "--output", str(output), "--scores", str(tmp_path / "scores"), "--apart-from", str(held_out),
        "--clips", "2", "--sound-font", str(FONT), "--json",
    ]  # fmt: skip
    assert main(command) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["clips"], said["works"], said["modern"], said["romantic"]) == (4, 2, 2, 2)
    found = read_music(output)
    assert {item.composer for item in found} == {"Satie", "Verdi"}
    assert not any("chorus" in item.piece for item in found)
    assert {(item.kind, item.split) for item in found} == {("rendered", "train")}
    for item in found:
        assert soundfile.info(item.path).duration == pytest.approx(9.2)

    kept, lost = sorted(item.path for item in found)[:2]
    before, stamp = lost.read_bytes(), kept.stat().st_size
    table = (output / "music.csv").read_bytes()
    lost.unlink()
    assert main(command) == 0
    assert lost.read_bytes() == before
    assert kept.stat().st_size == stamp
    assert (output / "music.csv").read_bytes() == table
