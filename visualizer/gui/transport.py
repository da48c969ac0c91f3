"""The transport: the slim bar below the painting, with buttons, seek line, input chooser and volume. GUI thread.

It shows a session's Status and triggers the window's actions; it decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QFontMetrics, QWheelEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from visualizer.files.decode import clock_text
from visualizer.gui.cover import Cover
from visualizer.gui.seek_line import SeekLine
from visualizer.gui.theme import DARK, SPACE, Theme, icon, sans
from visualizer.gui.transport_line import FocusedKeys, Line
from visualizer.show.actions import VOLUME_STEP
from visualizer.show.events import State, Status
from visualizer.words import tr

HEIGHT = 76
VOLUME_STEPS = 100
WHEEL_STEP = 120  # of one notch of a wheel, in the eighths of a degree that Qt counts
NARROW, NARROWER = 760, 560  # widths below which parts of the bar give way to the seek line


class Button(FocusedKeys, QToolButton):
    """A button of the bar that shows an action.

    Args:
        action: what it triggers.
        icons: names of its icons when off and, for a checkable action, when on.
    """

    def __init__(self, action: QAction, *icons: str) -> None:
        super().__init__()
        self._action = action
        self._icons = icons
        self._theme = DARK
        self._drawn: tuple[str, str, str] | None = None  # name and colours of the icon
        self.setIconSize(QSize(22, 22))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(action.text().rstrip("…"))
        self.setCheckable(action.isCheckable() and len(icons) == 1)
        self.clicked.connect(action.trigger)
        action.changed.connect(self.refresh)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.refresh()

    def set_icons(self, *icons: str) -> None:
        """Take other icons."""
        self._icons = icons
        self.refresh()

    def refresh(self) -> None:
        """Show the action's state, and its key."""
        keys = self._action.shortcut().toString()
        self.setToolTip(self._action.text().rstrip("…") + (f"  ({keys})" if keys else ""))
        on = self._action.isChecked()
        name = self._icons[-1] if on else self._icons[0]
        lit = on and self.isCheckable()
        drawn = name, self._theme.accent if lit else self._theme.text, self._theme.faint
        if drawn != self._drawn:  # the accent changes often, most icons do not
            self._drawn = drawn
            self.setIcon(icon(*drawn))
        self.setChecked(lit)
        self.setEnabled(self._action.isEnabled())


class ChooserButton(FocusedKeys, QToolButton):
    """Names what is heard, and opens the chooser."""


class Title(QLabel):
    """A line of text that gives up letters, not room."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setFont(sans(10))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        """Show a text, cut to the room there is."""
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self._cut()

    def resizeEvent(self, event: object) -> None:
        """Cut anew."""
        self._cut()

    def _cut(self) -> None:
        cut = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        if cut != self.text():
            self.setText(cut)


class Transport(QWidget):
    """The bar.

    Args:
        actions: the window's actions by name.
        menu: the window's whole menu.
    """

    sought = pyqtSignal(float)  # seconds
    volume_set = pyqtSignal(float)  # 0 to 1
    volume_turned = pyqtSignal(float)  # louder by so much, 0 to 1, or quieter
    chooser_wanted = pyqtSignal()

    def __init__(self, actions: Mapping[str, QAction], menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._theme = DARK
        self._playing = False
        self._live = False
        self.open = Button(actions["open"], "open")
        self.previous = Button(actions["previous"], "previous")
        self.play = Button(actions["play"], "play")
        self.next = Button(actions["next"], "next")
        self.mute = Button(actions["mute"], "volume", "muted")
        self.plot = Button(actions["plot"], "plot")
        self.full_screen = Button(actions["full_screen"], "full-screen", "window")
        self.more = Button(actions["menu"], "menu")
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.input = self._chooser()
        self.cover = Cover()
        self.title, self.time = Title(), QLabel("")
        self.time.setFont(sans(9.5))
        self.time.setObjectName("quiet")
        self.seek = SeekLine(tr("Position"), 0)
        self.seek.setEnabled(False)
        self.volume = Line(tr("Volume"), VOLUME_STEPS)
        self.volume.setFixedWidth(96)
        self.seek.moved_to.connect(lambda ms: self.sought.emit(ms / 1000))
        self.volume.moved_to.connect(lambda value: self.volume_set.emit(value / VOLUME_STEPS))
        self._arrange()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons that show an action."""
        return self.open, self.previous, self.play, self.next, self.mute, self.plot, self.full_screen, self.more

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        for button in self.buttons:
            button.set_theme(theme)
        self.seek.set_theme(theme)
        self.volume.set_theme(theme)
        self._show_play()

    def show_status(self, status: Status) -> None:
        """Show what the session does."""
        playing = status.state is State.PLAYING
        if (status.live, playing) != (self._live, self._playing):
            self._live, self._playing = status.live, playing
            self._show_play()
        opening = status.state is State.OPENING
        self.title.set_whole(status.title or (tr("Opening…") if opening else tr("No music yet")))
        self._show_input(status.title if status.live else tr("Music files"))
        self.seek.level = status.live
        seekable = not status.live and status.duration_s > 0
        self.seek.setEnabled(seekable)
        if seekable:
            time = f"{clock_text(status.position_s)} / {clock_text(status.duration_s)}"
            if time != self.time.text():
                self.time.setText(time)
                position, duration = clock_text(status.position_s), clock_text(status.duration_s)
                self.seek.setAccessibleDescription(tr("{position} of {duration}", position=position, duration=duration))
            self.seek.setMaximum(max(1, round(status.duration_s * 1000)))
            self.seek.setSingleStep(5000)
            self.seek.setPageStep(30_000)
            if not self.seek.isSliderDown():
                self.seek.setValue(round(status.position_s * 1000))
        elif status.live:
            self.time.setText(tr("listening") if self._playing else tr("not listening"))
            self.seek.setMaximum(1000)
        else:
            self.time.setText(clock_text(status.position_s) if status.state is State.PLAYING else "")
            self.seek.setValue(0)

    def show_level(self, level: float) -> None:
        """Show how loud the input is, 0 to 1."""
        if self._live:
            self.seek.setValue(round(level * self.seek.maximum()) if self._playing else 0)

    def show_volume(self, volume: float) -> None:
        """Show the volume, 0 to 1."""
        if not self.volume.isSliderDown():
            self.volume.setValue(round(volume * VOLUME_STEPS))

    def resizeEvent(self, event: object) -> None:
        """Give way to the seek line when the window is narrow."""
        self.volume.setVisible(self.width() >= NARROW)
        self.cover.setVisible(self.cover.shown and self.width() >= NARROWER)
        style = Qt.ToolButtonStyle
        wide = self.width() >= NARROW
        self.input.setToolButtonStyle(style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly)
        for button in (self.previous, self.next, self.plot):
            button.setVisible(self.width() >= NARROWER)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Louder and quieter, wherever on the bar the pointer is."""
        if event is not None and event.angleDelta().y():
            self.volume_turned.emit(VOLUME_STEP * event.angleDelta().y() / WHEEL_STEP)
            event.accept()

    def _chooser(self) -> QToolButton:
        chooser = ChooserButton()
        chooser.setObjectName("input")
        chooser.setAccessibleName(tr("What is heard"))
        chooser.clicked.connect(self.chooser_wanted)
        chooser.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chooser.setFont(sans(9.5))
        chooser.setIconSize(QSize(18, 18))
        return chooser

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        for button in (self.open, self.previous, self.play, self.next):
            row.addWidget(button)
        row.addSpacing(SPACE)
        row.addWidget(self.cover)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        words = QHBoxLayout()
        words.setContentsMargins(7, 0, 7, 0)
        words.setSpacing(2 * SPACE)
        words.addWidget(self.title, 1)
        words.addWidget(self.time)
        middle.addLayout(words)
        middle.addWidget(self.seek)
        row.addLayout(middle, 1)
        row.addSpacing(SPACE)
        for part in (self.input, self.mute, self.volume, self.plot, self.full_screen, self.more):
            row.addWidget(part)

    def _show_input(self, name: str) -> None:
        """Name what is heard on the chooser."""
        text = QFontMetrics(self.input.font()).elidedText(name, Qt.TextElideMode.ElideRight, 150)
        if text != self.input.text():
            self.input.setText(text)
            self.input.setToolTip(tr("What is heard: {name}", name=name))

    def _show_play(self) -> None:
        self.play.set_icons("pause" if self._playing else "play")
        self.play.setAccessibleName(tr("Pause") if self._playing else tr("Play"))
        self.input.setIcon(icon("microphone" if self._live else "music", self._theme.text))
