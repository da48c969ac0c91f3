"""Model cards: what is read, and one helpful sentence for everything that can be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS
from tests.fakes import read_card as read_values
from tests.fakes import tiny_model_folder, tiny_prototypes, write_card
from visualizer.errors import VisualizerError
from visualizer.painting import model_card
from visualizer.painting.model_card import ModelCard, check_file, find_models, model_folder, read_card


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two shipped models, mvnet-256 and aquarelle."""
    monkeypatch.setattr(model_card, "models_dir", lambda: tmp_path)
    tiny_model_folder(tmp_path / "mvnet-256", name="mvnet-256")
    tiny_model_folder(tmp_path / "aquarelle", name="aquarelle", encoder="../mvnet-256/encoder.onnx")
    return tmp_path


def test_card_holds_what_the_file_says(tmp_path: Path) -> None:
    card = read_card(
        tiny_model_folder(tmp_path, image_size=32, noise_size=7, title="Grün", training={"encoder": {"a": 1}})
    )
    assert (card.name, card.title, card.licence) == ("tiny", "Grün", "CC0-1.0")
    assert (card.noise_size, card.embedding_size, card.image_size) == (7, 10, (32, 32))
    assert card.spec == MelSpec()
    assert card.training == {"encoder": {"a": 1}}
    assert card.prototypes.dtype == np.float32
    np.testing.assert_array_equal(card.prototypes, tiny_prototypes())
    assert card.encoder == tmp_path / "encoder.onnx"


def test_prototypes_cannot_be_changed(tmp_path: Path) -> None:
    card = read_card(tiny_model_folder(tmp_path))
    with pytest.raises(ValueError, match="read-only"):
        card.prototypes[0] = 0


def test_models_are_listed_with_the_default_first(installed: Path) -> None:
    assert list(find_models()) == ["mvnet-256", "aquarelle"]
    assert find_models()["aquarelle"] == installed / "aquarelle"


def test_model_folder_takes_names_folders_and_nothing(installed: Path, tmp_path: Path) -> None:
    assert model_folder() == installed / "mvnet-256"
    assert model_folder("aquarelle") == installed / "aquarelle"
    assert model_folder(str(tmp_path)) == tmp_path
    assert model_folder(installed / "aquarelle" / "model.json") == installed / "aquarelle"


@pytest.mark.usefixtures("installed")
def test_unknown_model_lists_the_installed_ones() -> None:
    with pytest.raises(VisualizerError, match=r"no model “picasso”: the installed models are mvnet-256, aquarelle;"):
        model_folder("picasso")


def test_unknown_model_without_any_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_card, "models_dir", lambda: tmp_path / "none")
    with pytest.raises(VisualizerError, match="no models are installed"):
        model_folder()


def test_folder_without_card(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError, match=r"is no model folder, it has no model\.json"):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "\xff\xfe", '"name"', "[1]"])
def test_damaged_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(VisualizerError, match=r"model\.json (is damaged|holds no)"):
        read_card(tmp_path)


SPEC = MelSpec().as_dict()


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"format": 2}, "has format 2, this build reads 1"),
        ({"format": None}, "has format None"),
        ({"periods": list(reversed(PERIODS))}, "lists the periods"),
        ({"periods": list(PERIODS[:4])}, "lists the periods"),
        ({"spec": None}, "“spec” is missing"),
        ({"spec": SPEC | {"n_mels": 0}}, "MelSpec.n_mels is 0"),
        ({"spec": SPEC | {"scale": "sone"}}, "MelSpec.scale is 'sone'"),
        ({"spec": SPEC | {"colour": 1}}, "unexpected keyword argument 'colour'"),
        ({"spec": [1]}, "model.json is not a usable model card"),
        ({"noise_size": 0}, "noise_size is 0"),
        ({"noise_size": True}, "noise_size is True"),
        ({"image_size": [64]}, "not enough values"),
        ({"image_size": [64, -1]}, "image_size is -1"),
        ({"prototypes": [[0.0] * 10] * 4}, r"prototypes are \(4, 10\)"),
        ({"prototypes": [[float("nan")] * 10] * 5}, "prototypes are"),
        ({"prototypes": [[0.0] * 10] * 4 + [[0.0]]}, "not a usable model card"),
        ({"generator": 3}, "3 is not a file name"),
        ({"generator": "/etc/passwd"}, "'/etc/passwd' is not a file name relative"),
        ({"sha256": {}}, "“encoder.onnx” is missing"),
        ({"sha256": None}, "“sha256” is missing"),
        ({"training": 3}, "not a usable model card"),
    ],
)
def test_wrong_values_are_refused(tmp_path: Path, change: dict[str, Any], cause: str) -> None:
    values = read_values(tiny_model_folder(tmp_path)) | change
    write_card(tmp_path, {key: value for key, value in values.items() if value is not None})
    with pytest.raises(VisualizerError, match=cause) as caught:
        read_card(tmp_path)
    assert str(tmp_path) in str(caught.value)


def check_files(card: ModelCard, *, checksum: bool = True) -> None:
    for path in (card.encoder, card.generator):
        check_file(card, path, checksum=checksum)


def test_whole_files_pass(tmp_path: Path) -> None:
    check_files(read_card(tiny_model_folder(tmp_path)))


def test_shared_encoder_is_found_and_checked(installed: Path) -> None:
    card = read_card(installed / "aquarelle")
    check_files(card)
    (installed / "mvnet-256" / "encoder.onnx").write_bytes(b"other")
    with pytest.raises(VisualizerError, match="is damaged"):
        check_files(card)


@pytest.mark.parametrize("file", ["encoder.onnx", "generator.onnx"])
def test_missing_file(installed: Path, file: str) -> None:
    (installed / "mvnet-256" / file).unlink()
    with pytest.raises(
        VisualizerError, match=rf"lacks its file .*{file}.*the installed models are mvnet-256, aquarelle"
    ):
        check_files(read_card(installed / "mvnet-256"))


def test_truncated_file(tmp_path: Path) -> None:
    folder = tiny_model_folder(tmp_path)
    whole = (folder / "generator.onnx").read_bytes()
    (folder / "generator.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(VisualizerError, match=rf"generator\.onnx \({len(whole) // 2} bytes\) is damaged"):
        check_files(read_card(folder))
    check_files(read_card(folder), checksum=False)


def test_unreadable_card(tmp_path: Path) -> None:
    (tmp_path / "model.json").mkdir()
    with pytest.raises(VisualizerError, match=r"cannot be read \(|is no model folder"):
        read_card(tmp_path)
