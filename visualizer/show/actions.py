"""The one table of what a user can do: it makes the menus, the keys and the F1 help. No Qt here.

Keys follow music players and stage software: Space pauses, arrows seek, F is full screen, Esc
leaves full screen and never quits. Every row has a menu, so that nothing is reachable by key alone.
A user's own keys replace those of the table (see `bound`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mvnet.periods import PERIODS
from visualizer.words import later, tr

MENUS = (later("Music"), later("Picture"), later("Perform"), later("View"), later("Help"))
# Filled when they open; rows of these names mark their places.
SUBMENUS = ("inputs", "recent", "models", "scenes", "displays")
PAINT = {
    "renaissance": later("Paint renaissance"),
    "baroque": later("Paint baroque"),
    "classical": later("Paint classical"),
    "romantic": later("Paint romantic"),
    "modern": later("Paint modern"),
}
KEY_NAMES = {
    "Ctrl": later("Ctrl"),
    "Shift": later("Shift"),
    "Space": later("Space"),
    "Backspace": later("Backspace"),
    "Return": later("Enter"),
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
}
SEEK_STEP_S = 5.0
SEEK_LEAP_S = 30.0
VOLUME_STEP = 0.05
SENSITIVITY_STEP = 0.05


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
        Action(f"period_{index}", PAINT[name], (str(index + 1),), "Picture", checkable=True)
        for index, name in enumerate(PERIODS)
    )
    return (automatic, *held)


ACTIONS: tuple[Action, ...] = (
    Action("open", "Open music files…", ("Ctrl+O",), "Music"),
    Action("open_folder", "Open a folder of music…", ("Ctrl+Shift+O",), "Music"),
    Action("recent", "Recent", (), "Music"),
    Action("inputs", "Listen to", (), "Music"),
    Action("next_input", "Listen to the next input", ("D",), "Music"),
    Action("play", "Play or pause", ("Space", "Media Play", "Toggle Media Play/Pause"), "Music", group=1),
    Action("next", "Next piece", ("Ctrl+Right", "Media Next"), "Music", group=1),
    Action("previous", "Previous piece", ("Ctrl+Left", "Media Previous"), "Music", group=1),
    Action("queue", "Queue", ("Ctrl+L",), "Music", checkable=True, group=1),
    Action("forward", "Forward 5 seconds", ("Right",), "Music", group=2),
    Action("back", "Back 5 seconds", ("Left",), "Music", group=2),
    Action("leap_forward", "Forward 30 seconds", ("Shift+Right",), "Music", group=2),
    Action("leap_back", "Back 30 seconds", ("Shift+Left",), "Music", group=2),
    Action("louder", "Louder", ("Ctrl+Up",), "Music", group=3),
    Action("quieter", "Quieter", ("Ctrl+Down",), "Music", group=3),
    Action("mute", "Mute", ("M",), "Music", checkable=True, group=3),
    Action("quit", "Quit", ("Ctrl+Q",), "Music", group=4),
    *_periods(),
    Action("fill", "Fill the picture", (), "Picture", checkable=True, group=1),
    Action("fit", "Whole painting on the wall", (), "Picture", checkable=True, group=1),
    Action("mirror", "Mirrored at its sides", (), "Picture", checkable=True, group=1),
    Action("next_fit", "Next way to hang it", ("W",), "Picture", group=1),
    Action("more_sensitive", "React more to the music", ("Up",), "Picture", group=2),
    Action("less_sensitive", "React less to the music", ("Down",), "Picture", group=2),
    Action("save", "Save the painting as PNG", ("S",), "Picture", group=3),
    Action("models", "Model", (), "Picture", group=4),
    Action("next_look", "Next look", ("N",), "Perform"),
    Action("previous_look", "Previous look", ("P",), "Perform"),
    Action("last_look", "Back to the look before", ("Backspace",), "Perform"),
    Action("random_look", "Random look", ("X",), "Perform"),
    Action("lock", "Lock the look", ("L",), "Perform", checkable=True),
    Action("freeze", "Freeze the picture", ("Z",), "Perform", checkable=True, group=1),
    Action("black", "Fade to black", ("B",), "Perform", checkable=True, group=1),
    Action("tap", "Tap the tempo", ("T",), "Perform", group=2),
    Action("resync", "The bar begins now", ("Y",), "Perform", group=2),
    Action("nudge_back", "Beat a little earlier", ("[",), "Perform", group=2),
    Action("nudge_forward", "Beat a little later", ("]",), "Perform", group=2),
    Action("double_tempo", "Twice the tempo", ("Shift+]",), "Perform", group=2),
    Action("halve_tempo", "Half the tempo", ("Shift+[",), "Perform", group=2),
    Action("release_tempo", "Tempo by ear again", ("Shift+T",), "Perform", group=2),
    Action("record", "Record picture and sound", ("R",), "Perform", checkable=True, group=3),
    Action("camera", "Picture as a virtual camera", (), "Perform", checkable=True, group=3),
    Action("scenes", "Scenes", (), "Perform", group=4),
    Action("save_scene", "Save this scene…", ("Ctrl+S",), "Perform", group=4),
    Action("full_screen", "Full screen", ("F", "F11", "Alt+Return"), "View", checkable=True),
    Action("leave", "Leave full screen", ("Esc",), "View"),
    Action("output", "Output window", ("Ctrl+F",), "View", checkable=True, group=1),
    Action("displays", "Output on display", (), "View", group=1),
    Action("next_display", "Output on the next display", ("O",), "View", group=1),
    Action("desk", "Desk: knobs, meters, map", ("H",), "View", checkable=True, group=2),
    Action("plot", "Period plot", ("G",), "View", checkable=True, group=2),
    Action("overlay", "Performance figures", ("F3",), "View", checkable=True, group=2),
    Action("limited", "Limit flashes", (), "View", checkable=True, group=3),
    Action("reduced", "Reduce motion", (), "View", checkable=True, group=3),
    Action("preferences", "Settings…", ("Ctrl+,",), "View", checkable=True, group=4),
    Action("menu", "Open this menu", ("F10",), "View", group=4),
    Action("help", "Keys and help", ("F1", "?"), "Help", checkable=True),
    Action("flashing", "About flashing light", (), "Help"),
    Action("about", "About", (), "Help"),
)


def key_conflicts(actions: Sequence[Action] = ACTIONS) -> dict[str, list[str]]:
    """Keys bound more than once, with the names of their actions; empty when all is well."""
    users: dict[str, list[str]] = {}
    for action in actions:
        for key in action.keys:
            users.setdefault(key.casefold(), []).append(action.name)
    return {key: names for key, names in users.items() if len(names) > 1}


def bound(keys: Mapping[str, tuple[str, ...]], actions: Sequence[Action] = ACTIONS) -> tuple[Action, ...]:
    """The table with a user's own keys; names that no row has are passed over (an older or newer table's)."""
    return tuple(
        replace(action, keys=tuple(keys[action.name])) if action.name in keys else action for action in actions
    )


def help_rows(actions: Sequence[Action] = ACTIONS) -> dict[str, list[tuple[str, str]]]:
    """The help's content: for each menu its rows of (keys, text), for rows that have keys."""
    rows: dict[str, list[tuple[str, str]]] = {menu: [] for menu in MENUS}
    for action in actions:
        shown = [key_text(key) for key in action.keys if "Media" not in key]
        if shown:
            rows[action.menu].append((", ".join(shown), tr(action.text).rstrip("…")))
    return {menu: found for menu, found in rows.items() if found}


def key_text(key: str) -> str:
    """A key for people."""
    held, _, last = key[:-1].rpartition("+")  # the last one may itself be a plus
    return " ".join(tr(KEY_NAMES.get(part, part)) for part in (*filter(None, held.split("+")), last + key[-1:]))
