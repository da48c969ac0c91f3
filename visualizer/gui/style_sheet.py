"""The look of all controls as one Qt style sheet of a theme. GUI thread.

Only the window sets it: whatever lies in the window takes its colours from here, by class or by object name, so that
the light and the dark theme reach every part at once.
"""

from __future__ import annotations

from visualizer.gui.theme import Theme
from visualizer.picture.hanging import WALL


def style_sheet(theme: Theme) -> str:
    """Qt style sheet of all controls."""
    return f"""
    QMainWindow, QWidget#stage {{ background: rgb{WALL}; }}
    QWidget {{ color: {theme.text}; }}
    QWidget#transport {{ background: {theme.ground}; border-top: 1px solid {theme.line}; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; }}
    QToolButton:hover {{ background: {theme.raised}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {theme.raised}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton:disabled {{ color: {theme.quiet}; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QToolButton#input {{ padding: 5px 10px; color: {theme.text}; border: 1px solid {theme.line}; }}
    QToolButton#input:focus {{ border-color: {theme.accent}; }}
    QLabel#quiet {{ color: {theme.quiet}; }}
    QLabel#accent, QLabel#key {{ color: {theme.accent}; }}
    QLabel#alarm {{ color: {theme.alarm}; }}
    QScrollArea#desk, QWidget#desk_page {{ background: {theme.ground}; }}
    QScrollArea#desk {{ border-left: 1px solid {theme.line}; }}
    QComboBox {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; padding: 5px 10px; }}
    QComboBox:focus {{ border-color: {theme.accent}; }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox QAbstractItemView {{ background: {theme.ground}; border: 1px solid {theme.line};
      selection-background-color: {theme.raised}; selection-color: {theme.text}; }}
    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.quiet}; border-radius: 4px;
      background: {theme.raised}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent}; }}
    QCheckBox::indicator:focus {{ border: 2px solid {theme.accent}; }}
    QCheckBox:focus {{ color: {theme.accent}; }}
    QCheckBox {{ min-height: 24px; }}
    QFrame#panel {{ background: {theme.ground}; border: 1px solid {theme.line};
      border-radius: 10px; }}
    QFrame#panel QScrollArea, QWidget#sheet {{ background: transparent; }}
    QFrame#overlay {{ background: {theme.ground}; border-radius: 8px; }}
    QFrame#notice, QFrame#steps {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 8px; }}
    QFrame#panel QPushButton, QFrame#notice QPushButton, QFrame#steps QPushButton, QPushButton#badge {{
      background: {theme.raised}; border: 1px solid {theme.quiet}; border-radius: 6px; padding: 6px 14px; }}
    QFrame#panel QPushButton:hover, QFrame#notice QPushButton:hover, QPushButton#badge:hover {{
      border-color: {theme.text}; }}
    QFrame#panel QPushButton:focus, QFrame#notice QPushButton:focus, QPushButton#badge:focus {{
      border: 2px solid {theme.accent}; padding: 5px 13px; }}
    QFrame#panel QPushButton:disabled {{ color: {theme.quiet}; border-color: {theme.line}; }}
    QPushButton#badge {{ color: {theme.alarm}; }}
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ padding: 7px 16px; color: {theme.quiet}; background: transparent;
      border: 1px solid transparent; border-bottom: 2px solid {theme.line}; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    QTreeWidget {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; padding: 4px; }}
    QTreeWidget:focus {{ border-color: {theme.accent}; }}
    QTreeWidget::item {{ padding: 4px 8px; min-height: 18px; }}
    QTreeWidget::item:selected {{ background: {theme.line}; color: {theme.text}; }}
    QListWidget {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; padding: 4px; }}
    QListWidget::item {{ padding: 6px 8px; border-radius: 4px; }}
    QListWidget::item:selected {{ background: {theme.line}; color: {theme.text}; }}
    QListWidget:focus {{ border-color: {theme.accent}; }}
    QListView#queue {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; padding: 4px; }}
    QListView#queue:focus {{ border-color: {theme.accent}; }}
    QFrame#chooser {{ background: {theme.ground}; border: 1px solid {theme.line}; }}
    QFrame#chooser QScrollArea {{ background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.line}; border-radius: 3px; min-height: 32px; margin: 2px; }}
    QScrollBar::handle:vertical:hover {{ background: {theme.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
      background: none; border: none; height: 0; }}
    QMenu {{ background: {theme.ground}; border: 1px solid {theme.line}; padding: 6px; }}
    QMenu::item {{ padding: 6px 28px 6px 28px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {theme.raised}; }}
    QMenu::item:disabled {{ color: {theme.quiet}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 6px 8px; }}
    QMenu::indicator {{ width: 12px; height: 12px; left: 8px; }}
    QMenu::indicator:checked {{ background: {theme.accent}; border-radius: 6px; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 4px; }}
    """
