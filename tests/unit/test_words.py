"""Translations: every text of the code is there, whole, with the same places for values."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from tests.fakes import tiny_model_folder
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile
from visualizer.painting.models import load_model
from visualizer.show.actions import help_rows, key_text
from visualizer.words import languages, load_words, number, period_name, read_translation, spoken, tr, translation_file

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [language for language in languages() if language != "en"]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    load_words("en")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "script" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def places(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None}


def test_there_is_german() -> None:
    assert "de" in TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_left_over(language: str, script: ModuleType) -> None:
    translated, wanted = read_translation(translation_file(language)), set(script.texts())
    assert len(wanted) > 200
    assert not wanted - set(translated), "run script/translations.py and translate what it names"
    assert not set(translated) - wanted, "run script/translations.py"


@pytest.mark.parametrize("language", TRANSLATED)
def test_values_have_the_same_places(language: str) -> None:
    for source, translation in read_translation(translation_file(language)).items():
        assert places(source) == places(translation), source
        assert source.endswith("…") == translation.endswith("…"), source


def test_what_is_not_finished_stays_english(tmp_path: Path) -> None:
    root = ElementTree.fromstring(
        "<TS><context><message><source>One</source><translation type='unfinished'>Eins</translation></message>"
        "<message><source>Two</source><translation>Zwei</translation></message></context></TS>"
    )
    path = tmp_path / "visualizer_de.ts"
    ElementTree.ElementTree(root).write(path)
    assert read_translation(path) == {"Two": "Zwei"}


@pytest.mark.parametrize("language", ["de", "de_AT", "DE"])
def test_german_is_spoken(language: str) -> None:
    assert load_words(language)
    assert tr("Settings") == "Einstellungen"
    assert tr("{ms} ms later", ms=20) == "20 ms später"
    assert period_name("classical") == "Klassik"
    assert key_text("Ctrl+Space") == "Strg Leertaste"
    assert ("M", "Stumm") in help_rows()["Music"]


def test_numbers_are_written_as_the_language_does() -> None:
    assert (number(0.5, ".0%"), tr("{ms:.1f} ms", ms=7.25), tr("{lost} samples", lost=1.5)) == (
        "50%",
        "7.2 ms",
        "1.5 samples",
    )
    load_words("de")
    assert (number(0.5, ".0%"), number(1234.5, "+.1f")) == ("50\N{NO-BREAK SPACE}%", "+1234,5")
    assert tr("{ms:.1f} ms", ms=7.25) == "7,2 ms"
    assert tr("{seconds:.1f} s of {name:s}", seconds=0.5, name="a.b 5%") == "0,5 s of a.b 5%"


def test_where_the_model_runs_and_what_is_wrong_with_it_is_said_in_german(tmp_path: Path) -> None:
    load_words("de")
    assert load_model(tiny_model_folder(tmp_path), provider="cpu").provider_reason == "der Prozessor ist so gewählt"
    (tmp_path / "generator.onnx").unlink()
    with pytest.raises(
        VisualizerError, match=r"fehlt die Datei .*generator\.onnx: Bitte den ganzen Ordner neu kopieren"
    ):
        load_model(tmp_path)


def test_what_went_wrong_is_said_in_german(tmp_path: Path) -> None:
    assert load_words("de_AT")
    assert spoken() == "de_AT"
    with pytest.raises(VisualizerError, match=r"song\.wav gibt es nicht: Bitte den Namen prüfen"):
        AudioFile(tmp_path / "song.wav")


@pytest.mark.parametrize("language", ["en", "en_GB", "tlh", "C"])
def test_else_it_is_english(language: str) -> None:
    load_words("de")
    assert load_words(language) == language.startswith("en")
    assert (tr("Settings"), spoken()) == ("Settings", "en")
    assert period_name("baroque") == "Baroque"


def test_a_text_without_values_may_have_braces() -> None:
    assert tr("{like this}") == "{like this}"
