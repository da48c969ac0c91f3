"""The overlay with figures (F3): how smoothly and how late the picture follows. GUI thread, twice a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QFontDatabase
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from visualizer.painting.figures import Figures
from visualizer.words import tr

CardMemory = tuple[int, int] | None

UPDATE_MS = 500


class Overlay(QFrame):
    """Figures in two columns over the painting; nothing is measured or drawn while it is hidden.

    Args:
        figures: what is measured.
        drawn_by: what draws the picture ("QPainter", a graphics card's name).
        reason: why the model runs where it does, as a clause; empty without a model.
        card_memory: bytes in use, of how many, of the graphics card that runs the model; None where it is not known.
    """

    def __init__(
        self,
        figures: Callable[[], Figures],
        drawn_by: Callable[[], str],
        reason: Callable[[], str],
        card_memory: Callable[[], CardMemory],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self.setAccessibleName(tr("Performance figures"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._figures, self._drawn_by, self._reason, self._card_memory = figures, drawn_by, reason, card_memory
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(2)
        self._values: list[QLabel] = []
        self._timer = QTimer(self)
        self._timer.setInterval(UPDATE_MS)
        self._timer.timeout.connect(self.refresh)
        self.hide()

    def showEvent(self, event: object) -> None:
        """Seen: measure."""
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest."""
        self._timer.stop()

    def refresh(self) -> None:
        """Show the figures as they are."""
        rows = overlay_rows(self._figures(), self._drawn_by(), self._reason(), self._card_memory())
        if not self._values:
            self._values = [self._add_row(index, name) for index, (name, _) in enumerate(rows)]
        for label, (_, value) in zip(self._values, rows, strict=True):
            if label.text() != value:
                label.setText(value)
        self.adjustSize()

    def _add_row(self, row: int, name: str) -> QLabel:
        words, value = QLabel(name), QLabel()
        words.setObjectName("quiet")
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(9)
        for label in (words, value):
            label.setFont(fixed)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(value, row, 1)
        return value


def overlay_rows(
    figures: Figures, drawn_by: str, reason: str, card_memory: CardMemory = None
) -> Sequence[tuple[str, str]]:
    """Names and values for people."""
    provider = figures.provider or tr("no model yet")
    picture = tr("full") if figures.tier == 0 else tr("lighter ({tier})", tier=figures.tier)
    return (
        (tr("refresh"), tr("{hz:.1f} Hz, {late:.0%} late", hz=figures.refresh_hz, late=figures.late_refreshes)),
        (
            tr("paintings"),
            tr(
                "{rate:.1f} a second, one in {divisor} refreshes", rate=figures.paintings_per_s, divisor=figures.divisor
            ),
        ),
        (
            tr("painting"),
            tr("{usual:.1f} ms, slow ones {slow:.1f} ms", usual=figures.painting_ms, slow=figures.painting_p95_ms),
        ),
        (tr("encoder"), tr("{ms:.1f} ms", ms=figures.encoder_ms)),
        (tr("painting's age"), tr("{ms:.0f} ms", ms=figures.painting_age_ms)),
        (tr("picture behind sound"), tr("{ms:.0f} ms", ms=figures.shown_late_ms)),
        (
            tr("analysed ahead"),
            tr(
                "{heard:.0f} ms, painted ahead {painted:.0f} ms",
                heard=figures.analysed_ahead_ms,
                painted=figures.lead_ms,
            ),
        ),
        (tr("timing set"), tr("{ms:+.0f} ms", ms=figures.offset_ms)),
        (tr("lost"), tr("{lost} samples; holes in the sound: {holes}", lost=figures.lost_samples, holes=figures.holes)),
        (tr("picture"), tr("{picture}, drawn by {drawn_by}", picture=picture, drawn_by=drawn_by)),
        (tr("model runs on"), f"{provider} ({reason})" if reason else provider),
        (tr("graphics memory"), _card_memory(figures.provider, card_memory)),
    )


def _card_memory(provider: str, memory: CardMemory) -> str:
    if provider != "CUDA":
        return tr("not used by the model")
    if memory is None:
        return tr("unknown: install nvidia-ml-py")
    used, total = (size / 2**30 for size in memory)
    return tr("{used:.1f} of {total:.1f} GiB", used=used, total=total)
