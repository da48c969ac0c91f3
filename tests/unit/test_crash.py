"""Unexpected exceptions: one sentence, the whole story in the log, from any thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from visualizer.crash import REPEAT_S, CrashReports
from visualizer.errors import VisualizerError


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def reports(tmp_path: Path, now: list[float]) -> Iterator[CrashReports]:
    reports = CrashReports(tmp_path / "logs" / "errors.log", lambda: now[0])
    reports.install()
    yield reports
    reports.remove()


def fail(error: BaseException) -> None:
    """What Qt does with an exception that a slot raises."""
    try:
        raise error
    except BaseException:
        kind, value, trace = sys.exc_info()
        assert kind is not None
        assert value is not None
        sys.excepthook(kind, value, trace)


def test_an_unexpected_fault_is_logged_and_said(reports: CrashReports) -> None:
    said: list[str] = []
    reports.listen(said.append)
    fail(ZeroDivisionError("by zero"))
    assert len(said) == 1
    assert "ZeroDivisionError: by zero" in said[0]
    assert str(reports.log) in said[0]
    assert "in fail" in reports.log.read_text()


def test_a_users_error_is_said_as_it_is_and_not_logged(reports: CrashReports) -> None:
    said: list[str] = []
    reports.listen(said.append)
    fail(VisualizerError("No file: choose one."))
    assert said == ["No file: choose one."]
    assert not reports.log.exists()
    assert reports.count == 0


def test_what_happened_before_anyone_listens_is_kept(reports: CrashReports) -> None:
    fail(RuntimeError("early"))
    said: list[str] = []
    reports.listen(said.append)
    assert len(said) == 1


def test_a_fault_on_every_refresh_is_said_once(reports: CrashReports, now: list[float]) -> None:
    said: list[str] = []
    reports.listen(said.append)
    for _ in range(5):
        fail(RuntimeError("again"))
    assert len(said) == 1
    assert reports.count == 5
    now[0] += REPEAT_S + 1
    fail(RuntimeError("again"))
    assert len(said) == 2


def test_another_threads_fault_is_said(reports: CrashReports) -> None:
    said: list[str] = []
    reports.listen(said.append)

    def run() -> None:
        raise KeyError("lost")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert "KeyError" in said[0]


def test_hooks_are_given_back(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook)
    reports = CrashReports(tmp_path / "errors.log")
    reports.install()
    reports.remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_log_that_cannot_be_written_is_no_second_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    reports = CrashReports(tmp_path / "file" / "errors.log")
    said: list[str] = []
    reports.listen(said.append)
    reports.report(RuntimeError, RuntimeError("x"), None)
    assert "on the console" in said[0]
