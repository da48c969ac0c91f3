"""The picture as a camera that other programs can choose (OBS, a video call). One thread; no Qt.

The picture is drawn once more, as for a recording, but for the present: what is late is left out, nothing waits.
pyvirtualcam carries it to the system's camera: v4l2loopback on Linux, OBS's own on Windows and macOS.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from typing import Any, Protocol

from visualizer.errors import VisualizerError
from visualizer.hearing.sources import Heard
from visualizer.painting.networks import first_line
from visualizer.show.recorded_picture import RecordedPicture
from visualizer.words import later, tr

SIZE = (1280, 720)
FPS = Fraction(30)
REMEDIES = {
    "linux": later("load its kernel module with “sudo modprobe v4l2loopback”"),
    "win32": later("install OBS, which brings one"),
    "darwin": later("install OBS and start its virtual camera once"),
}


class Device(Protocol):
    """A camera that pictures can be sent to."""

    @property
    def name(self) -> str:
        """As other programs list it."""

    def send(self, frame: Any) -> None:
        """Show an av.VideoFrame of the camera's size."""

    def close(self) -> None:
        """Give it back."""


class VirtualCamera:
    """Sends what is shown to a camera device, until it is stopped.

    Args:
        open_picture: makes the picture, on the camera's thread.
        heard: what is in the air at a time; None for nothing.
        on_open: called once with the device's name, on the camera's thread.
        on_end: called once at the end, on the camera's thread, with what went wrong as a sentence; else empty.
        open_device: opens the camera; raises VisualizerError.
        clock: seconds, steady; the one that `heard` is asked by.
        wait: waits for some seconds, or less; None until the end is asked for.
    """

    def __init__(
        self,
        open_picture: Callable[[], RecordedPicture],
        heard: Callable[[float], Heard | None],
        on_open: Callable[[str], None],
        on_end: Callable[[str], None],
        *,
        open_device: Callable[[], Device] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._open_picture, self._heard = open_picture, heard
        self._on_open, self._on_end = on_open, on_end
        self._open_device = open_device or open_camera
        self._clock = clock
        self._stop = threading.Event()
        self._wait = wait or self._stop.wait
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; on_end follows."""
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it takes longer."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        problem = ""
        try:
            with closing(self._open_device()) as device:
                picture = self._open_picture()
                try:
                    self._on_open(device.name)
                    self._send(device, picture)
                finally:
                    picture.release()
        except VisualizerError as error:
            problem = str(error)
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            problem = tr("The virtual camera stopped ({cause}).", cause=cause)
        self._on_end(problem)

    def _send(self, device: Device, picture: RecordedPicture) -> None:
        """Picture after picture, each for the moment in which it is drawn."""
        began, number = self._clock(), 0
        while not self._stop.is_set():
            now = self._clock()
            picture.watch(now)
            early_s = began + float(number / FPS) - now
            if early_s > 0:
                self._wait(early_s)
                continue
            if picture.begun:
                heard = self._heard(now)
                device.send(picture.image(now, heard.features if heard is not None else None))
            number = max(number, int((now - began) * FPS)) + 1


class _Camera:
    """pyvirtualcam's."""

    def __init__(self, camera: Any) -> None:
        self._camera = camera

    @property
    def name(self) -> str:
        return str(self._camera.device)

    def send(self, frame: Any) -> None:
        self._camera.send(frame.to_ndarray(format="rgb24"))

    def close(self) -> None:
        self._camera.close()


def open_camera() -> Device:
    """The first virtual camera of the system.

    Raises:
        VisualizerError: pyvirtualcam is not installed, or there is no camera.
    """
    try:
        import pyvirtualcam
    except ImportError as error:
        raise VisualizerError(
            tr("The virtual camera needs a package ({cause}): pip install pyvirtualcam.", cause=first_line(error))
        ) from error
    try:
        return _Camera(pyvirtualcam.Camera(*SIZE, fps=float(FPS)))
    except (RuntimeError, OSError) as error:
        remedy = tr(REMEDIES.get(sys.platform, REMEDIES["linux"]))
        raise VisualizerError(
            tr("No virtual camera is free ({cause}): {remedy}.", cause=first_line(error), remedy=remedy)
        ) from error
