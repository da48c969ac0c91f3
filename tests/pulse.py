"""A private sound server with a null sink: a sound card for machines that have none.

As a context manager it sets the environment of this process, so that PortAudio, started afterwards, finds
it. As a command it runs another one with it:

    python -m tests.pulse -- pytest -m sound
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SINK = "null_card"
START_S = 10.0


@dataclass(frozen=True)
class SoundServer:
    """A running PulseAudio; `process` may be killed to play a card that is pulled out."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def pactl(self, *words: str) -> str:
        """What pactl answers."""
        environment = {**os.environ, **self.environment}
        return subprocess.run(["pactl", *words], env=environment, capture_output=True, check=True, text=True).stdout


def available() -> bool:
    """Whether PulseAudio is installed."""
    return shutil.which("pulseaudio") is not None and shutil.which("pactl") is not None


@contextlib.contextmanager
def null_sink(rate: int = 44_100) -> Iterator[SoundServer]:
    """Start the server, point this process at it, and stop it at the end.

    Raises:
        RuntimeError: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="pulse-") as folder:
        socket = Path(folder) / "native"
        environment = {"XDG_RUNTIME_DIR": folder, "PULSE_SERVER": f"unix:{socket}", "PULSE_COOKIE": f"{folder}/cookie"}
        before = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        process = _start(socket, rate)
        try:
            _await(socket, process)
            yield SoundServer(process, environment)
        finally:
            process.terminate()
            process.wait(timeout=10)
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _start(socket: Path, rate: int) -> subprocess.Popen[bytes]:
    # Without norewinds the sink sleeps for 2 s when idle, and the first stream waits that long for its first sample.
    words = [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=no",
        "--disable-shm=yes",
        f"--load=module-null-sink sink_name={SINK} rate={rate} norewinds=1",
        f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]
    log = (socket.parent / "log").open("wb")
    with log:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _await(socket: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            log = (socket.parent / "log").read_text(errors="replace")
            raise RuntimeError(f"PulseAudio did not start:\n{log}")
        time.sleep(0.02)


def main(words: list[str]) -> int:
    """Run a command with a null sink as its sound card; returns its exit status."""
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        print("usage: python -m tests.pulse -- COMMAND...", file=sys.stderr)
        return 2
    with null_sink():
        return subprocess.call(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
