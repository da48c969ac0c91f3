"""The table of actions: no key twice, every row reachable, the help says what the keys do."""

from __future__ import annotations

import pytest

from visualizer.show.actions import ACTIONS, MENUS, SUBMENUS, Action, help_rows, key_conflicts


def test_no_key_is_bound_twice() -> None:
    assert key_conflicts() == {}


def test_a_conflict_is_found() -> None:
    rows = (Action("one", "One", ("A", "B"), "View"), Action("two", "Two", ("b",), "View"))
    assert key_conflicts(rows) == {"b": ["one", "two"]}


def test_names_are_unique_and_texts_are_there() -> None:
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)
    assert all(action.text for action in ACTIONS)
    assert set(SUBMENUS) <= {action.name for action in ACTIONS}


def test_the_help_lists_every_key() -> None:
    listed = " ".join(keys for rows in help_rows().values() for keys, _ in rows)
    assert set(help_rows()) == set(MENUS)
    for action in ACTIONS:
        for key in (key for key in action.keys if "Media" not in key):  # a keyboard's own keys say what they do
            last = key.split("+")[-1]
            assert last in listed or last in ("Left", "Right", "Up", "Down", "Return")


def test_escape_never_quits() -> None:
    assert [action.name for action in ACTIONS if "Esc" in action.keys] == ["leave"]
    assert next(action for action in ACTIONS if action.name == "quit").keys == ("Ctrl+Q",)


def test_an_unknown_menu_is_refused() -> None:
    with pytest.raises(ValueError, match="Files"):
        Action("a", "A", (), "Files")
