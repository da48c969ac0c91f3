"""`mvnet data` from the command line."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from mvnet import cli_data
from mvnet.__main__ import main
from mvnet.layouts import LAYOUTS
from mvnet.periods import PERIODS


@pytest.fixture
def data(tmp_path):
    rng = np.random.default_rng(0)
    for period in ("baroque", "modern"):
        folder = tmp_path / "data" / "train" / period
        folder.mkdir(parents=True)
        for index in (1, 2):
            soundfile.write(folder / f"a{index}.wav", rng.normal(0, 0.1, 30_000), 22_050)
            Image.fromarray(rng.integers(0, 255, (80, 90, 3), np.uint8)).save(folder / f"i{index}.png")
    (folder / "a3.mp3").write_text("broken")
    return tmp_path / "data"


def test_json_counts_clips_and_names_broken_files(data, tmp_path, capsys):
    assert main(["data", str(data), "--cache", str(tmp_path / "cache"), "--samples", "--json", "--size", "32"]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    result = json.loads(output.out)
    rows = {(row["period"], row["split"]): row for row in result["table"]}
    assert len(rows) == 2 * len(PERIODS)
    assert rows["modern", "train"] == {
        "period": "modern", "split": "train", "recordings": 3, "pieces": 3, "clips": 2, "paintings": 2, "painters": 0,
    }  # fmt: skip
    assert rows["romantic", "train"]["recordings"] == 0
    (broken,) = result["skipped"]
    assert broken["file"].endswith("a3.mp3")
    names = sorted(path.name.split("-")[0] for path in (tmp_path / "cache").iterdir() if path.is_dir())
    assert names == ["paintings32", "samples", "windows"]


def test_table_without_a_cache_decodes_nothing(data, capsys):
    assert main(["data", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["period", "split", *cli_data.COLUMNS]
    assert ["modern", "train", "3", "3", "-", "2", "0"] in [line.split() for line in lines]


def test_paintings_alone_are_a_data_set(data, capsys):
    for sound in data.rglob("a*"):
        sound.unlink()
    assert main(["data", str(data), "--json"]) == 0
    assert sum(row["paintings"] for row in json.loads(capsys.readouterr().out)["table"]) == 4


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--layout", "author"]])
def test_bad_folders_end_with_one_sentence(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert main(["data", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("mvnet: ")


def test_the_layouts_offered_are_those_that_are_read():
    assert ("auto", *LAYOUTS) == cli_data.LAYOUTS
