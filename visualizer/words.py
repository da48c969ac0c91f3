"""Every word that a person reads in the window goes through here, so that it can be said in another language. No Qt.

Texts are written in English where they are used, `tr("Play {title}", title=...)`; tables that exist before the language
is known mark theirs with `later` and translate them when they are shown. The translations are Qt Linguist's files,
resources/translations/visualizer_LANGUAGE.ts, read once at the start; script/translations.py keeps them in step.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from string import Formatter
from typing import Any

from visualizer.paths import resources_dir

_table: dict[str, str] = {}
_spoken = "en"


def later(text: str) -> str:
    """A text that is translated when it is shown, with `tr`."""
    return text


PERIOD_NAMES = {
    "renaissance": later("Renaissance"),
    "baroque": later("Baroque"),
    "classical": later("Classical"),
    "romantic": later("Romantic"),
    "modern": later("Modern"),
}


HALF = later("0.5")  # as the language writes it: its second sign is the decimal mark
PERCENT = later("5%")  # what follows the number is the percent sign


class Numbers(Formatter):
    """Writes numbers with the language's decimal mark and percent sign."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """One value; texts stay as they are."""
        found = str(super().format_field(value, format_spec))
        if isinstance(value, str) or not format_spec:
            return found
        return found.replace(".", tr(HALF)[1]).replace("%", tr(PERCENT)[1:])


_numbers = Numbers()


def tr(text: str, **values: Any) -> str:
    """A text in the language of the window, with values in the places of `{names}`.

    Numbers with a format, as in `{seconds:.1f}` or `{share:.0%}`, are written as the language does.
    """
    found = _table.get(text, text)
    return _numbers.format(found, **values) if values else found


def number(value: float, form: str) -> str:
    """A number as the language writes it; `form` as in format(), such as ".1f" or ".0%"."""
    return _numbers.format_field(value, form)


def period_name(period: str) -> str:
    """A period as a title."""
    return tr(PERIOD_NAMES.get(period, period.capitalize()))


def translation_file(language: str) -> Path:
    """Where a language's translation is, whether it is there or not; `language` as in de or de_AT."""
    return resources_dir() / "translations" / f"visualizer_{language.split('_')[0].lower()}.ts"


def languages() -> tuple[str, ...]:
    """The languages there are, by their codes."""
    found = (resources_dir() / "translations").glob("visualizer_*.ts")
    return ("en", *sorted(path.stem.removeprefix("visualizer_") for path in found))


def load_words(language: str) -> bool:
    """Speak a language from now on, as in de or de_AT; returns whether there is a translation. Else English it is."""
    global _spoken
    _table.clear()
    _spoken = "en"
    path = translation_file(language)
    if not path.is_file():
        return language.split("_")[0].lower() == "en"
    _table.update(read_translation(path))
    _spoken = language
    return True


def spoken() -> str:
    """The language of now, so that another process can speak it too."""
    return _spoken


def read_translation(path: Path) -> dict[str, str]:
    """The finished translations of one of Qt Linguist's files, by their English text."""
    found = {}
    for message in ElementTree.parse(path).iter("message"):
        source, translation = message.findtext("source"), message.find("translation")
        if source and translation is not None and translation.text and translation.get("type") is None:
            found[source] = translation.text
    return found
