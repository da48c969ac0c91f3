"""What the session tells the window: its status, and events. Plain values that may cross threads. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from visualizer.files.tags import Tags
    from visualizer.painting.survey import Survey


class State(Enum):
    """What the session is doing."""

    EMPTY = "empty"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Status:
    """What the window shows of the session, read at any time.

    Attributes:
        state: what it is doing.
        live: it listens to an input, not to a file.
        title: of the piece, or the input's name.
        path: of the file.
        position_s, duration_s: of the file; 0 when unknown.
        first, last: there is no piece before, no piece after.
        input: name of the input that is heard, as it is listed, or that is waited for in silence; empty for files.
    """

    state: State = State.EMPTY
    live: bool = False
    title: str = ""
    path: Path | None = None
    position_s: float = 0.0
    duration_s: float = 0.0
    first: bool = True
    last: bool = True
    input: str = ""


@dataclass(frozen=True)
class Failed:
    """Something did not work; the text says what to do."""

    text: str


@dataclass(frozen=True)
class Said:
    """Something worth knowing happened."""

    text: str


@dataclass(frozen=True)
class Opened:
    """A file or an input is open.

    Attributes:
        title: of the piece, or the input's name.
        path: of the file; None for an input.
        input: key of the input that was chosen, there or not; empty for whatever is the default one.
    """

    title: str
    path: Path | None
    input: str = ""


@dataclass(frozen=True)
class QueueChanged:
    """Pieces were added, moved or taken out."""


@dataclass(frozen=True)
class InputsFound:
    """The inputs there are now."""

    inputs: tuple[Any, ...]


@dataclass(frozen=True)
class ModelLoaded:
    """Another model paints.

    Attributes:
        name: as it was asked for, empty for the default one; None where that could not be loaded and another paints.
    """

    name: str | None


@dataclass(frozen=True)
class Surveyed:
    """More of the piece is known, or all of it; a visualizer.painting.survey.Survey."""

    survey: Survey


@dataclass(frozen=True)
class TagsRead:
    """The tags of more files are known."""


@dataclass(frozen=True)
class Covered:
    """What the piece that is heard says about itself.

    Attributes:
        path: of the piece.
        tags: its words.
        cover: uint8 [h, w, 3], or None.
    """

    path: Path
    tags: Tags
    cover: np.ndarray | None


Event = Failed | Said | Opened | InputsFound | ModelLoaded | Surveyed | TagsRead | Covered | QueueChanged
