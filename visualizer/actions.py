"""The one table of what a user can do: it makes the menus, the keys and the F1 help. No Qt here.

Keys follow music players and stage software: Space pauses, arrows seek, F is full screen, Esc
leaves full screen and never quits. Every row has a menu, so that nothing is reachable by key alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from mvnet.periods import PERIODS

MENUS = ("Music", "Picture", "View", "Help")
SUBMENUS = ("inputs", "recent", "models")  # filled when they open; rows of this name mark their places
SEEK_STEP_S = 5.0
SEEK_LEAP_S = 30.0
VOLUME_STEP = 0.05


@dataclass(frozen=True)
class Action:
    """One thing a user can do.

    Attributes:
        name: what the window's code calls it; unique.
        text: the menu's words.
        keys: shortcuts in Qt's portable notation; the first is shown in the menu.
        menu: one of MENUS.
        checkable: it is on or off.
        group: rows of one group follow each other; a line parts the groups of a menu.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    menu: str
    checkable: bool = False
    group: int = 0

    def __post_init__(self) -> None:
        if self.menu not in MENUS:
            raise ValueError(f"Action {self.name} is in menu {self.menu!r}: use one of {', '.join(MENUS)}")


def _periods() -> tuple[Action, ...]:
    automatic = Action("period_auto", "Follow the music", ("0",), "Picture", checkable=True)
    held = tuple(
        Action(f"period_{index}", f"Paint {name}", (str(index + 1),), "Picture", checkable=True)
        for index, name in enumerate(PERIODS)
    )
    return (automatic, *held)


ACTIONS: tuple[Action, ...] = (
    Action("open", "Open music files…", ("Ctrl+O",), "Music"),
    Action("open_folder", "Open a folder of music…", ("Ctrl+Shift+O",), "Music"),
    Action("inputs", "Listen to", (), "Music"),
    Action("recent", "Recent", (), "Music"),
    Action("play", "Play or pause", ("Space",), "Music", group=1),
    Action("next", "Next piece", ("Ctrl+Right",), "Music", group=1),
    Action("previous", "Previous piece", ("Ctrl+Left",), "Music", group=1),
    Action("forward", "Forward 5 seconds", ("Right",), "Music", group=2),
    Action("back", "Back 5 seconds", ("Left",), "Music", group=2),
    Action("leap_forward", "Forward 30 seconds", ("Shift+Right",), "Music", group=2),
    Action("leap_back", "Back 30 seconds", ("Shift+Left",), "Music", group=2),
    Action("louder", "Louder", ("Up",), "Music", group=3),
    Action("quieter", "Quieter", ("Down",), "Music", group=3),
    Action("mute", "Mute", ("M",), "Music", checkable=True, group=3),
    Action("quit", "Quit", ("Ctrl+Q",), "Music", group=4),
    *_periods(),
    Action("whole", "Whole painting on the wall", ("W",), "Picture", checkable=True, group=1),
    Action("save", "Save the painting as PNG", ("S",), "Picture", group=1),
    Action("models", "Model", (), "Picture", group=2),
    Action("full_screen", "Full screen", ("F", "F11", "Alt+Return"), "View", checkable=True),
    Action("leave", "Leave full screen", ("Esc",), "View"),
    Action("plot", "Period plot", ("P",), "View", checkable=True, group=1),
    Action("menu", "Open this menu", ("F10",), "View", group=1),
    Action("help", "Keys and help", ("F1", "?"), "Help", checkable=True),
    Action("about", "About", (), "Help"),
)


def key_conflicts(actions: tuple[Action, ...] = ACTIONS) -> dict[str, list[str]]:
    """Keys bound more than once, with the names of their actions; empty when all is well."""
    users: dict[str, list[str]] = {}
    for action in actions:
        for key in action.keys:
            users.setdefault(key.casefold(), []).append(action.name)
    return {key: names for key, names in users.items() if len(names) > 1}


def help_rows(actions: tuple[Action, ...] = ACTIONS) -> dict[str, list[tuple[str, str]]]:
    """The help's content: for each menu its rows of (keys, text), for rows that have keys."""
    rows: dict[str, list[tuple[str, str]]] = {menu: [] for menu in MENUS}
    for action in actions:
        if action.keys:
            rows[action.menu].append((", ".join(_spoken(key) for key in action.keys), action.text.rstrip("…")))
    return {menu: found for menu, found in rows.items() if found}


def _spoken(key: str) -> str:
    names = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter"}
    return " ".join(names.get(part, part) for part in key.split("+"))
