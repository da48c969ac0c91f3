"""The show as commands: pictures and recordings of it, scenes, the display kept awake. GUI thread.

One part of the window, beside music_commands, picture_commands and screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QStandardPaths, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QGuiApplication, QImage
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from mvnet.periods import PERIODS
from visualizer.gui.broadcast import Broadcast
from visualizer.gui.menus import fill_choices
from visualizer.gui.recordings import FOLDER, Recordings
from visualizer.picture.picture_file import painting_facts, save_painting
from visualizer.show.awake import Awake, keep_presenting
from visualizer.show.events import State, Status
from visualizer.show.scenes import AUTO, ENDING, SavedScene, is_scene, read_scene, saved_scenes, write_scene
from visualizer.words import tr

if TYPE_CHECKING:
    from visualizer.gui.pictures import Pictures
    from visualizer.gui.preferences import Preferences
    from visualizer.gui.stage import Stage
    from visualizer.painting.engine import Painting
    from visualizer.show.session import Session


class Shows(QObject):
    """Saved paintings, recordings, scenes and the display's sleep.

    Args:
        window: parent of the dialogs.
        session: what plays and paints.
        preferences: what a scene holds; the scenes lie beside its file.
        pictures: how the picture is shown.
        seed: that the looks grow from.
        say: shows a sentence; the second argument marks it as an alarm.

    Attributes:
        seed: that the looks grow from now.
    """

    changed = pyqtSignal()  # whether it is recorded, whether a camera shows it
    chosen = pyqtSignal()  # a scene, which should be seen even while the music stands
    _read = pyqtSignal(object)  # from the session's thread: a SavedScene
    _written = pyqtSignal(str, object)  # from the session's thread: a picture's path, and itself as a QImage

    def __init__(
        self,
        window: QWidget,
        session: Session,
        preferences: Preferences,
        pictures: Pictures,
        seed: int,
        say: Callable[[str, bool], None],
    ) -> None:
        super().__init__()
        self.seed = seed
        self._window, self._session, self._preferences, self._pictures = window, session, preferences, pictures
        self._say = say
        self._painting: Callable[[], Painting | None] = lambda: None
        self._recordings: Recordings | None = None
        self.awake = Awake(keep_presenting)
        self.broadcast = Broadcast(session, pictures, say)
        self.broadcast.changed.connect(self.changed)
        self._read.connect(self.apply)
        self._written.connect(self._copy)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions of these names do."""
        return {
            "save": self.save_painting,
            "record": self.record,
            "save_scene": self.ask_name,
            "camera": self.broadcast.toggle,
        }

    def states(self) -> dict[str, bool]:
        """Which of the checkable actions are on."""
        recording = self._recordings is not None and self._recordings.recording
        return {"record": recording, "camera": self.broadcast.on}

    def join(self, stage: Stage, canvas: QWidget, painting: Callable[[], Painting | None]) -> None:
        """Take the place of the recording's mark, and who knows the painting that is shown."""
        self._painting = painting
        self._recordings = Recordings(self._session, self._pictures, stage, canvas, self._say)
        self._recordings.changed.connect(self.changed)

    def follow(self, status: Status) -> None:
        """See what goes on, several times a second."""
        self.awake.follow(status.state is State.PLAYING, self._preferences.settings.awake)

    def close(self) -> bool:
        """The app ends: a recording is finished, the display may sleep; False when a thread is busy still."""
        finished = self._recordings is None or self._recordings.close()
        finished = self.broadcast.close() and finished
        return self.awake.close() and finished

    def record(self) -> None:
        """Record, or end the recording."""
        if self._recordings is not None:
            self._recordings.toggle()

    def save_painting(self) -> None:
        """Write the painting that is shown into the pictures folder, and copy it to the clipboard."""
        painting, session = self._painting(), self._session
        if painting is None:
            self._say(tr("There is no painting to save yet: play some music first."), False)
            return
        model = session.model.card.name if session.model is not None else ""
        facts = painting_facts(painting, model=model, seed=self.seed, sound=session.status().title)
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)

        def write() -> None:
            path = str(save_painting(painting, Path(pictures) / FOLDER, facts))
            self._written.emit(path, QImage(path))

        session.run(write)

    def _copy(self, path: str, picture: QImage) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setImage(picture)
        self._say(tr("Painting saved: {path}", path=path), False)

    # ---- scenes

    @property
    def folder(self) -> Path:
        """Where scenes are kept."""
        return self._preferences.file.path.parent / "scenes"

    def ask_name(self) -> None:
        """Ask how to call the scene that is shown, and save it."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Save this scene"))
        dialog.setLabelText(tr("Name of the scene: model, period, knobs, fit, transition and look are kept."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.save)
        dialog.open()

    def save(self, name: str) -> None:
        """Save how the show looks now."""
        settings, model, painting = self._preferences.settings, self._session.model, self._painting()
        try:
            scene = SavedScene(
                name=name.strip(),
                model=settings.model or (model.card.name if model is not None else ""),
                period=AUTO if settings.period < 0 else PERIODS[settings.period],
                knobs=settings.knobs,
                fit=settings.fit,
                transition_s=settings.transition_s,
                look=painting.look if painting is not None else 0,
                seed=self.seed,
            )
        except ValueError as error:
            self._say(tr("The scene cannot be saved: {error}.", error=error), True)
            return
        folder, session = self.folder, self._session
        session.run(lambda: session.say(tr("Scene saved: {path}", path=write_scene(scene, folder))))

    def open(self, paths: Iterable[Path]) -> list[Path]:
        """Load the scenes among some files; returns the others."""
        others = []
        for path in paths:
            if is_scene(path):
                self.load(path)
            else:
                others.append(path)
        return others

    def load(self, path: Path) -> None:
        """Show a scene of a file."""
        self._session.run(lambda: self._read.emit(read_scene(path)), "scene")

    def apply(self, scene: SavedScene) -> None:
        """Show a scene."""
        before = self._preferences.settings.model
        self._preferences.change(
            period=scene.period_index, fit=scene.fit, transition_s=scene.transition_s, **asdict(scene.knobs)
        )
        if scene.model != before:
            self._session.load_model(scene.model or None)
        look, seed = scene.look, scene.seed
        self.seed = seed
        self._session.order(lambda engine: engine.show_look(look, seed=seed))
        self.chosen.emit()

    def fill_scenes(self, menu: QMenu) -> None:
        """List the scenes in a menu."""
        choices = [(name.replace("&", "&&"), path) for name, path in saved_scenes(self.folder)]
        fill_choices(menu, choices, None, self.load)
        menu.addSeparator()
        other = QAction(tr("Open a scene…"), menu)
        other.triggered.connect(self._choose)
        menu.addAction(other)

    def _choose(self) -> None:
        dialog = QFileDialog(self._window, tr("Open a scene"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Scenes ({endings})", endings=f"*{ENDING} *.json"), tr("All files (*)")])
        dialog.setDirectory(str(self.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.open()
