"""What is in the repository: sizes, sample music, packaging, and nothing that belongs to one machine."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[2]
MUSIC = ROOT / "resources" / "music"
MODELS = sorted(path.parent for path in (ROOT / "resources" / "models").glob("*/model.json"))
LIMIT = 60_000_000  # bytes of all tracked files together
PACKAGES = ("visualizer", "mvnet", "export")
BINARY = {".opus", ".onnx", ".png", ".jpg", ".ico", ".npz", ".npy", ".flac", ".wav", ".mp3", ".ogg", ".m4a"}
# Written in pieces, so that this file does not find itself. The paper's text is no part of the repository either.
MACHINE = re.compile(
    "|".join(
        (
            "/wo" + r"rk/(main|shared|\.library)",
            "(?<!<)/ro" + r"ot\b",  # but not the end of an XML element
            "/ho" + r"me/[a-z]",
            "/opt" + r"/(venv|wheels|pypi)",
            r"[A-Z]:\\" + "Users",
            "(pypi|pythonhosted|npmjs|deb\\.debian|archive\\.ubuntu)" + r"\.(org|com)",
            "BEGIN" + " [A-Z ]*PRIVATE KEY",
            r"\b(ghp|github_pat|sk)" + r"[-_][A-Za-z0-9]{16}",
        )
    )
)


def tracked_files() -> list[Path]:
    """The files git tracks; the test is skipped where this is no checkout or git is missing."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    # The owner of a mounted checkout may be another user: naming it safe is for this one command.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def test_tracked_files_stay_small() -> None:
    sizes = {path: path.stat().st_size for path in tracked_files()}
    assert len(sizes) > 20
    largest = sorted(sizes, key=lambda path: -sizes[path])[:5]
    assert sum(sizes.values()) < LIMIT, [(str(path), sizes[path]) for path in largest]


def test_nothing_of_one_machine_is_tracked() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "path = '/wo" + "rk/shared/data'",
        "cd /ro" + "ot",
        "index-url = https://pypi" + ".org/simple",
        "open('C:" + "\\Users\\me')",
    ],
)
def test_the_search_for_machine_paths_finds_them(line: str) -> None:
    assert MACHINE.search(line)


def commands_of(text: str) -> list[list[str]]:
    """The words of each command in the fenced shell blocks of a Markdown text, comments and prompts left out."""
    blocks = re.findall(r"^```(?:sh|bash|shell|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documented_commands_exist(document: str) -> None:
    """Scripts named are there; options named are those of our own commands."""
    path = ROOT / document
    commands = commands_of(path.read_text(encoding="utf-8"))
    assert commands, f"{document} shows no command"
    for words in commands:
        scripts = [word for word in words if re.fullmatch(r"(\./)?(script|\.ci)/\w+(\.\w+)?", word)]
        for script in scripts:
            assert (ROOT / script).is_file(), f"{document}: {' '.join(words)}"
        program = Path(words[0]).name
        if program in ("visualizer", "mvnet"):
            check_options(program, words[1:], document)


def check_options(program: str, words: list[str], document: str) -> None:
    """Every --option of a documented call appears in that sub-command's help."""
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    commands = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
    for depth in range(len(commands), -1, -1):
        call = [sys.executable, "-m", program, *commands[:depth], "--help"]
        shown = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        if shown.returncode == 0:
            break
    assert shown.returncode == 0, f"{document}: {program} {' '.join(words)}: {shown.stderr}"
    missing = [option for option in options if option not in shown.stdout]
    assert not missing, f"{document}: {program} {' '.join(words)}: no {', '.join(missing)}"


def test_sample_music_has_one_piece_a_period() -> None:
    with (MUSIC / "music.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["period"] for row in rows] == ["renaissance", "baroque", "classical", "romantic", "modern"]
    assert sorted(row["file"] for row in rows) == sorted(path.name for path in MUSIC.glob("*.opus"))
    assert all(row["licence"] and row["source"] and int(row["composer_death_year"]) <= 1955 for row in rows)
    assert sum(path.stat().st_size for path in MUSIC.iterdir()) < 3_500_000


@pytest.mark.parametrize("path", sorted(MUSIC.glob("*.opus")), ids=lambda path: path.stem)
def test_sample_music_sounds(path: Path) -> None:
    """30 to 60 s of stereo, loud enough, never silent for two seconds, no clipping, faded ends, tagged."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == 48_000
    assert samples.shape[1] == 2
    assert 30 <= len(samples) / rate <= 60.5
    assert np.abs(samples).max() < 1
    power = (samples[: len(samples) // (2 * rate) * 2 * rate] ** 2).reshape(-1, 2 * rate, 2).mean(axis=(1, 2))
    assert 10 * np.log10(power[:-2].min()) > -45
    assert -28 < 10 * np.log10(power.mean()) < -15
    assert np.abs(samples[:10]).max() < 0.01
    assert np.abs(samples[-10:]).max() < 0.01
    with soundfile.SoundFile(path) as file:
        assert file.title
        assert file.artist


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_shipped_model_files_are_those_of_its_card(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert card["name"] == folder.name
    assert set(card["sha256"]) == {card["encoder"], card["generator"]}
    for name, digest in card["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def copy_tree(target: Path) -> None:
    """What a wheel is made of, with all but the code cut to 1 kB: names count here, not contents."""

    def copy(source: str, destination: str) -> None:
        content = Path(source).read_bytes()
        Path(destination).write_bytes(content if source.endswith(".py") else content[:1024])

    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target / name)
    for name in (*PACKAGES, "resources"):
        shutil.copytree(
            ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", ".*"), copy_function=copy
        )


def test_wheel_holds_code_and_resources(tmp_path: Path) -> None:
    tree, wheels = tmp_path / "tree", tmp_path / "wheels"
    tree.mkdir()
    copy_tree(tree)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    built = subprocess.run(
        [*command, "--wheel-dir", str(wheels), str(tree)], capture_output=True, text=True, timeout=120, check=False
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    code = {path.relative_to(tree).as_posix() for name in PACKAGES for path in (tree / name).rglob("*.py")}
    files = {path for path in (tree / "resources").rglob("*") if path.is_file()}
    shipped = {f"visualizer/{path.relative_to(tree).as_posix()}" for path in files}
    assert code | shipped <= names, sorted((code | shipped) - names)
    assert not [name for name in names if name.startswith(("resources/", "tests/", "build/"))]


def test_the_app_installs_without_the_training_stack() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=; \[]", line, maxsplit=1)[0] for line in project["dependencies"]}
    assert names.isdisjoint({"torch", "torchaudio", "librosa", "matplotlib", "onnx", "lightning-fabric"})
    assert {"numpy", "onnxruntime", "onnxruntime-gpu", "pyqt6", "soxr"} <= names


@pytest.mark.parametrize("script", ["script/play", "script/test", "script/environment.sh", ".ci/run"])
def test_scripts_are_well_formed(script: str) -> None:
    if (bash := shutil.which("bash")) is None or sys.platform == "win32":
        pytest.skip("no bash")
    result = subprocess.run([bash, "-n", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_play_without_a_display_says_so(tmp_path: Path) -> None:
    """Before anything is installed, in one sentence, from any folder."""
    if not sys.platform.startswith("linux") or (bash := shutil.which("bash")) is None:
        pytest.skip("Linux's displays")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    result = subprocess.run(
        [bash, str(ROOT / "script" / "play")],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("play: no display here")
    assert result.stderr.count("\n") == 1
