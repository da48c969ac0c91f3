"""The virtual camera as the window offers it: a menu entry, a sentence when it begins or fails. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from visualizer.gui.recordings import drawn_again
from visualizer.show.virtual_camera import SIZE, VirtualCamera
from visualizer.words import tr

if TYPE_CHECKING:
    from visualizer.gui.pictures import Pictures
    from visualizer.show.session import Session

CLOSE_S = 5.0


class Broadcast(QObject):
    """Starts and stops the virtual camera.

    Args:
        session: whose paintings are sent.
        pictures: how the picture is shown.
        say: shows a sentence; the second argument marks it as an alarm.
        make_camera: makes a VirtualCamera from its first four arguments.
    """

    changed = pyqtSignal()
    _opened = pyqtSignal(str)  # from the camera's thread
    _ended = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        pictures: Pictures,
        say: Callable[[str, bool], None],
        make_camera: Callable[..., VirtualCamera] = VirtualCamera,
    ) -> None:
        super().__init__()
        self._session, self._pictures, self._say, self._make = session, pictures, say, make_camera
        self._camera: VirtualCamera | None = None
        self._stopping = False
        self._opened.connect(self._tell)
        self._ended.connect(self._end)

    @property
    def on(self) -> bool:
        """The picture is sent, or will be in a moment."""
        return self._camera is not None and not self._stopping

    def toggle(self) -> None:
        """Send the picture, or stop."""
        if self._camera is None:
            self._stopping = False
            self._camera = self._make(
                lambda: drawn_again(self._session, self._pictures, SIZE),
                self._session.heard_at,
                self._opened.emit,
                self._ended.emit,
            )
            self._camera.start()
        else:
            self._stopping = True
            self._camera.stop()
        self.changed.emit()

    def close(self) -> bool:
        """The app ends; False when the camera's thread is busy still."""
        camera, self._camera = self._camera, None
        if camera is None:
            return True
        camera.stop()
        return camera.join(CLOSE_S)

    def _tell(self, device: str) -> None:
        self._say(tr("Other programs see the picture as the camera {device}.", device=device), False)

    def _end(self, problem: str) -> None:
        if self._camera is None:  # closed meanwhile
            return
        self._camera.join(CLOSE_S)
        self._camera = None
        if problem:
            self._say(problem, True)
        self.changed.emit()
