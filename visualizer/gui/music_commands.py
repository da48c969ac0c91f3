"""What the window does with music: files, queue, inputs, volume. GUI thread; the session does the work.

One part of the window, beside picture_commands and screens: it offers commands for the table of
actions, and fills the menus that list music and inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QMimeData, Qt
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from visualizer.files.pieces import Piece, bundled_pieces
from visualizer.files.playlist import MUSIC
from visualizer.files.playlist_files import LISTS
from visualizer.gui.menus import fill_choices, fill_inputs, recent_choices
from visualizer.gui.preferences import Preferences
from visualizer.gui.settings import QUEUE_KEPT
from visualizer.show.actions import SEEK_LEAP_S, SEEK_STEP_S, VOLUME_STEP
from visualizer.show.events import State
from visualizer.words import tr

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from visualizer.show.events import Opened, Status
    from visualizer.show.session import Session


class MusicCommands:
    """Music and inputs, as commands.

    Args:
        session: what plays.
        preferences: volume, recent files, what was heard last.
        window: parent of the dialogs.
        show_volume: called with the volume that sounds, 0 to 1.
    """

    def __init__(
        self, session: Session, preferences: Preferences, window: QWidget, show_volume: Callable[[float], None]
    ) -> None:
        self.inputs: tuple[Any, ...] | None = None  # as last found; None when nobody has looked yet
        self._session = session
        self._preferences = preferences
        self._window = window
        self._show_volume = show_volume
        self._kept: tuple[Path, ...] = ()  # the queue as it was noted last

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions of these names do."""
        session = self._session
        return {
            "open": lambda: self.choose_files(folder=False),
            "open_folder": lambda: self.choose_files(folder=True),
            "next_input": self.next_input,
            "play": session.toggle,
            "next": lambda: session.step(1),
            "previous": lambda: session.step(-1),
            "forward": lambda: session.seek_by(SEEK_STEP_S),
            "back": lambda: session.seek_by(-SEEK_STEP_S),
            "leap_forward": lambda: session.seek_by(SEEK_LEAP_S),
            "leap_back": lambda: session.seek_by(-SEEK_LEAP_S),
            "louder": lambda: self.turn_volume(VOLUME_STEP),
            "quieter": lambda: self.turn_volume(-VOLUME_STEP),
            "mute": lambda: self.set_muted(not self._preferences.settings.muted),
        }

    # ---- files

    def open(self, paths: Iterable[Path]) -> None:
        """Play files, folders and playlists."""
        self._session.open(paths)

    def play_piece(self, piece: Piece) -> None:
        """Play a bundled piece, and those after it."""
        pieces = [other.path for other in bundled_pieces()]
        at = pieces.index(piece.path)
        self.open(pieces[at:] + pieces[:at])

    def choose_files(self, *, folder: bool) -> None:
        """Ask for music."""
        dialog = QFileDialog(self._window, tr("Open a folder of music") if folder else tr("Open music files"))
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFiles)
        if not folder:
            endings = " ".join(f"*{ending}" for ending in (*MUSIC, *LISTS))
            dialog.setNameFilters([tr("Music ({endings})", endings=endings), tr("All files (*)")])
        recent = self._preferences.settings.recent
        if recent:
            dialog.setDirectory(str(Path(recent[0]).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.open(map(Path, names)))
        dialog.open()

    def opened(self, event: Opened) -> None:
        """A file or an input is open: remember it."""
        preferences = self._preferences
        if event.path is None:
            preferences.change(input_name=event.input, listening=True)
        else:
            preferences.change(
                recent=preferences.settings.with_recent(str(event.path)), listening=False, position_s=0.0
            )
            self._remember_queue()

    def remember_place(self, status: Status) -> None:
        """Note where the music is, so that a start after a power cut goes on there."""
        if status.live or status.path is None:
            return
        ended = status.state is State.ENDED
        place = 0.0 if ended else max(0.0, float(int(status.position_s)))
        self._preferences.note(position_s=place, playing=status.state is State.PLAYING)
        if self._session.queue()[0] is not self._kept:
            self._remember_queue()

    def _remember_queue(self) -> None:
        """Note the pieces; of very many, those around the one that plays."""
        self._kept, at = self._session.queue()
        first = max(0, min(at - QUEUE_KEPT // 2, len(self._kept) - QUEUE_KEPT))
        kept = tuple(str(path.absolute()) for path in self._kept[first : first + QUEUE_KEPT])
        self._preferences.note(queue=kept, piece=at - first)

    # ---- inputs

    def listen(self, name: str) -> None:
        """Listen to an input by name; empty for the default."""
        self._session.listen(name)

    def next_input(self) -> None:
        """Listen to the input after the present one; the first time, look what there is."""
        if not self.inputs:
            self._session.find_inputs()
            self.listen("")
            return
        names = [one.name for one in self.inputs]
        status = self._session.status()
        at = names.index(status.input) if status.input in names else -1
        self.listen(self.inputs[(at + 1) % len(names)].key)

    def fill_inputs(self, menu: QMenu, files: QAction) -> None:
        """List what can be heard in a menu."""
        fill_inputs(menu, files, self.inputs, self._session.status().input, self.listen)

    def fill_recent(self, menu: QMenu) -> None:
        """List what was opened lately."""
        choices = recent_choices(self._preferences.settings.recent)
        fill_choices(menu, choices, None, lambda path: self.open([path]))

    # ---- volume

    def set_volume(self, volume: float) -> None:
        """0 to 1; what is beyond is cut. Unmutes."""
        self._preferences.change(volume=min(1.0, max(0.0, volume)), muted=False)
        self.apply_volume()

    def turn_volume(self, step: float) -> None:
        """Louder, or quieter when negative."""
        self.set_volume(round(self._preferences.settings.volume + step, 3))

    def set_muted(self, muted: bool) -> None:
        """Switch the sound off, whatever the volume."""
        self._preferences.change(muted=muted)
        self.apply_volume()

    def apply_volume(self) -> None:
        """Play as loud as the settings say."""
        settings = self._preferences.settings
        volume = 0.0 if settings.muted else settings.volume
        self._session.set_volume(volume)
        self._show_volume(volume)


def dropped(mime: QMimeData | None) -> list[Path]:
    """Local files and folders among what is dropped."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime is not None else []
