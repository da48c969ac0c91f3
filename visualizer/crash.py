"""Catches what nobody expected, in any thread: to the log file and to a notice, and the show goes on.

PyQt6 aborts the process when a slot raises and no hook is installed, so `CrashReports.install`
runs before any widget exists. Reports made before the window listens are kept for it. No Qt here.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from visualizer.errors import VisualizerError
from visualizer.words import tr

LOG_LIMIT_BYTES = 1_000_000
REPEAT_S = 30.0  # the same fault, thrown on every refresh, is reported once in this time


class CrashReports:
    """The two exception hooks of a process while the app runs.

    Attributes:
        log: the file that receives tracebacks.
        count: unexpected exceptions seen, repeats included.
    """

    def __init__(self, log: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.log = log
        self.count = 0
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._listener: Callable[[str], None] | None = None
        self._last: dict[str, float] = {}

    def install(self) -> None:
        """Take over both hooks; `remove` gives them back."""
        self._previous = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.report
        threading.excepthook = self._report_thread

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._previous

    def listen(self, listener: Callable[[str], None] | None) -> None:
        """Send sentences to a listener, from whatever thread fails; those of the past come at once."""
        with self._lock:
            self._listener = listener
            waiting, self._waiting = (self._waiting, []) if listener else ([], self._waiting)
        for sentence in waiting:
            if listener:
                listener(sentence)

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an exception and say one sentence about it; has the signature of sys.excepthook."""
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, VisualizerError):
            self._say(str(error))
            return
        self.count += 1
        text = "".join(traceback.format_exception(kind, error, trace))
        if not self._is_repeat(text):
            written = self._write(text)
            place = tr("details are in {log}", log=self.log) if written else tr("the details are on the console")
            cause = f"{kind.__name__}: {error}"
            self._say(
                tr("Something unexpected happened ({cause}): the show goes on, {place}.", cause=cause, place=place)
            )

    def _report_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_type, args.exc_value, args.exc_traceback)

    def _is_repeat(self, text: str) -> bool:
        now = self._clock()
        with self._lock:
            repeat = now - self._last.get(text, -REPEAT_S) < REPEAT_S
            if not repeat:
                self._last = {key: at for key, at in self._last.items() if now - at < REPEAT_S}
                self._last[text] = now
        return repeat

    def _say(self, sentence: str) -> None:
        with self._lock:
            listener = self._listener
            if listener is None:
                self._waiting.append(sentence)
        if listener is not None:
            listener(sentence)

    def _write(self, text: str) -> bool:
        print(text, file=sys.stderr, end="")
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            full = self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES
            with self.log.open("w" if full else "a", encoding="utf-8") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {threading.current_thread().name}\n{text}\n")
        except OSError:
            return False
        return True
