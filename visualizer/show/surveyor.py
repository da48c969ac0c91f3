"""Hears whole pieces in the background, one at a time, for the seek line. No Qt; a thread of its own.

It is told which piece plays; the survey of another one is left at once. What was heard whole is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from visualizer.priority import BACKGROUND
from visualizer.show.events import Event, Surveyed
from visualizer.show.worker import Worker

if TYPE_CHECKING:
    from visualizer.painting.engine import Model
    from visualizer.painting.survey import Survey

KEPT = 50  # surveys
PATIENCE_S = 1.5  # before a survey begins: who skips through pieces needs none of them, but a picture that keeps time


class Surveyor:
    """Surveys the piece that plays.

    Args:
        emit: given a Surveyed, from any thread, each time more is known.
        failed: given what went wrong, on the surveyor's thread.
        patience_s: how long a piece must be the wanted one before its survey begins.
    """

    def __init__(
        self, emit: Callable[[Event], None], failed: Callable[[Exception], None], patience_s: float = PATIENCE_S
    ) -> None:
        self._emit = emit
        self._patience_s = patience_s
        self._known: OrderedDict[Path, Survey] = OrderedDict()
        self._unwanted = threading.Event()  # of the survey that is under way
        self._worker = Worker(failed, "survey", back=BACKGROUND)

    def survey(self, path: Path, model: Model) -> None:
        """Hear a piece, unless it was heard lately; returns at once. From one thread."""
        self._unwanted.set()
        known = self._known.get(path)
        if known is not None:
            self._emit(Surveyed(known))
            return
        unwanted = self._unwanted = threading.Event()
        self._worker.submit(lambda: self._hear(path, model, unwanted), "survey")

    def close(self, timeout_s: float) -> bool:
        """Leave what is under way; False when the thread was still busy after the timeout."""
        self._unwanted.set()
        return self._worker.close(timeout_s=timeout_s)

    def _hear(self, path: Path, model: Model, unwanted: threading.Event) -> None:
        if unwanted.wait(self._patience_s):
            return
        from visualizer.painting.survey import survey_piece

        # Its rests end with it: nothing of it may outlive the interpreter.
        for survey in survey_piece(path, model, stop=unwanted.is_set, rest=unwanted.wait):
            if unwanted.is_set():
                return
            if survey.heard_s == survey.duration_s:
                self._keep(path, survey)
            self._emit(Surveyed(survey))

    def _keep(self, path: Path, survey: Survey) -> None:
        self._known[path] = survey
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
