"""The page of the settings on which keys are changed: choose an action, press its new key. GUI thread.

A key that another action has is refused, with that action's name; the keys of a keyboard's own buttons (play, next)
stay as they are. The settings keep only what differs from the table of actions.
"""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from visualizer.gui.preferences import Preferences
from visualizer.gui.theme import SPACE, sans
from visualizer.gui.transport_line import OWN_KEYS
from visualizer.show.actions import ACTIONS, SUBMENUS, Action, bound, key_text
from visualizer.words import later, tr

FIXED = "leave"  # Escape always leads out
ALONE = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_unknown)
NAME = Qt.ItemDataRole.UserRole
ADVICE = later("Choose an action and press Enter, then its new key.")


def rebound(keys: Mapping[str, tuple[str, ...]], name: str, key: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """Give an action a key in place of those it has; the buttons of a media keyboard stay.

    Args:
        keys: a person's own keys so far, by action.
        name: of the action; key: in Qt's portable notation, empty for none.
    Returns:
        The keys then, and a sentence when the key is refused, with the keys as they were.
    """
    others = [row for row in bound(keys) if row.name != name]
    owner = next((row for row in others if key.casefold() in [one.casefold() for one in row.keys]), None)
    if key and owner is not None:
        return dict(keys), tr(
            "{key} belongs to “{action}”: press another key.", key=key_text(key), action=tr(owner.text).rstrip("…")
        )
    usual = next(row for row in ACTIONS if row.name == name)
    buttons = [one for one in usual.keys if "Media" in one and one.casefold() != key.casefold()]
    wanted = (*((key,) if key else ()), *buttons)
    changed = {other: own for other, own in keys.items() if other != name}
    return (changed if wanted == usual.keys else changed | {name: wanted}), ""


class KeyList(QTreeWidget):
    """The actions and their keys; while it waits for a key, it takes whatever is pressed."""

    pressed_key = pyqtSignal(str)  # portable notation
    given_up = pyqtSignal()
    wanted = pyqtSignal()  # to change the current action's key

    def __init__(self) -> None:
        super().__init__()
        self.waiting = False
        self.setAccessibleName(tr("Keys"))
        self.setFont(sans(10))
        self.setColumnCount(2)
        self.setHeaderLabels([tr("Action"), tr("Key")])
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.itemDoubleClicked.connect(lambda item, column: self.wanted.emit())

    def sizeHint(self) -> QSize:
        """Room for a dozen actions."""
        return QSize(460, 340)

    def event(self, event: QEvent | None) -> bool:
        """While it waits every key is its own, and else those that move in the list; the rest are the window's."""
        own = (*OWN_KEYS, Qt.Key.Key_Enter)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (self.waiting or event.key() in own)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Take the new key, or begin to wait for one."""
        if event is None:
            return
        if self.waiting:
            self._take(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab gives up waiting and goes on."""
        if self.waiting:
            self.given_up.emit()
        return super().focusNextPrevChild(forward)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in ALONE:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        sequence = QKeySequence(event.keyCombination())
        self.pressed_key.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))


class KeyPage(QWidget):
    """The page."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.list, self.words = KeyList(), QLabel(tr(ADVICE))
        self.change, self.remove = QPushButton(tr("Change key")), QPushButton(tr("No key"))
        self.usual = QPushButton(tr("All as they were"))
        self._build()
        self.list.wanted.connect(self.wait)
        self.list.pressed_key.connect(self.take)
        self.list.given_up.connect(self.give_up)
        self.list.currentItemChanged.connect(lambda now, before: self.give_up())
        self.change.clicked.connect(self.wait)
        self.remove.clicked.connect(lambda: self.take(""))
        self.usual.clicked.connect(self.all_usual)
        self.refresh()

    @property
    def current(self) -> str:
        """Name of the chosen action; empty for none."""
        item = self.list.currentItem()
        return str(item.data(0, NAME)) if item is not None else ""

    def refresh(self) -> None:
        """Show the keys as they are."""
        rows = {row.name: row for row in bound(self._preferences.settings.keys) if is_changeable(row)}
        if self.list.topLevelItemCount() == 0:
            for row in rows.values():
                item = QTreeWidgetItem([tr(row.text).rstrip("…"), ""])
                item.setData(0, NAME, row.name)
                self.list.addTopLevelItem(item)
            self.list.setCurrentItem(self.list.topLevelItem(0))
        for index in range(self.list.topLevelItemCount()):
            found = self.list.topLevelItem(index)
            if found is not None:
                keys = rows[str(found.data(0, NAME))].keys
                found.setText(1, ", ".join(key_text(key) for key in keys if "Media" not in key))
        self.usual.setEnabled(bool(self._preferences.settings.keys))

    def wait(self) -> None:
        """Wait for the new key of the chosen action."""
        item = self.list.currentItem()
        if item is not None:
            self.list.waiting = True
            self.list.setFocus()
            self._say(tr("Press the new key for “{action}”. Esc leaves it as it is.", action=item.text(0)))

    def give_up(self) -> None:
        """Change nothing."""
        self.list.waiting = False
        self._say(tr(ADVICE))

    def take(self, key: str) -> None:
        """Give the chosen action a key; a refused one is said, and another awaited."""
        keys, refusal = rebound(self._preferences.settings.keys, self.current, key)
        if refusal:
            self._say(refusal, alarm=True)
            return
        self._preferences.change(keys=keys)
        self.refresh()
        self.give_up()

    def all_usual(self) -> None:
        """Every action has the keys of the table again."""
        self._preferences.change(keys={})
        self.refresh()
        self.give_up()

    def _say(self, text: str, alarm: bool = False) -> None:
        self.words.setText(text)
        self.words.setObjectName("alarm" if alarm else "quiet")
        style = self.words.style()
        if style is not None:
            style.polish(self.words)

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(0, SPACE, 0, 0)
        page.setSpacing(SPACE)
        page.addWidget(self.list)
        self.words.setFont(sans(10))
        self.words.setObjectName("quiet")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(36)
        page.addWidget(self.words)
        row = QHBoxLayout()
        for button in (self.change, self.remove, self.usual):
            button.setFont(sans(10))
            row.addWidget(button)
        row.addStretch(1)
        page.addLayout(row)


def is_changeable(row: Action) -> bool:
    """Whether a row's key can be changed: submenus have none, and Escape stays."""
    return row.name not in (*SUBMENUS, FIXED)
