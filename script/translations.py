"""Keeps resources/translations in step with the texts in the code: `python script/translations.py [LANGUAGE...]`.

Collects every text that goes through visualizer.words and writes it into each visualizer_LANGUAGE.ts, keeping what is
translated; texts that are gone are dropped, new ones are marked as unfinished and listed. Translate them in Qt
Linguist or in an editor.
"""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from visualizer.words import languages, translation_file

ROOT = Path(__file__).resolve().parent.parent
CALLS = {"tr": 0, "later": 0, "Action": 1}  # functions whose argument of this number is a text


def texts() -> dict[str, str]:
    """Every text to translate, with the file that it is in first."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "visualizer").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
                continue
            place = CALLS[node.func.id]
            if len(node.args) > place:
                for text in _literals(node.args[place]):
                    found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found


def _literals(node: ast.expr) -> list[str]:
    """A text, or the two of a choice between texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return []


def update(language: str) -> list[str]:
    """Write a language's file anew; returns the texts that are not translated yet."""
    path = translation_file(language)
    done = {}
    if path.is_file():
        for message in ElementTree.parse(path).iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None:
                done[message.findtext("source", "")] = translation.text or ""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = "visualizer"
    missing = []
    for text, place in texts().items():
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "location", filename=f"../../{place}")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        if done.get(text):
            translation.text = done[text]
        else:
            translation.set("type", "unfinished")
            missing.append(text)
    ElementTree.indent(root, "    ")
    body = ElementTree.tostring(root, encoding="unicode")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")
    return missing


def main() -> int:
    """Update the languages named, or all; 1 when a text is not translated."""
    missing = 0
    for language in sys.argv[1:] or [one for one in languages() if one != "en"]:
        for text in update(language):
            missing += 1
            print(f"{language}: not translated: {text!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
