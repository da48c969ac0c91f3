"""How the window looks: colours, type, spacing, icons. GUI thread.

A dark gallery wall, warm greys and one accent, ochre, so that the only strong colours are the
painting's. Every pair of text and ground in TEXT_PAIRS holds a contrast of 4.5:1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PyQt6.QtCore import QByteArray, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from visualizer.paths import resources_dir

SPACE = 8  # the grid of margins and gaps, points
SANS = ["Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Cantarell", "Noto Sans", "DejaVu Sans"]
SERIF = ["Source Serif 4", "Iowan Old Style", "Palatino Linotype", "Georgia", "Noto Serif", "DejaVu Serif"]
ICON_SCALES = (1, 2, 3)


@dataclass(frozen=True)
class Theme:
    """Colours of controls, `#rrggbb`.

    Attributes:
        ground: bars and menus; raised: fields and buttons under the pointer; line: hairlines.
        text, quiet: words, and words of less weight.
        accent: the one colour: progress, the chosen, the focused.
        on_accent: words on the accent.
        alarm: words of failure.
        faint: icons of what cannot be used now.
    """

    ground: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    alarm: str
    faint: str


DARK = Theme("#1b1918", "#2c2926", "#3b3733", "#efe9e1", "#aba297", "#dca54c", "#1b1918", "#ec8d7b", "#5d5650")
LIGHT = Theme("#f4f0ea", "#e6e0d6", "#cfc7ba", "#24201c", "#655d53", "#8a5a0b", "#ffffff", "#a5301c", "#b9b0a2")
# One pigment a period, in the order of mvnet.periods.PERIODS: green earth, burnt sienna, wedgwood blue, madder,
# ochre. Each holds 3:1 against both grounds (WCAG 2.2, 1.4.11), and names stand beside them: never colour alone.
PIGMENTS = ("#6f9466", "#c0673a", "#588bb2", "#b0698f", "#b17c1f")
GREY = "#8a8177"  # of small signs such as a closing cross: 3:1 or more on the grounds of both themes
TEXT_PAIRS = (("text", "ground"), ("text", "raised"), ("quiet", "ground"), ("accent", "ground"), ("alarm", "ground"))


def theme_for(scheme: Qt.ColorScheme) -> Theme:
    """The theme of the desktop's colour scheme; dark where the desktop does not say."""
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light = sorted((_luminance(first), _luminance(second)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(colour: str) -> float:
    codes = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in codes)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def sans(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face of controls."""
    font = QFont(SANS)
    font.setPointSizeF(points)
    font.setWeight(weight)
    return font


def serif(points: float, italic: bool = False) -> QFont:
    """The face of titles: the label beside a painting."""
    font = QFont(SERIF)
    font.setPointSizeF(points)
    font.setItalic(italic)
    return font


def translucent(colour: str, alpha: float) -> QColor:
    """A colour with an opacity of 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


@lru_cache(maxsize=128)
def icon(name: str, colour: str, disabled: str = DARK.faint, size: int = 24) -> QIcon:
    """An icon of resources/icons in a colour, sharp at 100, 200 and 300 %."""
    drawing = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", ink).encode()))
        for scale in ICON_SCALES:
            pixmap = QPixmap(QSize(size, size) * scale)
            pixmap.setDevicePixelRatio(scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            result.addPixmap(pixmap, mode)
    return result


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """The app's own icon, in the sizes that desktops ask for."""
    result = QIcon()
    folder = resources_dir() / "icons"
    for file in sorted(folder.glob("visualizer-*.png")):
        result.addFile(str(file))
    return result
