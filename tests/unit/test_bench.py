"""What the bench measures, what it leaves out, and what it says when it cannot."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import tiny_model_folder
from visualizer.checks import bench, bench_live, bench_render
from visualizer.checks.bench import PARTS, BenchOptions, print_table, run_bench
from visualizer.checks.bench_live import LIVE_FIGURES, measure_live, measure_startup
from visualizer.checks.bench_render import RENDER_FIGURES, measure_render
from visualizer.errors import VisualizerError
from visualizer.lateness import percentile_ms
from visualizer.usage import most_memory_mb


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny"))


def test_only_the_parts_asked_for_are_measured(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_bench(model, BenchOptions(only=("stages",), rounds=5))
    assert set(figures) == {"model", "provider", "cores", "stages", "reasons"}
    assert set(figures["stages"]) == {"mel", "encoder", "generator"}
    for stage in figures["stages"].values():
        assert 0 < stage["median_ms"] <= stage["p95_ms"]
    print_table(figures)
    assert "generator" in capsys.readouterr().out


def test_without_a_window_its_parts_are_null(model: str) -> None:
    figures = run_bench(model, BenchOptions(only=("startup", "live"), window=False))
    assert set(figures["live"].values()) == set(figures["startup"].values()) == {None}
    assert figures["stages"] == {"upload": None, "paint": None}
    assert set(figures["reasons"]) == {"startup", "live"}
    print_table(figures)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"only": ("stages", "sound")}, "sound"),
        ({"rounds": 4}, "--rounds 4"),
        ({"live_seconds": 0.0}, "--live-seconds 0"),
        ({"live_seconds": float("nan")}, "--live-seconds nan"),
        ({"render_seconds": 1e9}, "--render-seconds"),
    ],
)
def test_unusable_options_are_one_sentence(values: dict[str, Any], word: str) -> None:
    with pytest.raises(VisualizerError, match=word):
        BenchOptions(**values)


class Process:
    """Stands for a process of the app: writes what it is told to, or fails."""

    def __init__(self, report: dict[str, Any] | None, said: str = "", code: int = 0) -> None:
        self.report, self.said, self.code = report, said, code
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if "--report" in command and self.report is not None:
            Path(command[command.index("--report") + 1]).write_text(json.dumps(self.report), "utf-8")
        if options["check"] and self.code:
            raise subprocess.CalledProcessError(self.code, command, stderr=self.said)
        return subprocess.CompletedProcess(command, self.code, stdout=json.dumps(self.report), stderr=self.said)


LIVE = {
    "seconds": 18.0,
    "refresh_hz": 31.0,
    "interval_p50_ms": 32.0,
    "interval_p99_ms": 40.0,
    "key_frames_hz": 15.4,
    "key_frames_shown_hz": 15.1,
    "key_frame_age_p50_ms": 70.0,
    "key_frame_age_p99_ms": 120.0,
    "gui_stall_p99_ms": 4.0,
    "gui_stall_max_ms": 11.0,
    "gui_stall_own_p99_ms": 3.0,
    "gui_stall_own_max_ms": 9.0,
    "gui_busy_max_ms": 5.0,
    "gui_stalls_per_min": 1.5,
    "gui_stalls_own_per_min": 0.5,
    "cpu_share": 1.2,
    "cpu_share_late": 0.8,
    "rss_mb": 400.0,
    "holes": 1,
    "lost_samples": 2,
}
REPORT = {
    "window_s_at": 2e9,
    "first_painting_s_at": 2e9 + 1,
    "stages": {"upload": {"median_ms": 1.0, "p95_ms": 2.0}, "paint": {"median_ms": 3.0, "p95_ms": 4.0}},
    "live": LIVE,
}


@pytest.mark.parametrize("card", [True, False])
def test_the_live_figures_are_the_windows_own(card: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    process, reasons = Process(REPORT), dict[str, str]()
    monkeypatch.setattr(bench_live.subprocess, "run", process)
    monkeypatch.setattr(bench_live, "_has_output", lambda: card)
    figures = measure_live("mvnet-64", 20.0, (1280, 720), reasons)
    assert tuple(figures) == LIVE_FIGURES
    assert figures["refresh_hz"] == 31.0
    assert figures["audio_overflows"] == (3 if card else None)
    assert ("--silent" in process.commands[0]) != card
    assert figures["idle_load"] == 1.0
    assert len(process.commands) == 2
    assert process.commands[1][-1].endswith("silence.wav")
    assert ("audio_overflows" in reasons) != card
    assert process.commands[0][process.commands[0].index("--size") + 1] == "1280x720"


def test_the_load_of_silence_is_told_by_that_of_music(monkeypatch: pytest.MonkeyPatch) -> None:
    music, silence = (Process({**REPORT, "live": {**LIVE, "cpu_share_late": share}}) for share in (0.8, 0.2))

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return (silence if command[-1].endswith("silence.wav") else music)(command, **options)

    monkeypatch.setattr(bench_live.subprocess, "run", run)
    monkeypatch.setattr(bench_live, "_has_output", lambda: False)
    assert measure_live(None, 20.0, (1280, 720), {})["idle_load"] == 0.25
    silence.report = None
    reasons: dict[str, str] = {}
    assert measure_live(None, 20.0, (1280, 720), reasons)["idle_load"] is None
    assert "idle_load" in reasons


@pytest.mark.parametrize(
    ("report", "said", "word"),
    [
        (None, "visualizer: The window cannot be opened (no display): start it in a session.", "no display"),
        ({**REPORT, "first_painting_s_at": None}, "", "nothing was painted"),
        ({**REPORT, "live": {}}, "", "nothing was painted"),
    ],
)
def test_a_window_that_shows_nothing_leaves_null_and_a_reason(
    report: dict[str, Any] | None, said: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_live.subprocess, "run", Process(report, said))
    monkeypatch.setattr(bench_live, "_has_output", lambda: False)
    reasons: dict[str, str] = {}
    assert set(measure_live(None, 20.0, (1280, 720), reasons).values()) == {None}
    assert word in reasons["live"]


def test_start_up_is_a_median_of_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_live.subprocess, "run", Process(REPORT))
    stages, startup = measure_startup(None, {})
    assert stages == REPORT["stages"]
    assert startup["first_painting_s"] == pytest.approx(startup["window_s"] + 1)


def test_the_render_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process({"times_real_time": 1.5, "rss_mb": 300.0, "images": 360})
    monkeypatch.setattr(bench_render.subprocess, "run", process)
    assert measure_render("mvnet-64", 12.0, {}) == {"times_real_time": 1.5, "rss_mb": 300.0}
    command = process.commands[0]
    assert command[command.index("--model") + 1] == "mvnet-64"
    assert command[command.index("--end") + 1] == "12.0"


def test_a_render_that_fails_leaves_null_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_render.subprocess, "run", Process({}, "visualizer: The disk is full: make room.", 2))
    reasons: dict[str, str] = {}
    assert measure_render(None, 12.0, reasons) == dict.fromkeys(RENDER_FIGURES)
    assert "disk is full" in reasons["render"]


def test_parts_are_measured_in_their_order(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    measured: list[str] = []

    def note(part: str, *rest: object) -> dict[str, Any]:
        measured.append(part)
        return {part: {}}

    monkeypatch.setattr(bench, "_measured", note)
    run_bench(model)
    assert tuple(measured) == PARTS


def test_percentiles_and_memory() -> None:
    assert percentile_ms([], 0.5) is None
    assert percentile_ms([0.003, 0.001, 0.002], 0.5) == 2.0
    assert percentile_ms([0.001] * 99 + [0.5], 0.99) == 1.0
    memory = most_memory_mb()
    assert memory is None or 10 < memory < 1e6
