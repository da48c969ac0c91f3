"""A sound server of our own with a sink that nobody hears and a tone in it: something certain to capture.

Used by `visualizer selftest audio`: on Linux with PulseAudio installed the capture can be tested on any machine,
with or without a sound card, and without a sound in the room. Runs on the thread that calls it.
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
from pathlib import Path

SINK = "selftest"
RATE = 48_000  # Hz
# PulseAudio repeats up to 16,368 samples of a tone: 48,000 / gcd(717, 48,000) = 16,000 fit, so it never jumps.
# Its period of 66.9 samples divides no usual block, so that no lost block goes unnoticed.
TONE_HZ = 717
START_S = 10.0
IDLE_S = 60  # the server ends by itself if we were killed
_VARIABLES = ("XDG_RUNTIME_DIR", "PULSE_SERVER", "PULSE_COOKIE", "PULSE_SOURCE", "PULSE_SINK")


def can_be_private() -> bool:
    """Whether there is a PulseAudio to start."""
    linux = sys.platform.startswith("linux")
    return linux and shutil.which("pulseaudio") is not None and shutil.which("pactl") is not None


@contextlib.contextmanager
def private_tone() -> Iterator[None]:
    """While it lasts, this process's only sound is a steady tone, which its default input hears.

    To be entered before PortAudio is started: it reads the environment then.

    Raises:
        OSError: the server does not start.
    """
    with tempfile.TemporaryDirectory(prefix="visualizer-") as folder:
        socket = Path(folder) / "native"
        before = {name: os.environ.pop(name, None) for name in _VARIABLES}
        os.environ.update(XDG_RUNTIME_DIR=folder, PULSE_SERVER=f"unix:{socket}", PULSE_COOKIE=f"{folder}/cookie")
        server = subprocess.Popen(_command(socket), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _await(socket, server)
            yield
        finally:
            server.terminate()
            server.wait()
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _command(socket: Path) -> list[str]:
    # Floating point, or rounding would blur the phase; no rewinds, or an idle sink would sleep for two seconds.
    return [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        f"--exit-idle-time={IDLE_S}",
        "--use-pid-file=no",
        "--disable-shm=yes",
        f"--load=module-null-sink sink_name={SINK} rate={RATE} format=float32le norewinds=1",
        f"--load=module-sine sink={SINK} frequency={TONE_HZ}",
        f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]


def _await(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise OSError("PulseAudio does not start")
        time.sleep(0.02)
