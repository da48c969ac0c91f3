"""What the desktop asks of every program, where Qt does not say: reduced motion. GUI thread, at the start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

TIMEOUT_S = 1.0
SPI_GETCLIENTAREAANIMATION = 0x1042


def reduced_motion(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the desktop asks for reduced motion; False where it cannot be asked.

    Windows: "Animation effects" are off. macOS: "Reduce motion" is on. Linux: GNOME's and its kin's
    enable-animations is false.

    Args:
        environment: variables, for tests; None for the process's own.
    """
    environment = os.environ if environment is None else environment
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _said(["defaults", "read", "com.apple.universalaccess", "reduceMotion"]) == "1"
    if "DISPLAY" not in environment and "WAYLAND_DISPLAY" not in environment:
        return False
    return _said(["gsettings", "get", "org.gnome.desktop.interface", "enable-animations"]) == "false"


def _windows() -> bool:
    import ctypes

    animated = ctypes.c_int(1)
    windll = getattr(ctypes, "windll", None)
    if windll is None:
        return False
    asked = windll.user32.SystemParametersInfoW(SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animated), 0)
    return bool(asked) and not animated.value


def _said(command: list[str]) -> str:
    """What a program prints; empty when it is not there or does not answer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
