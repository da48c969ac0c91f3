"""An OpenGL context without a window, for measuring and checking; the thread that makes it uses it."""

from __future__ import annotations

import moderngl

from visualizer.errors import VisualizerError


def offscreen_context() -> moderngl.Context:
    """OpenGL 3.3 without a window, through the display or, where there is none, through EGL.

    Raises:
        VisualizerError: neither starts.
    """
    try:
        return moderngl.create_context(require=330, standalone=True)
    except Exception as error:  # moderngl raises plain Exception
        problem = error
    try:
        return moderngl.create_context(require=330, standalone=True, backend="egl")  # type: ignore[arg-type]
    except Exception:
        text = f"OpenGL 3.3 does not start ({problem}): install a graphics driver; pictures are drawn without it."
        raise VisualizerError(text) from problem
