"""Draws the cross-fading painting with OpenGL 3.3: textures, small targets, three shaders. GUI thread.

The blend of the last and the next painting lives in a target of the paintings' own size, so that a
painting that arrives in the middle of a fade continues from what is on screen: the two targets
change places. Then it is enlarged smoothly, and hung on the screen.
"""

from __future__ import annotations

import moderngl
import numpy as np

from visualizer.hanging import Hanging
from visualizer.shaders import BLEND, ENLARGE, HANG, TRIANGLE

SRGB8 = 0x8C41  # GL_SRGB8: the hardware turns sRGB codes into linear light as it reads
ENLARGED = 1024  # points of the enlarged painting's longer side, about; less where the processor draws


class GLPainting:
    """The painting's OpenGL objects, in the context that is current when it is made.

    Args:
        context: moderngl's context, OpenGL 3.3 or newer.
        wall: colour of the wall, sRGB codes.
        enlarged: points of the enlarged painting's longer side, about.

    Attributes:
        size: width and height of the paintings in points.
    """

    def __init__(self, context: moderngl.Context, wall: tuple[int, int, int], enlarged: int = ENLARGED) -> None:
        self._context = context
        self._limit = enlarged
        self._blend, self._blending = self._pass(BLEND)
        self._enlarge, self._enlarging = self._pass(ENLARGE)
        self._hang, self._hanging = self._pass(HANG)
        self._blend["before"], self._blend["after"] = 0, 1
        self._hang["wall"] = tuple(code / 255 for code in wall)
        self._before = self._target((1, 1))
        self._now = self._target((1, 1))
        self._enlarged = self._target((1, 1))
        self._after = self._empty()
        self._settled = False  # the enlarged picture is final
        self.size = (1, 1)

    def upload(self, image: np.ndarray | None) -> None:
        """Make an image the next one, uint8 [H, W, 3] sRGB, or the bare wall; the blend becomes the last one."""
        self._before, self._now = self._now, self._before
        self._after.release()
        self._settled = False
        if image is None:
            self._after = self._empty()
            size = self.size
        else:
            size = (image.shape[1], image.shape[0])
            # Row 0 of the image is its top; OpenGL counts from the bottom.
            data = np.ascontiguousarray(image[::-1])
            self._after = _clamped(self._context.texture(size, 3, data, alignment=1, internal_format=SRGB8))
        if size != self._now.size:
            _release(self._now)
            self._now = self._target(size)
        if size != self.size:
            self.size = size
            factor = max(1, self._limit // max(size))
            _release(self._enlarged)
            self._enlarged = self._target((size[0] * factor, size[1] * factor))

    def draw(self, target: moderngl.Framebuffer, hanging: Hanging, progress: float) -> None:
        """Blend last and next painting at progress 0..1 and hang the blend on the target."""
        self._context.enable_only(moderngl.NOTHING)
        if not self._settled:
            self._blend["progress"] = progress
            self._after.use(1)
            self._run(self._blending, self._before, self._now)
            self._run(self._enlarging, self._now, self._enlarged)
            self._settled = progress >= 1
        self._hang["screen"] = hanging.screen
        self._hang["hung"] = (hanging.left, hanging.bottom, hanging.width, hanging.height)
        self._hang["scale"] = hanging.scale
        self._hang["framed"] = float(hanging.framed)
        target.viewport = (0, 0, *hanging.screen)
        self._run(self._hanging, self._enlarged, target)

    def release(self) -> None:
        """Give everything back; its context must be current."""
        for part in (self._blending, self._enlarging, self._hanging, self._blend, self._enlarge, self._hang):
            part.release()
        self._after.release()
        for target in (self._before, self._now, self._enlarged):
            _release(target)

    def _pass(self, shader: str) -> tuple[moderngl.Program, moderngl.VertexArray]:
        program = self._context.program(vertex_shader=TRIANGLE, fragment_shader=shader)
        return program, self._context.vertex_array(program, [])

    def _run(self, shader: moderngl.VertexArray, source: moderngl.Framebuffer, target: moderngl.Framebuffer) -> None:
        target.use()
        _texture(source).use(0)
        shader.render(moderngl.TRIANGLES, vertices=3)

    def _target(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        target = self._context.framebuffer([_clamped(self._context.texture(size, 4, dtype="f2"))])
        target.clear(0.0, 0.0, 0.0, 0.0)
        return target

    def _empty(self) -> moderngl.Texture:
        """A painting that is not there: transparent."""
        return self._context.texture((1, 1), 4, bytes(4))


def _clamped(texture: moderngl.Texture) -> moderngl.Texture:
    texture.repeat_x = texture.repeat_y = False
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture


def _texture(target: moderngl.Framebuffer) -> moderngl.Texture:
    texture = target.color_attachments[0]
    assert isinstance(texture, moderngl.Texture)
    return texture


def _release(target: moderngl.Framebuffer) -> None:
    _texture(target).release()
    target.release()
