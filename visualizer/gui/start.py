"""What a start of the window begins with: what the command line asks, else what the last run left. GUI thread.

On the first run the bundled music plays, with a card that says what to do next. An app that was left in order shows
its music again and waits; one that was ended in the middle, by a crash or a power cut, goes on playing where it was.
The settings say which of the two it was, from the first second on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtGui import QGuiApplication, QScreen

from mvnet.periods import PERIODS
from visualizer.files.pieces import bundled_pieces
from visualizer.gui.output_window import screen_named
from visualizer.gui.settings import Settings, SettingsFile, UnkeptSettings
from visualizer.show.options import AUTO, AppOptions
from visualizer.words import later, tr

if TYPE_CHECKING:
    from visualizer.gui.window import MainWindow
    from visualizer.show.session import Session

SAFE_MODE = later("Safe mode: drawn without OpenGL, with fresh settings. Nothing that is changed now is kept.")


def settings_file(folder: Path, options: AppOptions) -> tuple[SettingsFile, str]:
    """Where this start's settings come from.

    Args:
        folder: of the settings.
        options: see AppOptions.
    Returns:
        The file, and what should be said about it; empty for nothing.
    """
    file = SettingsFile(folder / "settings.ini")
    said = tr("The settings begin anew, {kept}.", kept=file.reset()) if options.reset else ""
    if options.safe_mode:
        return UnkeptSettings(file.path), f"{said} {tr(SAFE_MODE)}".strip()
    return file, said


def begin(session: Session, window: MainWindow, options: AppOptions) -> None:
    """Give session and window their first commands, once the window is there."""
    settings = window.settings
    session.load_model(options.model or settings.model or None)
    if options.period is not None:
        window.looks.hold_period(None if options.period == AUTO else PERIODS.index(options.period))
    if options.input is not None:
        window.listen(options.input)
    elif options.files:
        window.open(options.files)
        if _is_first_run(settings, options) and _are_bundled(options.files):
            window.stage.show_steps()
    elif settings.listening:
        window.listen(settings.input_name)
    elif _is_first_run(settings, options):
        session.open([piece.path for piece in bundled_pieces()])
        window.stage.show_steps()
    elif settings.queue:
        paths = [Path(path) for path in settings.queue]
        play = settings.playing and not settings.left
        session.open(paths, settings.piece, settings.position_s, play=play)
    _open_output(window, options)
    window.own.warn_once()
    window.preferences.note(left=False)


def _is_first_run(settings: Settings, options: AppOptions) -> bool:
    """Nothing was ever heard here: begin with the bundled music, so that there is something to see at once."""
    heard = settings.queue or settings.recent or settings.input_name or settings.listening
    return not options.safe_mode and not heard


def _are_bundled(files: Sequence[Path]) -> bool:
    """Whether a start script has named the bundled pieces, and a person nothing."""
    bundled = {piece.path.resolve() for piece in bundled_pieces()}
    return all(path.resolve() in bundled for path in files)


def _open_output(window: MainWindow, options: AppOptions) -> None:
    """Open the output window where it is asked for, else as it was."""
    if not options.display:
        window.screens.open_output() if options.output else window.screens.restore()
        return
    screen = wanted_screen(options.display)
    if screen is not None:
        window.screens.show_on(screen)
        return
    there = ", ".join(one.name() for one in QGuiApplication.screens())
    window.notice(
        tr("There is no display “{name}”: use one of {there}, or a number from 1.", name=options.display, there=there),
        alarm=True,
    )
    window.screens.open_output(keep=False)  # the display may come; later starts were not asked for one


def wanted_screen(wanted: str) -> QScreen | None:
    """The display of a name, or of a number from 1; None when there is none."""
    screens = QGuiApplication.screens()
    if wanted.isdecimal() and 0 < int(wanted) <= len(screens):
        return screens[int(wanted) - 1]
    return screen_named(wanted)
