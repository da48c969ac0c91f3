"""The stage: painting, overlays and transport in their places, in the window and on the full screen. GUI thread.

In the window the transport lies below the painting; on the full screen it floats over it, and
goes, with the pointer, when neither was moved for a while.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRect, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QWidget

from visualizer.gui.first_steps import FirstSteps
from visualizer.gui.notices import Notices
from visualizer.gui.panels import Panel
from visualizer.gui.period_plot import PeriodPlot
from visualizer.gui.theme import DARK, sans
from visualizer.gui.transport import HEIGHT, Transport
from visualizer.gui.welcome import Welcome
from visualizer.words import tr

HIDE_AFTER_MS = 3000
EDGE = 20  # between overlays and the painting's edge


class Stage(QWidget):
    """Places the parts of the window.

    Args:
        canvas: the painting's widget.

    Attributes:
        notices: the column of notices.
        steps: the card of the first run, hidden until it is shown.
        badge: a button that says that the flash limit is off.
        controls: the transport and the pointer are shown.
    """

    controls_shown = pyqtSignal(bool)

    def __init__(self, canvas: QWidget, transport: Transport, plot: PeriodPlot, welcome: Welcome) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Painting"))
        self.controls = True
        self._canvas, self._transport, self._plot, self._welcome = canvas, transport, plot, welcome
        self._panel: Panel | None = None
        self._desk: QWidget | None = None
        self._floating = self._bare = False
        for part in (canvas, welcome, plot, transport):
            part.setParent(self)
        self.notices = Notices(self)
        self.steps = FirstSteps(self)
        self.badge = QPushButton(tr("Flash limit is off: turn it on"), self)
        self.badge.setObjectName("badge")
        self.badge.setFont(sans(9.5))
        self.badge.hide()
        self._unlimited = False
        self._frame = QWidget(self)
        self._frame.setObjectName("drop")
        self._frame.setStyleSheet(f"QWidget#drop {{ border: 3px solid {DARK.accent}; background: transparent; }}")
        self._frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._frame.hide()
        for part in (self, canvas, welcome, transport):
            part.setMouseTracking(True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(HIDE_AFTER_MS)
        self._rest.timeout.connect(self._hide_controls)

    def set_floating(self, floating: bool) -> None:
        """Full screen: the transport floats over the painting and hides; else it lies below."""
        self._floating = floating
        self.show_controls()
        self._settle()

    def set_bare(self) -> None:
        """From now on the painting alone: no controls, plot, desk or pages; what a key opens is shown."""
        self._bare = True
        for part in (self._transport, self._welcome, self._plot, self.badge, self.steps):
            part.hide()
        self._set_controls(False)
        self.show_desk(False)
        self._settle()

    @property
    def is_bare(self) -> bool:
        """Whether set_bare was called."""
        return self._bare

    def show_controls(self) -> None:
        """Show transport and pointer; on the full screen for a while."""
        if self._bare:
            return
        if self._floating:
            self._rest.start()
        else:
            self._rest.stop()
        if not self.controls:
            self._transport.show()
            self.badge.setVisible(self._unlimited)
            self._set_controls(True)

    def _set_controls(self, shown: bool) -> None:
        self.controls = shown
        self.notices.hold(not shown)
        if shown:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.BlankCursor)
        self.controls_shown.emit(shown)

    def show_plot(self, shown: bool) -> None:
        """Show the period plot."""
        shown = shown and not self._bare
        if shown != self._plot.isVisibleTo(self):
            self._plot.setVisible(shown)
            self._settle()

    def set_desk(self, desk: QWidget) -> None:
        """Have a desk at the right of the painting, hidden until show_desk."""
        self._desk = desk
        desk.setParent(self)
        desk.hide()

    def set_overlay(self, overlay: QWidget) -> None:
        """Have figures over the painting's left upper corner."""
        overlay.setParent(self)
        overlay.move(EDGE, EDGE)

    def show_desk(self, shown: bool) -> None:
        """Show the desk beside the painting; on the full screen it lies over the painting's right."""
        shown = shown and not self._bare
        if self._desk is not None and shown != self._desk.isVisibleTo(self):
            self._desk.setVisible(shown)
            self._settle()

    def show_badge(self, unlimited: bool) -> None:
        """Show that the flash limit is off; never on a full screen that is at rest."""
        self._unlimited = unlimited
        self.badge.setVisible(unlimited and self.controls)
        self._settle()

    def show_steps(self) -> None:
        """Show the card of the first run."""
        self.steps.setVisible(not self._bare)
        self._settle()

    def show_welcome(self, shown: bool) -> None:
        """Show the welcome page."""
        shown = shown and not self._bare
        if shown != self._welcome.isVisibleTo(self):
            self._welcome.setVisible(shown)
            self._settle()

    def show_panel(self, panel: Panel | None) -> None:
        """Show a panel in place of the one shown; None closes it."""
        if self._panel is not None:
            self._panel.hide()
            self._panel.deleteLater()
        self._panel = panel
        if panel is not None:
            panel.setCursor(Qt.CursorShape.ArrowCursor)  # the stage may have hidden it
            panel.show()
            self._settle()
            if panel.sheet.focusPolicy() != Qt.FocusPolicy.NoFocus:
                panel.sheet.setFocus()
            self.notices.raise_()

    @property
    def panel(self) -> Panel | None:
        """The panel shown now."""
        return self._panel if self._panel is not None and self._panel.isVisibleTo(self) else None

    def mark_drop(self, marked: bool) -> None:
        """Show that what is held over the window can be dropped."""
        self._frame.setVisible(marked)
        self._frame.raise_()

    def resizeEvent(self, event: object) -> None:
        """Place everything."""
        self._settle()

    def leaveEvent(self, event: QEvent | None) -> None:
        """The pointer left: on the full screen, hide soon."""
        if self._floating:
            self._rest.start()

    def _settle(self) -> None:
        width, height = self.width(), self.height()
        above = height - HEIGHT
        left, floor = self._settle_desk(width, above)
        whole = self._floating or self._bare
        self._canvas.setGeometry(0, 0, width if whole else left, height if whole else floor)
        self._transport.setGeometry(0, above, width, HEIGHT)
        self._welcome.setGeometry(0, 0, left, floor)
        self._plot.resize(self._plot.sizeHint())
        self._plot.move(EDGE, floor - self._plot.height() - EDGE)
        self._frame.setGeometry(0, 0, width, height)
        self.badge.adjustSize()
        self.badge.move(left - self.badge.width() - EDGE, floor - self.badge.height() - EDGE)
        self._settle_steps(left - EDGE, floor - EDGE)
        self._transport.raise_()
        self.notices.settle(left)
        if self._panel is not None:
            free = self.notices.x() if self.notices.isVisibleTo(self) else width
            self._panel.settle(QRect(0, 0, width, above), free)

    def _settle_desk(self, width: int, above: int) -> tuple[int, int]:
        """Place the desk; returns where the painting's right and lower edges are then."""
        desk = self._desk if self._desk is not None and self._desk.isVisibleTo(self) else None
        if desk is None:
            return width, above
        wide = desk.sizeHint().width()
        beside = width >= 2 * wide
        left, floor = (width - wide, above) if beside else (width, above // 2)  # else below: nothing may be cut
        desk.setGeometry(QRect(left, 0, wide, above) if beside else QRect(0, floor, width, above - floor))
        desk.raise_()
        return left, floor

    def _settle_steps(self, right: int, bottom: int) -> None:
        """The card lies at the right, over the badge, clear of the plot where there is room."""
        if self._unlimited:
            bottom -= self.badge.height() + EDGE
        self.steps.settle(right, bottom, EDGE)
        shown = self.steps.isVisibleTo(self) and self._plot.isVisibleTo(self)
        if shown and self.steps.geometry().intersects(self._plot.geometry()):
            self.steps.settle(right, self._plot.y() - EDGE, EDGE)

    def _hide_controls(self) -> None:
        if not self._floating or self._transport.underMouse():
            self._rest.start()
            return
        self._transport.hide()
        self.badge.hide()
        self.steps.hide()
        self._set_controls(False)
