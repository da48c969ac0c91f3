"""NumPy starts no thread of its own in the app: it would spin on a core that picture and sound need."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = "import os, visualizer, numpy; print(os.environ['OPENBLAS_NUM_THREADS'])"


@pytest.mark.parametrize(("given", "wanted"), [(None, "1"), ("3", "3")])
def test_one_thread_unless_the_user_wants_more(given: str | None, wanted: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == wanted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts the threads that Linux lists")
def test_importing_the_engine_starts_no_thread() -> None:
    code = "import os, visualizer.painting.engine; print(len(os.listdir('/proc/self/task')))"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
