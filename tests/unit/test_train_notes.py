"""The note network's training on a handful of made-up clips: it learns, goes on exactly, and leaves a usable file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from lightning_fabric import Fabric

from mvnet.__main__ import main
from mvnet.checkpoints import load_encoder, load_notes
from mvnet.configs import NotesConfig, RunConfig
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.note_lessons import COLUMNS
from mvnet.records import Clip, Recording
from mvnet.run import RunFolder, run_training
from mvnet.train_notes import NotesData, NotesTraining, train_notes
from tests.networks import sound
from tests.teachers import write_teachers

SMALL = NotesConfig(epochs=2, batch=3, columns=48, warmup=0.0)
RUN = RunConfig(device="cpu", precision="32", log_every=1)


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return start_engine(RUN)


def notes_data(train: int = 3, val: int = 1) -> NotesData:
    """Clips in which a note sounds wherever a band is loud."""
    spec = MelSpec()
    rng = np.random.default_rng(0)
    count = train + val
    splits = ["train"] * train + ["val"] * val
    clips = [
        Clip(Recording(Path(f"{row}.wav"), 0, f"piece {row}", "made up", "rendered", split), 0.0)
        for row, split in enumerate(splits)
    ]
    windows = rng.normal(-0.7, 0.1, (count, *spec.input_shape)).astype(np.float16)
    notes = np.zeros((count, spec.n_frames // COLUMNS, 88, 2), np.uint8)
    windows[:, 1, 40:44] = 0.8
    notes[:, 90:160, 60:64] = 255
    return NotesData(spec, clips, windows, notes)


def test_notes_are_learnt(fabric: Fabric) -> None:
    training = NotesTraining(replace(SMALL, epochs=200, learning_rate=1e-2), notes_data(), fabric)
    losses = [training.step(number)["loss"].item() for number in range(25)]
    assert np.mean(losses[-5:]) < 0.7 * losses[0]
    assert set(training.figures()) == {"val_loss", "val_notes_f", "val_onsets_f"}


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, fabric: Fabric) -> None:
    data = notes_data()

    def run(name: str, epochs: int) -> NotesTraining:
        config = replace(SMALL, epochs=epochs)
        folder = RunFolder(tmp_path / name, "notes", config, data.spec, resume=True)
        folder.create()
        training = NotesTraining(config, data, fabric)
        run_training(training, folder, fabric, RUN, quiet=True)
        return training

    run("parts", 1)  # one step at the schedule's first rate
    whole, parts = run("whole", 2), run("parts", 2)
    again = run("again", 2)
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name]), name
    assert [record["step"] for record in RunFolder(tmp_path / "parts", "notes", replace(SMALL, epochs=2), data.spec,
            resume=True).records() if "loss" in record] == [1, 2]  # fmt: skip
    assert parts.averaged.answer.weight.isfinite().all()


def test_other_data_is_refused(fabric: Fabric) -> None:
    state = NotesTraining(SMALL, notes_data(), fabric).state()
    with pytest.raises(MvnetError, match="data has changed"):
        NotesTraining(SMALL, notes_data(train=2), fabric).load(state)
    with pytest.raises(MvnetError, match="no training clip"):
        NotesTraining(SMALL, notes_data(train=0), fabric)


def test_the_result_is_a_note_network(tmp_path: Path, fabric: Fabric) -> None:
    ended, figures = train_notes(SMALL, notes_data(), tmp_path / "run", RUN, fabric, quiet=True)
    assert ended == "finished"
    assert figures["train_clips"] == 3
    notes, about = load_notes(tmp_path / "run")
    assert about["figures"] == figures
    assert not notes.training
    assert (tmp_path / "run" / "loss.png").stat().st_size > 1000
    with pytest.raises(MvnetError, match="kind 'notes'"):
        load_encoder(tmp_path / "run" / "notes.pt")


def test_from_sound_to_an_encoder_that_reads_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lessons with notes, the notes' training, the encoder's, by their commands."""
    for split, period in (("train", "baroque"), ("train", "modern"), ("val", "modern")):
        folder = tmp_path / "data" / split / period
        folder.mkdir(parents=True)
        for number in range(2):
            soundfile.write(folder / f"a{number}.wav", sound(9.2, len(period) + number), 22_050)
    write_teachers(tmp_path / "teachers")
    common = ["--data", f"{tmp_path}/data", "--cache", f"{tmp_path}/cache", "--threads", "1", "--json"]
    notes, lessons = f"{tmp_path}/notes.npz", f"{tmp_path}/lessons.npz"
    heard = ["--teachers", f"{tmp_path}/teachers", "--output", lessons, "--notes", notes, "--held-out"]
    assert main(["lessons", *common, *heard]) == 0
    assert json.loads(capsys.readouterr().out)["clips"] == 6
    device = ["--device", "cpu", "--epochs", "1"]
    small = ["--batch", "4", "--columns", "48", "--notes-file", notes]
    assert main(["train", "notes", *common, *device, *small, "--run", f"{tmp_path}/notes"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["train_clips"] == 4
    style = ["--loss", "supcon", "--network", "style", "--lessons", "1", "--lessons-file", lessons, "--batch", "4"]
    run = ["--run", f"{tmp_path}/encoder"]
    assert main(["train", "encoder", *common, *device, *style, *run]) == 2
    assert "--notes" in capsys.readouterr().err
    assert main(["train", "encoder", *common, *device, *style, *run, "--notes", f"{tmp_path}/notes"]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["val_clips"] == 2
    encoder, _, about = load_encoder(tmp_path / "encoder")
    assert about["network"] == "style"
    trained = load_notes(tmp_path / "notes")[0].state_dict()
    assert all(torch.equal(value, trained[name]) for name, value in encoder.notes.state_dict().items())
    assert (
        main(
            [
                "train",
                "encoder",
                *common,
                *device,
                "--loss",
                "supcon",
                "--batch",
                "4",
                "--init",
                *run[1:],
                "--run",
                f"{tmp_path}/b",
            ]
        )
        == 2
    )
    assert "--network" in capsys.readouterr().err
