"""`mvnet train painter` and `mvnet train brush`: flags, and a dry run on pictures made here."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvnet.__main__ import main
from mvnet.cli_train import configure
from mvnet.configs import with_flags
from mvnet.painter_config import BrushConfig, PainterConfig
from mvnet.periods import PERIODS

PAINTER = ("painter", "--data", "data", "--run", "run", "--encoder", "synthetic")


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    configure(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        for period in PERIODS:
            folder = tmp_path / "data" / split / period
            folder.mkdir(parents=True)
            for number in range(1, 4):
                coarse = rng.integers(0, 200, (8, 8, 3)).astype(np.uint8)
                Image.fromarray(coarse).resize((160, 144), Image.Resampling.NEAREST).save(folder / f"i{number}.jpg")
    return tmp_path / "data"


def test_flags_come_from_the_configurations() -> None:
    config = with_flags(PainterConfig(), parse(*PAINTER, "--width", "32", "--resolution", "256", "--compile"))
    assert (config.width, config.shape().enlargement, config.compile) == (32, 4, True)
    brush = with_flags(BrushConfig(), parse("brush", "--data", "data", "--run", "run", "--detail", "96"))
    assert brush.detail == 96


def test_dry_runs_leave_nothing_behind(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--data", str(pictures), "--run", str(tmp_path / "run"), "--device", "cpu", "--dry-run", "--json")
    small = ("--critic-width", "4", "--brush-width", "4")
    assert main(["train", "painter", *common, "--encoder", "synthetic", "--width", "4", *small]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["ended"] == "finished"
    assert result["figures"]["images"] == 30
    assert main(["train", "brush", *common, "--resolution", "128", "--detail", "32", *small]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["brush_details"] == 30
    assert not (tmp_path / "run").exists()


def test_an_unknown_encoder_is_one_sentence(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--data", str(pictures), "--run", str(tmp_path / "run"), "--device", "cpu", "--dry-run", "--json")
    assert main(["train", "painter", *common, "--encoder", str(tmp_path / "none.pt")]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err


def test_help_needs_no_torch() -> None:
    code = (
        "import sys\nfrom mvnet.__main__ import main\n"
        "try:\n    main(['train', 'brush', '--help'])\nexcept SystemExit:\n    pass\n"
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
