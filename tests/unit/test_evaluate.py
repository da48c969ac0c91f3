"""Figures of the encoder on answers made up so that the right figure is known; and the command on sound files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mvnet import encoder_report
from mvnet.__main__ import main
from mvnet.evaluate import (
    Heard,
    accuracy_figures,
    calibration_error,
    continued,
    movement_figures,
    piece_votes,
    slide_windows,
)
from mvnet.frontend import MelSpec, window_input
from mvnet.periods import PERIODS
from tests.fakes import tiny_model_folder


def answers(heard: list[int], periods: list[int], pieces: list[str], recorded: list[bool], sure: float = 0.6) -> Heard:
    chances = np.full((len(heard), 5), (1 - sure) / 4)
    chances[np.arange(len(heard)), heard] = sure
    kinds = ["recorded" if played else "rendered" for played in recorded]
    return Heard(chances, np.array(periods), pieces, kinds, [piece[:1] for piece in pieces])


def test_accuracies_and_confusion() -> None:
    result = answers([0, 0, 1, 1, 4], [0, 0, 0, 1, 1], ["a", "a", "a", "b", "c"], [False, False, False, True, True])
    figures = accuracy_figures(result, draws=200)
    assert (figures["clips"], figures["pieces"]) == (5, 3)
    assert figures["clip_accuracy"] == pytest.approx(3 / 5)
    assert figures["piece_accuracy"] == pytest.approx(2 / 3)
    assert figures["recorded_clip_accuracy"] == pytest.approx(1 / 2)
    assert figures["recorded_piece_accuracy"] == pytest.approx(1 / 2)
    assert figures["balanced_clip_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert figures["confusion"][0] == [2, 1, 0, 0, 0]
    assert figures["confusion"][1] == [0, 1, 0, 0, 1]
    low, high = figures["intervals"]["clip_accuracy"]
    assert 0 <= low < 3 / 5 < high <= 1
    json.dumps(figures, allow_nan=False)


def test_without_recorded_music_its_figures_are_none() -> None:
    figures = accuracy_figures(answers([0, 1], [0, 1], ["a", "b"], [False, False]), draws=10)
    assert figures["recorded_clips"] == 0
    assert figures["recorded_clip_accuracy"] is None
    assert "recorded_clip_accuracy" not in figures["intervals"]


def test_equal_votes_are_decided_by_probability() -> None:
    chances = np.array([[0.9, 0.1, 0, 0, 0], [0.4, 0.6, 0, 0, 0]])
    voted, true = piece_votes(Heard(chances, np.array([1, 1]), ["a", "a"], ["", ""], ["", ""]))
    assert (voted.tolist(), true.tolist()) == ([0], [1])


def test_the_same_name_in_two_periods_is_two_pieces() -> None:
    voted, true = piece_votes(answers([0, 3], [0, 3], ["sonata", "sonata"], [True, True]))
    assert (voted.tolist(), true.tolist()) == ([0, 3], [0, 3])


def test_interval_is_as_wide_as_chance_makes_it() -> None:
    rng = np.random.default_rng(0)
    heard = np.where(rng.random(400) < 0.7, 2, 3)
    figures = accuracy_figures(answers(heard.tolist(), [2] * 400, [str(k) for k in range(400)], [True] * 400))
    low, high = figures["intervals"]["clip_accuracy"]
    assert high - low == pytest.approx(2 * 1.96 * (0.7 * 0.3 / 400) ** 0.5, rel=0.15)


def test_calibration_error_is_the_gap() -> None:
    right_half = answers([0] * 10, [0] * 5 + [1] * 5, ["a"] * 10, [True] * 10, sure=0.85)
    assert calibration_error(right_half) == pytest.approx(0.35)


def test_movement_is_relative_to_the_prototypes_distance() -> None:
    prototypes = np.zeros((5, 10))
    prototypes[:, 0] = [0, 0, 0, 0, 5]  # mean distance 4 * 5 / 10 = 2
    walk = np.zeros((5, 10))
    walk[:, 3] = [0, 1, 2, 3, 4]
    assert movement_figures([walk], prototypes) == {
        "step_median": 0.5,
        "step_p95": 0.5,
        "step_p95_over_median": 1.0,
    }
    assert movement_figures([walk], np.zeros((5, 10)))["step_p95"] is None


def test_slides_are_the_listeners_windows() -> None:
    spec = MelSpec()
    sound = np.random.default_rng(0).normal(0, 0.1, spec.window_samples + 2 * 5512)
    windows = slide_windows(sound, spec, 2)
    np.testing.assert_array_equal(windows[0], window_input(sound[: spec.window_samples], spec))
    np.testing.assert_array_equal(windows[2], window_input(sound, spec))


def test_a_clip_goes_on_with_the_next_or_its_own_start() -> None:
    samples, following = np.arange(10), np.arange(100, 110)
    assert continued(samples, following, 10, 4).tolist() == [*range(10), 100, 101, 102, 103]
    assert continued(samples, following, 8, 4).tolist() == [*range(8), *range(100, 106)]
    assert continued(samples, None, 0, 3).tolist() == [*range(10), 0, 1, 2]
    assert continued(samples, following, 25, 3).tolist() == [*range(10), 0, 1, 2]  # a gap between the two


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A music.csv with two clips; the tiny model hears low sound as renaissance and high as modern."""
    folder = tmp_path_factory.mktemp("music")
    time = np.arange(22_050 * 9) / 22_050
    for name, hz in (("low", 200), ("high", 9000)):
        soundfile.write(folder / f"{name}.wav", 0.5 * np.sin(2 * np.pi * hz * time), 22_050)
    lines = [
        "file,period,split,composer,piece,piece_id,kind,source",
        "low.wav,renaissance,val,Anon,Low,low,recorded,made up",
        "high.wav,modern,val,Anon,High,high,rendered,made up",
    ]
    (folder / "music.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_command_hears_an_exported_model(tmp_path: Path, music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    flags = ["--draws", "20", "--robustness-clips", "1", "--pictures", str(tmp_path / "pictures")]
    assert main(["evaluate", "encoder", "--model", str(model), "--data", str(music), "--json", *flags]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["clips"], figures["pieces"], figures["split"]) == (2, 2, "val")
    assert figures["clip_accuracy"] == figures["piece_accuracy"] == 1.0
    assert figures["recorded_clip_accuracy"] == figures["rendered_clip_accuracy"] == 1.0
    assert figures["step_p95"] >= 0
    assert figures["periods"] == list(PERIODS)
    assert [line["source"] for line in figures["sources"]] == ["made up", "made up"]
    assert figures["linear_probe"] is None  # two pieces are too few
    assert figures["robustness"]["gain_-20_db"]["drop"] == 0.0
    assert figures["answers_without_music"]["silence"]["entropy"] == pytest.approx(1, abs=1e-3)
    names = {"confusion.png", "map.png", "robustness.png"}
    assert {file.name for file in (tmp_path / "pictures").iterdir()} == names


def test_command_for_people_and_one_collection(tmp_path: Path, music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    asked = ["evaluate", "encoder", "--model", str(model), "--data", str(music), "--quick", "--source"]
    assert main([*asked, "made up"]) == 0
    printed = capsys.readouterr().out
    assert "recorded_piece_accuracy" in printed
    assert "made up, modern" in printed
    assert "robustness" not in printed
    assert main([*asked, "elsewhere"]) == 2
    assert "it has made up" in capsys.readouterr().err


def test_own_answers_do_without_torch(
    tmp_path: Path, music: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_model_folder(tmp_path / "tiny")
    monkeypatch.setattr(encoder_report, "find_spec", lambda name: None)
    assert main(["evaluate", "encoder", "--model", str(model), "--data", str(music), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["clip_accuracy"] == 1.0
    assert "torch is not installed" in figures["left_out"]
    assert "robustness" not in figures


def test_nothing_of_it_imports_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; import mvnet.encoder_report, mvnet.listeners, mvnet.tables"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_command_reports_a_missing_model_and_split(
    tmp_path: Path, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "encoder", "--model", str(tmp_path), "--data", str(music)]) == 2
    assert "there is no" in capsys.readouterr().err
    model = tiny_model_folder(tmp_path / "tiny")
    assert main(["evaluate", "encoder", "--model", str(model), "--data", str(music), "--split", "train"]) == 2
    assert "give --split all" in capsys.readouterr().err
