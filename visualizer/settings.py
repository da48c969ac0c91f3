"""What the app remembers between starts: a frozen dataclass and an INI file in the system's usual place.

Read before the window exists, written by the GUI thread when something changed and at the end (a
few hundred bytes). A file that cannot be understood is set aside, never fatal.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSettings, QStandardPaths

from visualizer.errors import VisualizerError

FORMAT = 1
RECENT_KEPT = 12
APPEARANCES = ("system", "dark", "light")
NAME = "mvnet-visualizer"


@dataclass(frozen=True)
class Settings:
    """What is remembered.

    Attributes:
        volume: 0 to 1; muted: the sound is off whatever the volume.
        input_name: the sound input last listened to.
        model: name of the model last painted with; empty for the default.
        plot: the period plot is shown.
        whole: the whole painting hangs on the wall, instead of filling the window.
        appearance: one of APPEARANCES.
        geometry: the window's place, Qt's own bytes as hexadecimal digits.
        recent: paths of files opened lately, newest first.
    """

    volume: float = 0.8
    muted: bool = False
    input_name: str = ""
    model: str = ""
    plot: bool = True
    whole: bool = False
    appearance: str = "system"
    geometry: str = ""
    recent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.volume) and 0 <= self.volume <= 1):
            raise ValueError(f"volume is {self.volume}: it must be from 0 to 1")
        if self.appearance not in APPEARANCES:
            raise ValueError(f"appearance is {self.appearance!r}: use one of {', '.join(APPEARANCES)}")
        if len(self.recent) > RECENT_KEPT:
            raise ValueError(f"{len(self.recent)} recent files: at most {RECENT_KEPT} are kept")
        bytes.fromhex(self.geometry)

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
            self.warning = f"The settings were damaged ({error}): the app starts with fresh ones, {kept}."
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
                f"{self.path.parent} cannot be made ({error.strerror}): "
                "the settings are not kept; check its permissions."
            ) from None
        store = self._store()
        store.setValue("format", FORMAT)
        for field in fields(Settings):
            store.setValue(field.name, _written(getattr(settings, field.name)))
        store.sync()
        if store.status() != QSettings.Status.NoError:
            raise VisualizerError(f"{self.path} cannot be written: the settings are not kept; check its permissions.")

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
            field.name: _read_value(store.value(field.name), getattr(defaults, field.name))
            for field in fields(Settings)
            if store.contains(field.name)
        }
        return Settings(**found)

    def _set_aside(self) -> str:
        """Rename the damaged file; says where it went."""
        kept = self.path.with_suffix(".damaged.ini")
        try:
            self.path.replace(kept)
        except OSError:
            return "and the old file could not be moved"
        return f"and the old file is {kept}"


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        # Qt writes an empty list and a list of one in ways that read back as something else.
        return json.dumps(value)
    return repr(value) if isinstance(value, float) else value


def _read_value(value: Any, default: Any) -> Any:
    if isinstance(default, bool):
        if str(value).lower() not in ("true", "false"):
            raise ValueError(f"{value!r} is neither true nor false")
        return str(value).lower() == "true"
    if isinstance(default, float):
        return float(value)
    if isinstance(default, tuple):
        parts = json.loads(_text(value))
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise ValueError(f"{value!r} is not a list of texts")
        return tuple(parts)
    return _text(value)


def _text(value: Any) -> str:
    # An unquoted comma in an INI file makes Qt return a list.
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
