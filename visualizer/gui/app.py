"""Starts the window: the only file that knows options, settings, session, canvas and window. GUI thread.

The window is shown before sound, models and ONNX Runtime are imported; they load on the session's
threads while it is already there.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import (
    QElapsedTimer,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PyQt6.QtGui import QSurfaceFormat
from PyQt6.QtWidgets import QApplication

from visualizer import __version__
from visualizer.crash import CrashReports
from visualizer.errors import VisualizerError
from visualizer.gui.canvas import GLCanvas, probe_opengl, wanted_format
from visualizer.gui.raster import RasterCanvas
from visualizer.gui.run_figures import RunFigures
from visualizer.gui.session_watch import TITLE
from visualizer.gui.settings import NAME, settings_folder
from visualizer.gui.start import begin, settings_file
from visualizer.gui.window import MainWindow, MakeCanvas
from visualizer.lateness import percentile_ms
from visualizer.memory import give_back_large_blocks, keep_for_good
from visualizer.show.options import AppOptions
from visualizer.show.parts import Parts, real_parts
from visualizer.show.session import Session
from visualizer.words import languages, load_words

CONFIG_VARIABLE = "MVNET_CONFIG"
CANVAS_VARIABLE = "MVNET_CANVAS"  # "opengl" or "raster"
DUMP_MS = 1000


def run_app(options: AppOptions, parts: Parts | None = None) -> int:
    """Run the window until it is closed.

    Args:
        options: see AppOptions.
        parts: of the session; None for the real ones.
    Returns:
        The process's exit code, 0.
    """
    since_start = QElapsedTimer()
    since_start.start()
    give_back_large_blocks()
    folder = _config_folder(options)
    reports = CrashReports(folder / "errors.log")
    reports.install()
    app = _application()
    speak(app, options.language)
    try:
        session = Session(parts or real_parts(seed=options.seed, no_sound=options.no_sound))
        make_canvas, problem = choose_canvas(options.raster or options.safe_mode)
        file, about_settings = settings_file(folder, options)
        window = MainWindow(session, make_canvas, file, options.seed)
        if options.no_ui:
            window.stage.set_bare()
        reports.listen(window.reported.emit)
        for sentence in filter(None, (problem, about_settings)):
            window.notice(sentence)
        if options.size is not None:
            window.resize(*options.size)
        window.showFullScreen() if options.fullscreen else window.show()
        app.processEvents()
        shown_ms, shown_at = since_start.elapsed(), time.time()
        begin(session, window, options)
        timers = _watch_options(session, window, options)
        figures = RunFigures(window.canvas, session) if options.report is not None else None
        window.watch.settled.connect(keep_for_good)
        with _signals_close(window):
            app.exec()
        run = figures.facts() if figures is not None else {}
        for timer in timers:
            timer.stop()
        reports.listen(None)
        unwritten = ""
        if options.report is not None:
            facts = _startup_facts(window, shown_ms, shown_at) | {"unexpected_errors": reports.count}
            unwritten = _write_report(options.report, facts | {"live": run})
    finally:
        reports.remove()
    if window.left_busy:
        if unwritten:
            print(unwritten, file=sys.stderr, flush=True)
        _exit_now()
    _delete_windows()
    if unwritten:
        raise VisualizerError(unwritten)
    return 0


def _delete_windows() -> None:
    """Delete what is on the screen, each window with all that is in it.

    Whatever is left when the application goes, PyQt deletes while it walks through the list of all objects: a window
    takes others out of that list, and one of forty runs ended with a segmentation fault.
    """
    for widget in QApplication.topLevelWidgets():
        if not sip.isdeleted(widget) and widget.parent() is None:
            sip.delete(widget)


def _exit_now() -> None:
    """End the process at once: winding it down under a thread that is busy in a library's code can crash."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QSurfaceFormat.setDefaultFormat(wanted_format())
    app = _qt_started()
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(TITLE)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(NAME)
    return app


def _qt_started() -> QApplication:
    """A new QApplication. Without a display Qt would abort the process: exit with a sentence and 2 instead."""
    said: list[str] = []

    def hear(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if kind == QtMsgType.QtFatalMsg:
            cause = next(iter([*said, text or ""])).strip().splitlines()[0]
            advice = "start it within a desktop session; `visualizer paint` and `visualizer selftest` need none"
            print(f"visualizer: The window cannot be opened ({cause}): {advice}.", file=sys.stderr, flush=True)
            os._exit(2)
        said.append(text or "")

    before = qInstallMessageHandler(hear)
    try:
        app = QApplication(sys.argv[:1])
    finally:
        qInstallMessageHandler(before)
    for text in said:
        print(text, file=sys.stderr)
    return app


def speak(app: QApplication, language: str) -> None:
    """Show the window, and Qt's own dialogs, in a language.

    Args:
        language: a code, as in de; empty for the system's.
    Raises:
        VisualizerError: there is no translation into the language that was asked for.
    """
    if not load_words(language or QLocale.system().name()):
        if language:
            there = ", ".join(languages())
            raise VisualizerError(f"There is no translation into {language!r}: use one of {there}.")
        return
    if language:
        QLocale.setDefault(QLocale(language))
    dialogs = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if dialogs.load(QLocale(), "qtbase", "_", folder):
        app.installTranslator(dialogs)


def _config_folder(options: AppOptions) -> Path:
    if options.config is not None:
        return options.config
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else settings_folder()


def choose_canvas(raster: bool) -> tuple[MakeCanvas, str]:
    """What makes the canvas: OpenGL on a graphics card, else QPainter.

    Args:
        raster: no OpenGL, whatever there is.
    Returns:
        The canvas's class, and a sentence when OpenGL was expected to work and does not.
    """
    wanted = "raster" if raster else os.environ.get(CANVAS_VARIABLE, "")
    if wanted == "raster":
        return RasterCanvas, ""
    opengl = probe_opengl()
    if opengl.problem:
        return RasterCanvas, opengl.problem
    return (RasterCanvas if opengl.software and wanted != "opengl" else GLCanvas), ""


@contextlib.contextmanager
def _signals_close(window: MainWindow) -> Iterator[None]:
    """Close the window on Ctrl+C and on a polite kill; Python sees signals only when it runs, ten times a second."""
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda *_: window.close()) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _watch_options(session: Session, window: MainWindow, options: AppOptions) -> list[QTimer]:
    """Timers for the end after so many seconds, and for pictures of the window."""
    timers = []
    if options.seconds is not None:
        end = QTimer()
        end.setSingleShot(True)
        end.timeout.connect(window.close)
        end.start(round(options.seconds * 1000))
        timers.append(end)
    if options.dump is not None:
        folder, count = options.dump, iter(range(1, sys.maxsize))
        dump = QTimer()
        dump.timeout.connect(lambda: _dump(session, window, folder / f"window-{next(count):04}.png"))
        dump.start(DUMP_MS)
        timers.append(dump)
    return timers


def _dump(session: Session, window: MainWindow, path: Path) -> None:
    image = window.grab().toImage()

    def write() -> None:
        with contextlib.suppress(OSError):  # the picture says so
            path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise VisualizerError(f"{path} cannot be written: choose another folder for --dump.")

    session.run(write)


def _startup_facts(window: MainWindow, shown_ms: int, shown_at: float) -> dict[str, Any]:
    canvas = window.canvas
    return {
        "window_s_at": shown_at,
        "first_painting_s_at": window.watch.first_painting_at,
        "window_ms_after_imports": shown_ms,
        "canvas": type(canvas).__name__,
        "window_size": [window.width(), window.height()],
        "picture_size": [canvas.widget().width(), canvas.widget().height()],
        "stages": {"upload": _milliseconds(canvas.upload_s), "paint": _milliseconds(canvas.paint_s)},
        "refreshes": canvas.refreshes,
        "paintings": window.paintings,
    }


def _write_report(path: Path, facts: dict[str, Any]) -> str:
    """Why it cannot be written; empty when it was."""
    try:
        path.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    except OSError as error:
        return f"{path} cannot be written ({error.strerror}): choose another file."
    return ""


def _milliseconds(seconds: Iterable[float]) -> dict[str, float] | None:
    """Median and 95th percentile of some durations; None without any."""
    median, p95 = (percentile_ms(seconds, share) for share in (0.5, 0.95))
    return None if median is None or p95 is None else {"median_ms": median, "p95_ms": p95}
