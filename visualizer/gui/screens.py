"""Where the picture is seen: the window's own full screen, and the output window on a display of its own. GUI thread.

One part of the window, beside music_commands and picture_commands. With one display, full
screen is the window itself; with several, the picture alone goes to the display that was chosen, by name, and the
controls stay where they are. A display that is pulled out takes nothing with it: the picture comes back as a window,
and returns with the display.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QRect, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QScreen
from PyQt6.QtWidgets import QMainWindow, QMenu, QMessageBox

from visualizer.gui.canvas import Canvas
from visualizer.gui.menus import fill_choices
from visualizer.gui.output_window import WINDOWED, OutputWindow, display_text, screen_named
from visualizer.gui.pictures import Pictures
from visualizer.gui.preferences import Preferences
from visualizer.words import tr

UNMANAGED_AFTER_MS = 400


class Screens(QObject):
    """Full screen and the output window, as commands.

    Args:
        window: the main window, whose actions work in the output window too.
        preferences: the chosen display, and whether the output window is open.
        pictures: the canvases; the output window's is one of them while it is open.
        make_canvas: makes that canvas.
        say: shows a notice in the main window, never in the output.
    """

    changed = pyqtSignal()  # what is on the full screen, or which displays there are

    def __init__(
        self,
        window: QMainWindow,
        preferences: Preferences,
        pictures: Pictures,
        make_canvas: Callable[[], Canvas],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self.output: OutputWindow | None = None
        self._window = window
        self._preferences = preferences
        self._pictures = pictures
        self._make_canvas = make_canvas
        self._say = say
        self._missing = ""  # name of the display that was pulled out under the output
        self._windowed: QRect | None = None
        self._question: QMessageBox | None = None
        self._unmanaged = QTimer(self)
        self._unmanaged.setSingleShot(True)
        self._unmanaged.setInterval(UNMANAGED_AFTER_MS)
        self._unmanaged.timeout.connect(self._resize_unmanaged)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screen_added)
            app.screenRemoved.connect(self._screen_removed)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions of these names do."""
        return {
            "full_screen": self.toggle_full_screen,
            "output": lambda: self.close_output() if self.output is not None else self.open_output(),
            "next_display": self.next_display,
        }

    def states(self) -> dict[str, bool]:
        """Which of the checkable actions are on."""
        return {"full_screen": self.is_full_screen, "output": self.output is not None}

    @property
    def is_full_screen(self) -> bool:
        """The picture fills a display."""
        output = self.output
        return self._window.isFullScreen() if output is None else output.isFullScreen()

    # ---- commands

    def toggle_full_screen(self) -> None:
        """Fill a display with the picture, or end that."""
        if self.is_full_screen:
            self.leave_full_screen()
        elif self.output is not None or len(QGuiApplication.screens()) > 1:
            self.show_on(self._display())
        else:
            self._windowed = self._window.geometry()
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
            self._unmanaged.start()

    def leave_full_screen(self) -> None:
        """Back to a window; the output window closes."""
        if self.output is not None:
            self.close_output()
        elif self._window.isFullScreen():
            self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)
            self._unmanaged.start()

    def open_output(self, *, keep: bool = True) -> OutputWindow:
        """Show the picture in a window of its own as well.

        Args:
            keep: also at later starts.
        """
        if self.output is None:
            canvas = self._make_canvas()
            output = OutputWindow(
                canvas, self._window.actions(), tr("{title} (output)", title=self._window.windowTitle())
            )
            output.closed.connect(self.close_output)
            output.double_clicked.connect(self._toggle_output)
            self.output = output
        if keep:
            self._preferences.change(output=True)
        self.output.show()
        self.changed.emit()
        return self.output

    def close_output(self) -> None:
        """Close the output window; the picture stays in the main window."""
        output, self.output = self.output, None
        if output is None:
            return
        self._missing = ""
        self._pictures.remove(output.canvas)
        output.hide()
        output.deleteLater()
        self._preferences.change(output=False)
        self.changed.emit()

    def show_on(self, screen: QScreen) -> None:
        """Fill a display with the output window."""
        output = self.open_output()
        self._preferences.change(display=screen.name())
        self._missing = ""
        output.showNormal()  # a window that fills one display does not move to another
        output.setGeometry(screen.geometry())
        output.showFullScreen()
        self._unmanaged.start()
        self.changed.emit()

    def next_display(self) -> None:
        """Fill the next display."""
        screens = QGuiApplication.screens()
        if self.output is None or not self.output.isFullScreen():
            self.show_on(self._display())
        elif len(screens) > 1:
            at = screens.index(self.output.screen() or screens[0])
            self.show_on(screens[(at + 1) % len(screens)])

    def leave_show(self, leave: Callable[[], object]) -> None:
        """Quit, but ask first while the picture fills a display: people may be watching."""
        if not self.is_full_screen:
            leave()
            return
        if self._question is not None:
            self._question.raise_()
            return
        question = QMessageBox(self._window)
        question.setWindowTitle(tr("Quit"))
        question.setText(tr("The picture fills a display. Quit, and end the show?"))
        quit_it = question.addButton(tr("Quit"), QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton(tr("Go on"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)
        question.finished.connect(lambda: self._answered(question.clickedButton() is quit_it, leave))
        self._question = question
        question.open()

    def _answered(self, leaves: bool, leave: Callable[[], object]) -> None:
        question, self._question = self._question, None
        if question is not None:
            question.deleteLater()
        if leaves:
            leave()

    def fill_displays(self, menu: QMenu) -> None:
        """List the displays in a menu."""
        output = self.output
        screen = output.screen() if output is not None and output.isFullScreen() else None
        choices = [(display_text(one), one.name()) for one in QGuiApplication.screens()]
        fill_choices(menu, choices, screen.name() if screen is not None else "", self._choose)

    def restore(self) -> None:
        """Open the output window as it was left, on its display if that is there."""
        settings = self._preferences.settings
        if not settings.output:
            return
        screen = screen_named(settings.display)
        if screen is not None:
            self.show_on(screen)
        else:
            self.open_output()
            self._missing = settings.display

    def close(self) -> None:
        """The app ends: close the output window, but remember that it was open."""
        self._unmanaged.stop()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.disconnect(self._screen_added)
            app.screenRemoved.disconnect(self._screen_removed)
        output, self.output = self.output, None
        if output is not None:
            self._pictures.remove(output.canvas)
            output.hide()
            output.deleteLater()

    # ---- displays that come and go

    def _choose(self, name: str) -> None:
        screen = screen_named(name)
        if screen is None:
            self._say(tr("The display {name} is not connected any more: choose another.", name=name))
        else:
            self.show_on(screen)

    def _display(self) -> QScreen:
        """The display to fill: the chosen one, else one without the controls, else the only one."""
        own = self._window.screen() or QGuiApplication.screens()[0]
        chosen = screen_named(self._preferences.settings.display)
        others = [one for one in QGuiApplication.screens() if one is not own]
        return chosen or (others[0] if others else own)

    def _screen_removed(self, screen: QScreen) -> None:
        output = self.output
        if output is not None and screen.name() == self._preferences.settings.display and not self._missing:
            self._missing = screen.name()
            output.showNormal()
            own = self._window.screen()
            if own is not None and own is not screen:
                place = QRect(own.availableGeometry().topLeft(), output.size())
                output.setGeometry(place)
                output.resize(*WINDOWED)
            self._say(
                tr("The display {name} was pulled out: the output is a window until it is back.", name=screen.name())
            )
        self.changed.emit()

    def _screen_added(self, screen: QScreen) -> None:
        if self.output is not None and screen.name() == self._missing:
            self.show_on(screen)
        self.changed.emit()

    def _toggle_output(self) -> None:
        output = self.output
        if output is None:
            return
        if output.isFullScreen():
            output.showNormal()
            output.resize(*WINDOWED)
            self.changed.emit()
        else:
            self.show_on(output.screen() or self._display())

    def _resize_unmanaged(self) -> None:
        """Without a window manager (a stage machine's bare X server) nobody else resizes the windows."""
        output, window = self.output, self._window
        if output is not None and output.isFullScreen():
            screen = screen_named(self._preferences.settings.display) or output.screen()
            if screen is not None and output.geometry() != screen.geometry():
                output.setGeometry(screen.geometry())
        own = window.screen()
        if own is None or self._windowed is None:
            return
        if window.isFullScreen() and window.size() != own.size():
            window.setGeometry(own.geometry())
        elif not window.isFullScreen() and window.size() == own.size():
            window.setGeometry(self._windowed)
