"""`mvnet export`: what lands in the folder, what the app makes of it, and when nothing is written."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from export import folder as folder_module
from export import parity
from export.folder import ExportOptions, export
from export.parity import sound_files, windows_of
from mvnet.__main__ import main
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, window_input
from tests.networks import random_encoder, random_generator, sound, write_checkpoints, write_sound
from visualizer.painting.models import load_model


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with encoder.pt, generator.pt and sound.wav."""
    place = tmp_path_factory.mktemp("trained")
    write_checkpoints(place, *random_encoder(), random_generator())
    write_sound(place / "sound.wav", 9.5)
    return place


@pytest.fixture(scope="module")
def exported(trained: Path) -> Path:
    """A model folder written by the command."""
    folder = trained / "models" / "first"
    assert main(command(trained, folder, "--title", "First")) == 0
    return folder


def command(trained: Path, folder: Path, *more: str) -> list[str]:
    return [
        *("export", "--encoder", str(trained / "encoder.pt"), "--generator", str(trained / "generator.pt")),
        *("-o", str(folder), "--audio", str(trained / "sound.wav"), *more),
    ]


def options(trained: Path, folder: Path) -> ExportOptions:
    return ExportOptions(
        trained / "encoder.pt", trained / "generator.pt", folder, "Title", "CC0-1.0", (trained / "sound.wav",)
    )


def test_card(exported: Path, trained: Path) -> None:
    card = json.loads((exported / "model.json").read_text(encoding="utf-8"))
    assert (card["name"], card["title"], card["licence"]) == ("first", "First", "GPL-3.0-or-later")
    assert 0 < card["parity"]["generator"] < parity.TOLERANCE
    assert card["training"]["encoder"]["figures"] == {"accuracy": 0.5}
    assert card["training"]["generator"]["config"] == {"epochs": 1, "data": "paintings"}
    assert str(trained) not in (exported / "model.json").read_text(encoding="utf-8")
    assert sorted(path.name for path in exported.iterdir()) == ["encoder.onnx", "generator.onnx", "model.json"]


def test_the_app_computes_what_torch_does(exported: Path) -> None:
    model = load_model(exported, provider="cpu")
    (encoder, _), generator = random_encoder(), random_generator()
    window = window_input(sound(9, seed=8))[None]
    noise = np.random.default_rng(1).standard_normal((2, 100), np.float32)
    embedding, period = model.encode(window)
    with torch.inference_mode():
        np.testing.assert_allclose(embedding, encoder(torch.from_numpy(window)).numpy(), atol=parity.TOLERANCE)
        image = generator(torch.from_numpy(noise), torch.from_numpy(embedding.repeat(2, 0))).numpy()
    pixels = model.paint(noise, embedding.repeat(2, 0))
    assert period.shape == (1, 5)
    assert np.abs(pixels - (image.transpose(0, 2, 3, 1) + 1) * 127.5).max() <= 0.5 + 127.5 * parity.TOLERANCE


def test_shared_encoder(exported: Path, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = exported.parent / "second"
    assert main(command(trained, second, "--share-encoder", str(exported))) == 0
    assert sorted(path.name for path in second.iterdir()) == ["generator.onnx", "model.json"]
    assert load_model(second, provider="cpu").card.encoder.samefile(exported / "encoder.onnx")
    assert "../first/encoder.onnx" in capsys.readouterr().out


def test_failed_parity_writes_nothing(
    exported: Path, tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another encoder than the shared one: the folder that is there stays as it is."""
    write_checkpoints(tmp_path, *random_encoder(seed=1), random_generator())
    write_sound(tmp_path / "sound.wav", 9.5)
    before = {path.name: path.read_bytes() for path in exported.iterdir()}
    assert main(command(tmp_path, exported, "--title", "Other", "--share-encoder", str(exported))) == 1
    assert {path.name: path.read_bytes() for path in exported.iterdir()} == before
    printed = capsys.readouterr().out
    assert re.search(r"encoder    embedding .* above 0.001", printed)
    assert "nothing written" in printed


def changed(source: Path, target: Path, **values: object) -> Path:
    torch.save(torch.load(source, weights_only=True) | values, target)
    return target


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"spec": MelSpec(hop=128).as_dict()}, "train the generator with this encoder"),
        ({"spec": {"hop": 0}}, "does not say how its sound was prepared"),
        ({"prototypes": [[0.0] * 10]}, r"prototypes of shape \[1, 10\], not \[5, 10\]"),
        ({"prototypes": None}, r"prototypes of shape \[0\]"),
    ],
)
def test_checkpoints_that_do_not_fit(trained: Path, tmp_path: Path, values: dict[str, object], cause: str) -> None:
    encoder = changed(trained / "encoder.pt", tmp_path / "encoder.pt", **values)
    with pytest.raises(MvnetError, match=cause):
        export(replace(options(trained, tmp_path / "out"), encoder=encoder))
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(MvnetError, match="exists and is no model folder"):
        options(trained, tmp_path)


def test_names_must_not_be_empty(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="the licence is empty"):
        replace(options(trained, tmp_path), licence=" ")


def test_missing_shared_encoder(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match=r"encoder\.onnx is missing"):
        export(replace(options(trained, tmp_path / "out"), share_encoder=tmp_path))


def test_unwritable_folder(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folder_module.os, "replace", refuse)
    with pytest.raises(MvnetError, match=r"cannot be written \(Permission denied\)"):
        folder_module.write(tmp_path / "out", {"generator.onnx": b""}, {})
    assert list((tmp_path / "out").iterdir()) == []


def test_windows_follow_one_another(tmp_path: Path) -> None:
    long, short = write_sound(tmp_path / "a.wav", 18.5), write_sound(tmp_path / "b.wav", 2.0)
    found = windows_of(sound_files([tmp_path]), MelSpec())
    assert found.shape == (3, 3, 128, 256)  # two of the long file, one of the short
    assert sound_files([short, tmp_path]) == [short, long, short]
    assert (found[0] != found[1]).any()
    assert (found[2][:2] == -1).all()  # silence before the two seconds


def test_no_sound_to_check_on(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="there is no sound file in"):
        sound_files([tmp_path])


def test_another_encoder_takes_its_place_and_the_generator_stays(exported: Path, trained: Path, tmp_path: Path) -> None:
    folder, other = tmp_path / "model", tmp_path / "other"
    shutil.copytree(exported, folder)
    write_checkpoints(other, *random_encoder(seed=1), random_generator())
    before = json.loads((folder / "model.json").read_text("utf-8"))
    generator = (folder / "generator.onnx").read_bytes()
    command = [
        "export",
        "--encoder",
        str(other / "encoder.pt"),
        "-o",
        str(folder),
        "--audio",
        str(trained / "sound.wav"),
    ]
    assert main(command) == 0
    card = json.loads((folder / "model.json").read_text("utf-8"))
    assert (folder / "generator.onnx").read_bytes() == generator
    assert card["sha256"]["generator.onnx"] == before["sha256"]["generator.onnx"]
    assert card["sha256"]["encoder.onnx"] != before["sha256"]["encoder.onnx"]
    assert card["title"] == "First"
    window = window_input(sound(9, seed=8))[None]
    with torch.inference_mode():
        wanted = random_encoder(seed=1)[0](torch.from_numpy(window)).numpy()
    np.testing.assert_allclose(load_model(folder, provider="cpu").encode(window)[0], wanted, atol=parity.TOLERANCE)


def test_only_a_model_folder_gets_another_encoder(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["export", "--encoder", str(trained / "encoder.pt"), "-o", str(tmp_path / "none")]
    assert main([*arguments, "--audio", str(trained / "sound.wav")]) == 2
    assert "give --generator for a new folder" in capsys.readouterr().err
