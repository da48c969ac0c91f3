"""Which scores are played: by period, one format of each, and nothing that must stay unheard."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mvnet.cli_render import Take, plan, set_apart, thin
from mvnet.errors import MvnetError
from mvnet.periods import PERIODS
from mvnet.same_piece import PieceName
from mvnet.score_shelf import Shelved, corpus_scores, folder_scores, read_names, without


def shelf(tmp_path: Path, *files: str) -> list[Shelved]:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return folder_scores(tmp_path)


def test_folders_tell_period_composer_and_work(tmp_path: Path) -> None:
    found = shelf(
        tmp_path, "modern/Satie/gymnopedie.mid", "baroque/Bach/BWV 1/a.krn", "baroque/Bach/BWV 1/b.krn",
        "romantic/waltz.mxl", "baroque/Bach/BWV 1/a.xml", "baroque/readme.txt",
    )  # fmt: skip
    assert [(PERIODS[score.period], score.composer, score.work, score.path.name) for score in found] == [
        ("baroque", "Bach", "Bach BWV 1", "a.krn"),
        ("baroque", "Bach", "Bach BWV 1", "b.krn"),
        ("romantic", "", "waltz", "waltz.mxl"),
        ("modern", "Satie", "Satie gymnopedie", "gymnopedie.mid"),
    ]


def test_a_folder_without_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="holds no scores"):
        folder_scores(tmp_path)


def test_held_out_works_are_left_out_with_all_their_movements(tmp_path: Path) -> None:
    found = shelf(
        tmp_path, "classical/Mozart/k464/one.mid", "classical/Mozart/k464/two.mid", "classical/Mozart/k80/one.mid"
    )
    kept = without(found, [PieceName("Wolfgang Amadeus Mozart", ("String Quartet No.18, K.464", "two"))])
    assert {score.work for score in kept} == {"Mozart k80"}


def test_names_are_read_by_split(tmp_path: Path) -> None:
    table = tmp_path / "music.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "split", "composer", "piece", "source_path"])
        writer.writerow(["a.ogg", "val", "Bach", "Chorale BWV102.7", "corpus/bach/bwv102.7.mxl"])
        writer.writerow(["b.ogg", "train", "Bach", "Chorale BWV9.7", ""])
    names = read_names(table)
    assert names["val"][0].catalogue == {"bwv 102"}
    assert names["train"][0].composer == "Bach"
    with pytest.raises(MvnetError, match="cannot be read"):
        read_names(tmp_path / "none.csv")


def test_the_corpus_has_every_period_and_no_piece_twice() -> None:
    pytest.importorskip("music21")
    found = corpus_scores()
    assert {score.period for score in found} == set(range(5))
    assert len({score.path.with_suffix("") for score in found}) == len(found)


def test_prolific_composers_are_thinned_by_whole_works(tmp_path: Path) -> None:
    found = shelf(tmp_path, *(f"modern/A/w{k}/{m}.mid" for k in range(9) for m in "ab"), "modern/B/x.mid")
    kept = thin(found, 4, seed=1)
    assert len(kept) == 2 * 4 + 1
    assert kept == thin(found, 4, seed=1)
    assert kept != thin(found, 4, seed=2)


def test_works_are_set_apart_as_a_whole_but_never_known_ones(tmp_path: Path) -> None:
    found = shelf(tmp_path, *(f"modern/A/w{k}/{m}.mid" for k in range(10) for m in "ab"))
    known = {f"A w{k}" for k in range(7)}
    apart = {score.work for score in set_apart(found, known, 0.2, seed=0) if score.split == "val"}
    assert len(apart) == 2
    assert not apart & known
    assert sum(score.split == "val" for score in set_apart(found, known, 0.2, seed=0)) == 4
    assert all(score.split == "train" for score in set_apart(found, known, 0.0, seed=0))


def test_every_work_of_a_period_gets_as_many_clips(tmp_path: Path) -> None:
    found = shelf(tmp_path, "modern/A/w/a.mid", "modern/A/w/b.mid", "modern/A/v.mid", "baroque/B/u.mid")
    takes = plan(found, 6, seed=0)
    assert len(takes) == 12
    assert sum(take.score.work == "A w" for take in takes) == 3
    assert len({take.file for take in takes}) == 12
    first = Take(found[0], 0)
    assert first.seed(1) != first.seed(2)
    assert first.seed(1) != Take(found[0], 1).seed(1)
