"""Where the files that ship with the app lie: models, music and icons. Any thread; touches no file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def resources_dir() -> Path:
    """The folder of shipped files: inside the package when installed as a wheel, else the checkout's own."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def models_dir() -> Path:
    """The folder that holds one folder for each shipped model."""
    return resources_dir() / "models"


def music_dir() -> Path:
    """The folder of the bundled pieces."""
    return resources_dir() / "music"
