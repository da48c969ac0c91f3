"""What the app remembers between starts: a frozen dataclass and an INI file in the system's usual place.

Read before the window exists, written by the session's worker thread when something changed and by the
GUI thread at the end (a few kilobytes, replaced whole). A file that cannot be understood is set aside,
never fatal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSettings, QStandardPaths

from visualizer.errors import VisualizerError
from visualizer.painting.knobs import Knobs
from visualizer.picture.hanging import FITS, Fit
from visualizer.words import tr

FORMAT = 1
RECENT_KEPT = 12
QUEUE_KEPT = 1000
APPEARANCES = ("system", "dark", "light")
MOTIONS = ("system", "full", "reduced")
NAME = "mvnet-visualizer"
SHARES = ("volume", "wildness", "speed", "sensitivity", "smoothing")
TRANSITIONS_S = (0.2, 30.0)
LARGEST_OFFSET_MS = 500
PERIOD_COUNT = 5


@dataclass(frozen=True)
class Settings:
    """What is remembered.

    Attributes:
        volume: 0 to 1; muted: the sound is off whatever the volume.
        input_name: key of the sound input last listened to; empty for whatever is the default one.
        model: name of the model last painted with; empty for the default.
        plot: the period plot is shown.
        desk: the desk beside the painting is shown.
        fit: one of FITS: the painting fills the picture, hangs whole on the wall, or is mirrored at its sides.
        limited: the flash limiter is on.
        motion: one of MOTIONS; "system" does as the desktop asks.
        wildness, speed, sensitivity, smoothing: see visualizer.painting.knobs.
        period: index of the period that is held, -1 when the music decides.
        transition_s: seconds in which one look becomes the next.
        quantised: changes wait for the next bar.
        offsets: milliseconds that the picture comes later (or earlier, below 0), by name of the device.
        display: name of the screen that the output window fills; empty for none chosen.
        output: the output window is open.
        queue, piece, position_s: what plays, which of it, and where; listening: an input is heard instead.
        playing: the music plays; else it waits.
        left: the app was left in order; else it was ended in the middle and goes on where it was.
        awake: the display is kept awake while music plays.
        warned: the word about flashing light was shown.
        keys: other keys for actions, by name.
        appearance: one of APPEARANCES.
        geometry: the window's place, Qt's own bytes as hexadecimal digits.
        recent: paths of files opened lately, newest first.
    """

    volume: float = 0.8
    muted: bool = False
    input_name: str = ""
    model: str = ""
    plot: bool = True
    desk: bool = False
    fit: Fit = "fill"
    limited: bool = True
    motion: str = "system"
    wildness: float = 0.5
    speed: float = 0.5
    sensitivity: float = 0.5
    smoothing: float = 0.5
    period: int = -1
    transition_s: float = 2.0
    quantised: bool = True
    offsets: Mapping[str, int] = field(default_factory=dict)
    display: str = ""
    output: bool = False
    queue: tuple[str, ...] = ()
    piece: int = 0
    position_s: float = 0.0
    listening: bool = False
    playing: bool = True
    left: bool = True
    awake: bool = True
    warned: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    appearance: str = "system"
    geometry: str = ""
    recent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in SHARES:
            _check_range(name, getattr(self, name), 0, 1)
        _check_range("transition_s", self.transition_s, *TRANSITIONS_S)
        _check_range("period", self.period, -1, PERIOD_COUNT - 1)
        _check_range("piece", self.piece, 0, max(0, len(self.queue) - 1))
        _check_range("position_s", self.position_s, 0, 1e7)
        for name, choices in (("appearance", APPEARANCES), ("fit", FITS), ("motion", MOTIONS)):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}: use one of {', '.join(choices)}")
        for device, offset in self.offsets.items():
            _check_range(f"the offset of {device!r}", offset, -LARGEST_OFFSET_MS, LARGEST_OFFSET_MS)
        if not all(isinstance(keys, tuple) for keys in self.keys.values()):
            raise ValueError("the keys of an action are not a list of texts")
        if len(self.recent) > RECENT_KEPT:
            raise ValueError(f"{len(self.recent)} recent files: at most {RECENT_KEPT} are kept")
        if len(self.queue) > QUEUE_KEPT:
            raise ValueError(f"{len(self.queue)} pieces in the queue: at most {QUEUE_KEPT} are kept")
        bytes.fromhex(self.geometry)

    @property
    def knobs(self) -> Knobs:
        """How much, how fast and how smoothly the picture moves."""
        return Knobs(self.wildness, self.speed, self.sensitivity, self.smoothing)

    def with_recent(self, path: str) -> tuple[str, ...]:
        """The recent files after opening one more."""
        return (path, *(old for old in self.recent if old != path))[:RECENT_KEPT]


def settings_folder() -> Path:
    """The usual folder for this app's settings and log on this system."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(place) / NAME


class SettingsFile:
    """The settings on disk.

    Args:
        path: the INI file; it and its folder are made on the first save.

    Attributes:
        warning: one sentence when the last load found a damaged file, else empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning = ""

    def load(self) -> Settings:
        """What was saved; defaults when nothing was, or when the file is damaged (which is set aside)."""
        if not self.path.exists():
            return Settings()
        try:
            return self._read()
        except (ValueError, TypeError, OSError) as error:
            kept = self._set_aside()
            said = tr(
                "The settings were damaged ({error}): the app starts with fresh ones, {kept}.", error=error, kept=kept
            )
            self.warning = said
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write the settings.

        Raises:
            VisualizerError: the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VisualizerError(
                tr(
                    "{folder} cannot be made ({cause}): the settings are not kept; check its permissions.",
                    folder=self.path.parent,
                    cause=error.strerror,
                )
            ) from None
        store = self._store()
        store.setValue("format", FORMAT)
        for item in fields(Settings):
            store.setValue(item.name, _written(getattr(settings, item.name)))
        store.sync()
        if store.status() != QSettings.Status.NoError:
            raise VisualizerError(
                tr("{path} cannot be written: the settings are not kept; check its permissions.", path=self.path)
            )

    def reset(self) -> str:
        """Begin with fresh settings; the old file is kept beside. Returns where, as a clause."""
        return self._set_aside() if self.path.exists() else tr("nothing was kept before")

    def _store(self) -> QSettings:
        return QSettings(str(self.path), QSettings.Format.IniFormat)

    def _read(self) -> Settings:
        store = self._store()
        store.sync()
        if store.status() != QSettings.Status.NoError:
            raise ValueError("not an INI file")
        if str(store.value("format")) != str(FORMAT):
            raise ValueError(f"format {store.value('format')!r} instead of {FORMAT}")
        defaults = Settings()
        found = {
            item.name: _read_value(store.value(item.name), getattr(defaults, item.name))
            for item in fields(Settings)
            if store.contains(item.name)
        }
        return Settings(**found)

    def _set_aside(self) -> str:
        """Rename the file; says where it went."""
        kept = self.path.with_suffix(".damaged.ini")
        try:
            self.path.replace(kept)
        except OSError:
            return tr("and the old file could not be moved")
        return tr("and the old file is {path}", path=kept)


class UnkeptSettings(SettingsFile):
    """Fresh settings for one run: neither what was kept before nor what is changed now counts."""

    def load(self) -> Settings:
        """Fresh ones."""
        return Settings()

    def save(self, settings: Settings) -> None:
        """Nothing is kept."""


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} is {value}: it must be from {low:g} to {high:g}")


def _written(value: Any) -> Any:
    if isinstance(value, tuple | Mapping):
        # Qt writes an empty list and a list of one in ways that read back as something else.
        return json.dumps(value)
    return repr(value) if isinstance(value, float) else value


def _read_value(value: Any, default: Any) -> Any:
    if isinstance(default, bool):
        if str(value).lower() not in ("true", "false"):
            raise ValueError(f"{value!r} is neither true nor false")
        return str(value).lower() == "true"
    if isinstance(default, int):
        return int(_text(value))
    if isinstance(default, float):
        return float(value)
    if isinstance(default, tuple):
        return _texts(json.loads(_text(value)))
    if isinstance(default, Mapping):
        return _mapping(json.loads(_text(value)))
    return _text(value)


def _texts(parts: Any) -> tuple[str, ...]:
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{parts!r} is not a list of texts")
    return tuple(parts)


def _mapping(found: Any) -> dict[str, Any]:
    """Names to whole numbers, or to lists of texts."""
    if not isinstance(found, dict):
        raise ValueError(f"{found!r} does not give values by name")
    values = {name: value if type(value) is int else _texts(value) for name, value in found.items()}
    if len({type(value) for value in values.values()}) > 1:
        raise ValueError(f"{found!r} mixes numbers and texts")
    return values


def _text(value: Any) -> str:
    # An unquoted comma in an INI file makes Qt return a list.
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
