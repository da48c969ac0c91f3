"""Makes Qt's actions and menus from the one table of `visualizer.show.actions`. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu, QWidget

from visualizer.picture.hanging import FITS
from visualizer.show.actions import ACTIONS, MENUS, SUBMENUS, Action
from visualizer.show.parts import Input
from visualizer.words import later, tr

KINDS = (
    ("monitor", later("What this computer plays")),
    ("microphone", later("Microphones")),
    ("line", later("Line inputs")),
)


def make_actions(
    window: QWidget, commands: Mapping[str, Callable[[], object]], rows: Sequence[Action] = ACTIONS
) -> dict[str, QAction]:
    """All actions of the table, added to the window so that their keys work wherever the focus is.

    Args:
        commands: what each one does, by name; every row but the submenus needs one.
        rows: the table, perhaps with a user's own keys.
    """
    actions = {}
    periods, fits = QActionGroup(window), QActionGroup(window)
    for row in rows:
        if row.name in SUBMENUS:
            continue
        action = QAction(tr(row.text), window)
        action.setObjectName(row.name)
        action.setCheckable(row.checkable)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        command = commands[row.name]
        action.triggered.connect(lambda checked=False, command=command: command())
        if row.name.startswith("period_"):
            periods.addAction(action)
        if row.name in FITS:
            fits.addAction(action)
        window.addAction(action)
        actions[row.name] = action
    return actions


def make_menu(parent: QWidget, actions: Mapping[str, QAction], submenus: Mapping[str, QMenu]) -> QMenu:
    """The whole menu: one submenu for each of the table's menus."""
    whole = QMenu(parent)
    for title in MENUS:
        menu = QMenu(tr(title), whole)
        group = 0
        for row in (row for row in ACTIONS if row.menu == title):
            if row.group != group:
                menu.addSeparator()
                group = row.group
            if row.name in SUBMENUS:
                submenus[row.name].setTitle(tr(row.text))
                menu.addMenu(submenus[row.name])
            else:
                menu.addAction(actions[row.name])
        whole.addMenu(menu)
    return whole


def fill_inputs(
    menu: QMenu, files: QAction, inputs: Sequence[Input] | None, current: str, choose: Callable[[str], None]
) -> None:
    """List what can be heard.

    Args:
        files: the action that opens music files.
        inputs: as last found; None when nobody has looked yet.
        current: name of the input that is listened to; empty for files.
    """
    menu.clear()
    group = QActionGroup(menu)
    files_row = QAction(tr("Music files…"), menu)
    files_row.setCheckable(True)
    files_row.setChecked(not current)
    files_row.triggered.connect(files.trigger)
    group.addAction(files_row)
    menu.addAction(files_row)
    if not inputs:
        _note(menu, tr("Looking for inputs…") if inputs is None else tr("No sound inputs were found"))
        return
    for kind, heading in KINDS:
        found = [one for one in inputs if one.kind == kind]
        if found:
            menu.addSeparator()
            _note(menu, tr(heading))
        for one in found:
            name = one.name.replace("&", "&&")  # one alone would mark a key
            row = QAction(tr("{name}  (default)", name=name) if one.default else name, menu)
            row.setCheckable(True)
            row.setChecked(one.name == current)
            row.triggered.connect(lambda checked=False, key=one.key: choose(key))
            group.addAction(row)
            menu.addAction(row)


def fill_choices(menu: QMenu, choices: Sequence[tuple[str, Any]], current: Any, choose: Callable[[Any], None]) -> None:
    """List choices of (text, value), the current one checked; says so when there are none."""
    menu.clear()
    for text, value in choices:
        row = QAction(text, menu)
        row.setCheckable(current is not None)
        row.setChecked(value == current)
        row.triggered.connect(lambda checked=False, value=value: choose(value))
        menu.addAction(row)
    if not choices:
        _note(menu, tr("None yet"))


def recent_choices(recent: Sequence[str]) -> list[tuple[str, Path]]:
    """Recent files as menu texts; an ampersand would mark a key."""
    return [(Path(path).name.replace("&", "&&"), Path(path)) for path in recent]


def _note(menu: QMenu, text: str) -> None:
    note = QAction(text, menu)
    note.setEnabled(False)
    menu.addAction(note)
