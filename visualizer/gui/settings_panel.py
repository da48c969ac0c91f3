"""The settings, on a sheet of three pages: in general, the timing, the keys. GUI thread.

What is changed here holds at once; there is nothing to apply. Only the flash limit asks back before it goes off.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from visualizer.gui.desk import Choice
from visualizer.gui.key_page import KeyPage
from visualizer.gui.panels import AROUND, Panel
from visualizer.gui.preferences import Preferences
from visualizer.gui.setting_lines import TransitionLine
from visualizer.gui.settings import APPEARANCES, MOTIONS
from visualizer.gui.theme import DARK, SPACE, Theme, sans
from visualizer.gui.timing_page import TimingPage
from visualizer.gui.transport_line import FocusedKeys
from visualizer.words import later, tr

WIDE = 500
APPEARANCE_WORDS = {"system": later("As the desktop"), "dark": later("Dark"), "light": later("Light")}
MOTION_WORDS = {
    "system": later("As the desktop asks"),
    "full": later("Full"),
    "reduced": later("Reduced: slow fades only"),
}
LIMIT_WORDS = later("Keeps the picture to three flashes a second at most.")
RISK_WORDS = later(
    "Without the limit the picture may flash fast and strongly. That can cause seizures in people with "
    "photosensitive epilepsy, also in people who do not know that they have it. Turn it off only where nobody "
    "else is watching, or where everybody knows."
)


class Tabs(FocusedKeys, QTabBar):
    """The pages' names; the arrows change the page while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self.setAccessibleName(tr("Pages"))
        self.setFont(sans(10))
        self.setDrawBase(False)
        self.setExpanding(False)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw them, and a frame around the one that the keys move."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.drawRoundedRect(self.tabRect(self.currentIndex()).adjusted(1, 1, -2, -5), 5, 5)
            painter.end()


class GeneralPage(QWidget):
    """Appearance, motion, flashes, changes of the picture."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.appearance, self.motion = Choice(), Choice()
        self.limited, self.quantised = QCheckBox(tr("Limit flashes")), QCheckBox(tr("Changes wait for the bar"))
        self.awake = QCheckBox(tr("Display stays awake while music plays"))
        self.transition = TransitionLine(preferences)
        self.question = QWidget()
        self.keep, self.turn_off = QPushButton(tr("Keep the limit")), QPushButton(tr("Turn it off"))
        self._build()
        self.appearance.activated.connect(lambda index: preferences.change(appearance=APPEARANCES[index]))
        self.motion.activated.connect(lambda index: preferences.change(motion=MOTIONS[index]))
        self.quantised.clicked.connect(lambda on: preferences.change(quantised=on))
        self.awake.clicked.connect(lambda on: preferences.change(awake=on))
        self.limited.clicked.connect(self._limit)
        self.keep.clicked.connect(lambda: self._answer(True))
        self.turn_off.clicked.connect(lambda: self._answer(False))
        preferences.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings as they are."""
        settings = self._preferences.settings
        self.appearance.setCurrentIndex(APPEARANCES.index(settings.appearance))
        self.motion.setCurrentIndex(MOTIONS.index(settings.motion))
        self.quantised.setChecked(settings.quantised)
        self.awake.setChecked(settings.awake)
        self.limited.setChecked(settings.limited)
        if not settings.limited:
            self.question.hide()

    def ask(self) -> None:
        """Ask whether the flash limit shall really go off."""
        self.question.show()
        self.keep.setFocus()

    def _limit(self, on: bool) -> None:
        if on:
            self._preferences.change(limited=True)
        else:
            self.limited.setChecked(True)  # until the question is answered
            self.ask()

    def _answer(self, limited: bool) -> None:
        self.question.hide()
        self.limited.setFocus()
        self._preferences.change(limited=limited)

    def _build(self) -> None:
        self.appearance.addItems([tr(APPEARANCE_WORDS[name]) for name in APPEARANCES])
        self.appearance.setAccessibleName(tr("Appearance"))
        self.motion.addItems([tr(MOTION_WORDS[name]) for name in MOTIONS])
        self.motion.setAccessibleName(tr("Motion"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE + 2)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget, QLabel | None], ...] = (
            (tr("Appearance"), self.appearance, None),
            (tr("Motion"), self.motion, None),
            (tr("Transition"), self.transition, self.transition.words),
            ("", self.quantised, None),
            ("", self.awake, None),
            (tr("Flashing light"), self.limited, None),
            ("", _quiet(tr(LIMIT_WORDS)), None),
        )
        for index, (text, part, words) in enumerate(rows):
            part.setFont(sans(10))
            grid.addWidget(_quiet(text), index, 0)
            grid.addWidget(part, index, 1, 1, 1 if words else 2)
            if words is not None:
                grid.addWidget(words, index, 2)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, SPACE, 0, 0)
        page.addLayout(grid)
        page.addWidget(self._asked())
        page.addStretch(1)

    def _asked(self) -> QWidget:
        column = QVBoxLayout(self.question)
        column.setContentsMargins(0, SPACE, 0, 0)
        words = QLabel(tr(RISK_WORDS))
        words.setFont(sans(10))
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        for button in (self.keep, self.turn_off):
            button.setFont(sans(10))
            row.addWidget(button)
        row.addStretch(1)
        column.addWidget(words)
        column.addLayout(row)
        self.question.hide()
        return self.question


class SettingsPanel(Panel):
    """The sheet.

    Args:
        preferences: what it shows and changes.
        timing: makes its page of the timing.
        theme: colours of what is drawn.
    """

    def __init__(
        self, parent: QWidget, preferences: Preferences, timing: Callable[[], TimingPage], theme: Theme
    ) -> None:
        super().__init__(tr("Settings"), parent)
        self.general, self.timing, self.keys = GeneralPage(preferences), timing(), KeyPage(preferences)
        self.tabs, self.pages = Tabs(), QStackedWidget()
        for title, page in ((tr("General"), self.general), (tr("Timing"), self.timing), (tr("Keys"), self.keys)):
            self.tabs.addTab(title)
            self.pages.addWidget(page)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.pages.setMinimumWidth(min(WIDE, parent.width() - AROUND))
        self.column.addWidget(self.tabs)
        self.column.addWidget(self.pages)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.tabs.set_theme(theme)
        self.general.transition.set_theme(theme)
        self.timing.set_theme(theme)

    def ask_about_flashes(self) -> None:
        """Show the question whether the flash limit shall go off."""
        self.tabs.setCurrentIndex(0)
        self.general.ask()

    def mousePressEvent(self, event: object) -> None:
        """A click beside a control is no wish to leave."""


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(sans(10))
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label
