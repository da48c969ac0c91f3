"""Flags of the trainings come from the configurations; bad values are one sentence and exit code 2."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mvnet.__main__ import main
from mvnet.cli_train import configure, few
from mvnet.configs import RECIPES, SUPCON, EncoderConfig, GanConfig, NotesConfig, RunConfig, difference, with_flags
from mvnet.errors import MvnetError


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    configure(parser)
    return parser.parse_args(arguments)


ENCODER = ("encoder", "--data", "data", "--run", "run")


def test_defaults_are_the_papers() -> None:
    config = with_flags(RECIPES["triplet"], parse(*ENCODER))
    assert config == EncoderConfig()
    assert (config.margin, config.p, config.batch, config.epochs, config.learning_rate) == (3, 5, 1, 15, 5e-5)
    gan = with_flags(GanConfig(), parse("gan", "--data", "data", "--run", "run", "--encoder", "e"))
    assert (gan.batch, gan.epochs, gan.smoothing) == (15, 100, 0.2)
    assert (gan.generator_rate, gan.discriminator_rate) == (2e-4, 5e-5)


def test_given_flags_change_the_recipe() -> None:
    args = parse(*ENCODER, "--loss", "supcon", "--epochs", "7", "--no-spectral", "--minutes", "1.5", "--no-resume")
    config = with_flags(RECIPES[args.loss], args)
    assert (config.epochs, config.spectral, config.batch) == (7, False, SUPCON.batch)
    run = with_flags(RunConfig(), args)
    assert (run.minutes, run.resume, run.device) == (1.5, False, "auto")


@pytest.mark.parametrize(
    ("config", "values", "text"),
    [
        (EncoderConfig, {"epochs": 0}, "--epochs is 0: it must be at least 1"),
        (EncoderConfig, {"learning_rate": 0.0}, "--learning-rate is 0.0: it must be above 0"),
        (EncoderConfig, {"average": 1.5}, "--average is 1.5: it must be at least 0 and at most 1"),
        (EncoderConfig, {"loss": "arcface"}, "--loss is 'arcface': use one of triplet, supcon"),
        (EncoderConfig, {"quiet": 2.0}, "--quiet is 2.0: it must be at least 0 and at most 1"),
        (EncoderConfig, {"lessons": -1.0}, "--lessons is -1.0"),
        (EncoderConfig, {"network": "wave"}, "--network is 'wave': use one of paper, style"),
        (EncoderConfig, {"drop": 1.5}, "--drop is 1.5"),
        (NotesConfig, {"columns": 100}, "--columns is 100: it must be a multiple of 24"),
        (NotesConfig, {"semitones": 13}, "--semitones is 13: it must be at least 0 and at most 12"),
        (GanConfig, {"smoothing": 0.7}, "--smoothing is 0.7"),
        (RunConfig, {"devices": 0}, "--devices is 0"),
        (RunConfig, {"minutes": float("nan")}, "--minutes is nan"),
    ],
)
def test_bad_values_are_one_sentence(config: type, values: dict[str, object], text: str) -> None:
    with pytest.raises(MvnetError, match=text):
        config(**values)


def test_difference_names_the_first_change_and_lets_a_run_grow() -> None:
    old = {"loss": "triplet", "margin": 2.0} | {
        name: value for name, value in vars(EncoderConfig(epochs=99)).items() if name not in ("loss", "margin")
    }
    assert difference(old, EncoderConfig()) == "margin 2.0, not 3.0"
    assert difference(old | {"margin": 3.0}, EncoderConfig()) is None
    del old["network"]  # a run of before there were two
    assert difference(old | {"margin": 3.0}, EncoderConfig()) is None
    assert difference(old | {"margin": 3.0}, EncoderConfig(network="style")) == "network paper, not style"


def test_command_reports_bad_values_and_missing_data(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *ENCODER, "--batch", "0"]) == 2
    assert "--batch is 0" in capsys.readouterr().err
    assert main(["train", "encoder", "--data", f"{tmp_path}/none", "--run", f"{tmp_path}/run", "--device", "cpu"]) == 2
    assert "none" in capsys.readouterr().err


def test_weights_to_begin_with_must_be_there(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *ENCODER, "--device", "cpu", "--init", f"{tmp_path}/none.pt"]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err


def test_help_needs_no_torch() -> None:
    code = (
        "import sys\nfrom mvnet.__main__ import main\n"
        "try:\n    main(['train', 'encoder', '--help'])\nexcept SystemExit:\n    pass\n"
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert "--margin" in result.stdout


def test_few_keeps_two_of_each_period_and_split() -> None:
    @dataclass(frozen=True)
    class Item:
        period: int
        split: str

    items = [Item(period, split) for period in (0, 1) for split in ("train", "val") for _ in range(5)]
    assert len(few(items)) == 8
    assert len(set(few(items))) == 4


def test_pieces_to_choose_on_must_be_among_the_data(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(str(tmp_path)) / "modern").mkdir()
    (Path(str(tmp_path)) / "modern" / "a.wav").touch()
    command = ["train", "encoder", "--data", str(tmp_path), "--run", f"{tmp_path}/run", "--device", "cpu"]
    assert main([*command, "--choose-on", f"{tmp_path}/other"]) == 2
    assert "is none of the folders of --data and --more-data" in capsys.readouterr().err
