"""Who may import whom: the contracts of pyproject.toml, and the app with the training stack made unimportable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = ("torch", "torchaudio", "librosa", "matplotlib", "sklearn", "onnx", "lightning_fabric", "export")

# Runs before the code under test: any import of a forbidden package fails as if it were not installed.
BLOCK = f"""
import importlib.abc, sys

class Unimportable(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FORBIDDEN!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Unimportable())
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository's root; the caller judges its exit code."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_import_contracts_hold() -> None:
    tool = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = run(sys.executable, "-c", tool)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("module", FORBIDDEN)
def test_the_block_works(module: str) -> None:
    result = run(sys.executable, "-c", f"{BLOCK}\nimport {module}")
    assert result.returncode == 1
    assert "ModuleNotFoundError" in result.stderr


def test_every_module_of_the_app_imports_without_the_training_stack() -> None:
    code = f"""{BLOCK}
import importlib, pathlib
names = sorted(path.relative_to({str(ROOT)!r}).with_suffix("").as_posix().replace("/", ".")
               for path in pathlib.Path({str(ROOT / "visualizer")!r}).rglob("*.py"))
for name in names:
    importlib.import_module(name.removesuffix(".__init__"))
loaded = [name for name in {FORBIDDEN!r} if name in sys.modules]
assert not loaded, loaded
print(len(names))
"""
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 10


def test_the_command_answers_without_the_training_stack() -> None:
    code = f"{BLOCK}\nfrom visualizer.__main__ import main\nsys.exit(main(['--help']))"
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr
    assert "paint" in result.stdout


def test_help_loads_no_heavy_package() -> None:
    """What `visualizer --help` costs is what stands between a user and any command."""
    code = """
import sys
from visualizer.__main__ import build_parser
build_parser().format_help()
heavy = [name for name in ("numpy", "PyQt6", "onnxruntime", "av", "sounddevice") if name in sys.modules]
assert not heavy, heavy
"""
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr


def test_the_front_end_needs_numpy_only() -> None:
    """The app shares three modules with training: they bring nothing but NumPy and soxr."""
    code = f"""{BLOCK}
import mvnet.frontend, mvnet.resample, mvnet.periods
extra = [name for name in ("PyQt6", "sounddevice", "scipy", "onnxruntime") if name in sys.modules]
assert not extra, extra
"""
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr
