"""Lists inputs as they are now; runs on the session's worker thread.

PortAudio makes its list when it starts, and restarting it would stop the player's stream. The sound server on Linux
is asked itself; elsewhere, while a stream is open here, a process of its own starts a PortAudio, lists and ends.
"""

from __future__ import annotations

import contextlib
from multiprocessing.connection import Connection

from visualizer.sound.capture_process import spawn_context
from visualizer.sound.devices import Device, input_devices
from visualizer.sound.streams import refresh_devices

SCAN_S = 15.0  # for a crowded machine to start a Python


def present_inputs() -> list[Device]:
    """Microphones, lines and monitors of this moment, the default first; empty without PortAudio."""
    found = input_devices()
    if any(device.target for device in found):
        return found
    if refresh_devices():
        return input_devices()
    elsewhere = scan_inputs()
    return found if elsewhere is None else elsewhere


def scan_inputs() -> list[Device] | None:
    """What a fresh process finds; None when it cannot say."""
    context = spawn_context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_scan, args=(theirs,), name="device scan", daemon=True)
    found: list[Device] | None = None
    with ours:
        try:
            process.start()
        except OSError:
            return None
        finally:
            theirs.close()
        with contextlib.suppress(EOFError, OSError):
            found = ours.recv() if ours.poll(SCAN_S) else None
    process.join(0 if found is None else SCAN_S)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()
    return found


def _scan(app: Connection) -> None:
    """The process."""
    with contextlib.suppress(OSError):  # the app has given up
        app.send(input_devices())
