"""Draws a painting that follows music with OpenGL 3.3: textures, targets, shaders. The thread of its context.

The blend of the last and the next painting lives in targets of the paintings' own size, so that a painting that
arrives in the middle of a fade continues from what is on screen. The blend's structure says which way things run in it;
brush strokes along it, or a smooth kernel on weak machines, make a large picture, and that is hung on the screen. Only
what a refresh changes is done again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import moderngl
import numpy as np

from visualizer.picture.hanging import Hanging
from visualizer.picture.linen import VIGNETTE
from visualizer.picture.miniature import SHADE_VIGNETTE, tint
from visualizer.picture.presentation import Look
from visualizer.picture.scene import Sight
from visualizer.picture.shaders import BLEND, BRUSH, ENLARGE, HANG, STROKES, STRUCTURE, TRIANGLE, WIDEN

SRGB8 = 0x8C41  # GL_SRGB8: the hardware turns sRGB codes into linear light as it reads
ENLARGED = 1024  # points of the whole painting's longer side where it is enlarged smoothly, about
BRUSHED = (2304, 1152)  # the same where it is brushed, by tier, at most
CELLS = (44, 88, 168)  # strokes along the painting's side, by layer
GRAIN_SIDE = 1600  # points of the painting's side from which the light on bristles shows in full
LAYERS = (3, 2)  # of strokes, by tier
PLAIN = len(LAYERS)  # the first tier without strokes
OVERSCAN = 0.02  # of the painting, painted beyond what is seen at rest: zoom and rotation reach there
FLOW_TURN_S = 60.0  # of the flow's clock, after which strokes and light are as before
STRUCTURE_SIGMA = 1.8  # points: how far structure is averaged


@dataclass(frozen=True)
class Region:
    """The part of the painting that can be seen, and in how many points it is painted large.

    Attributes:
        left, bottom, width, height: in shares of the painting.
        points: width and height.
    """

    left: float
    bottom: float
    width: float
    height: float
    points: tuple[int, int]


def region(hanging: Hanging, side: float) -> Region:
    """What can be seen of a painting that hangs so, at most `side` points for the whole of its longer side."""
    spans = []
    for screen, start, length in (
        (hanging.screen[0], hanging.left, hanging.width),
        (hanging.screen[1], hanging.bottom, hanging.height),
    ):
        low = max(0.0, -start / length - OVERSCAN)
        spans.append((low, min(1.0, (screen - start) / length + OVERSCAN) - low))
    scale = min(1.0, side / max(hanging.width, hanging.height))
    (left, width), (bottom, height) = spans
    points = (max(1, round(hanging.width * width * scale)), max(1, round(hanging.height * height * scale)))
    return Region(left, bottom, width, height, points)


class GLPainting:
    """The painting's OpenGL objects, in the context that is current when it is made.

    Args:
        context: moderngl's context, OpenGL 3.3 or newer.
        wall: colour of the wall, sRGB codes.
        enlarged: points of the longer side of a painting that is enlarged without strokes, about.

    Attributes:
        size: width and height of the paintings in points.
    """

    def __init__(self, context: moderngl.Context, wall: tuple[int, int, int], enlarged: int = ENLARGED) -> None:
        self._context = context
        self._enlarged_side = enlarged
        self._passes = {
            name: self._pass(shader)
            for name, shader in {
                "blend": BLEND,
                "structure": STRUCTURE,
                "widen": WIDEN,
                "strokes": STROKES,
                "brush": BRUSH,
                "enlarge": ENLARGE,
                "hang": HANG,
            }.items()
        }
        self._set("blend", before=0, after=1, last=2)
        self._set("strokes", blend=0, structure=1, cells=CELLS)
        self._set("brush", blend=0, structure=1, colours=2, courses=3, cells=CELLS)
        self._set("hang", painted=0, blend=1, wall=tuple(code / 255 for code in wall))
        self._blends = [self._target((1, 1)) for _ in range(3)]
        self._before = self._shown = self._blends[0]
        self._structure = [self._target((1, 1)) for _ in range(2)]
        self._strokes = self._target((max(CELLS), sum(CELLS)), 2)
        self._painted = self._target((1, 1))
        self._after = self._empty()
        self._blend_rests = False  # what is shown is the newest painting, and all of it
        self._painted_as: tuple[object, ...] | None = None  # what the large picture was made from
        self.size = (1, 1)

    def upload(self, image: np.ndarray | None, *, finished: bool = False) -> None:
        """Fade to an image from now on, uint8 [H, W, 3] sRGB, or to the bare wall, from what was shown last.

        Args:
            finished: the fade so far was to its end, wherever the last sight left it.
        """
        self._before = self._mixed(1.0, 1.0) if finished else self._shown
        self._blend_rests = False
        self._after.release()
        if image is None:
            self._after = self._empty()
            return
        size = (image.shape[1], image.shape[0])
        # Row 0 of the image is its top; OpenGL counts from the bottom.
        data = np.ascontiguousarray(image[::-1])
        self._after = _clamped(self._context.texture(size, 3, data, alignment=1, internal_format=SRGB8))
        self.size = size

    def draw(self, target: moderngl.Framebuffer, hanging: Hanging, sight: Sight, tier: int = 0) -> None:
        """Show a sight of the picture on a target.

        Args:
            target: of the hanging's screen size.
            hanging: where.
            sight: what to show now; each is drawn once, in order.
            tier: 0 the full picture, 1 fewer strokes and points, 2 or more none.
        """
        self._context.enable_only(moderngl.NOTHING)
        if not self._blend_rests:
            self._mix(sight)
        brushed = tier < PLAIN
        seen = region(hanging, BRUSHED[tier] if brushed else self._plain_side())
        self._paint(seen, sight, tier)
        self._show(target, hanging, seen, sight, brushed)

    def release(self) -> None:
        """Give everything back; its context must be current."""
        for program, shader in self._passes.values():
            shader.release()
            program.release()
        self._after.release()
        for target in (*self._blends, *self._structure, self._strokes, self._painted):
            _release(target)

    def _mix(self, sight: Sight) -> None:
        """What is shown now, at the paintings' own size."""
        self._shown = self._mixed(sight.progress, sight.share)
        self._blend_rests = sight.progress >= 1 and sight.share >= 1
        self._painted_as = None

    def _mixed(self, progress: float, share: float) -> moderngl.Framebuffer:
        """Between the last painting and the next, as far as what was shown last allows."""
        free = next(
            index for index, blend in enumerate(self._blends) if blend is not self._before and blend is not self._shown
        )
        if self._blends[free].size != self.size:
            _release(self._blends[free])
            self._blends[free] = self._target(self.size)
        self._context.enable_only(moderngl.NOTHING)
        self._set("blend", progress=progress, share=share)
        self._after.use(1)
        _texture(self._shown).use(2)
        self._run("blend", self._before, self._blends[free])
        return self._blends[free]

    def _plain_side(self) -> int:
        """Points of the longer side of the whole painting where it is enlarged smoothly."""
        return max(1, self._enlarged_side // max(self.size)) * max(self.size)

    def _paint(self, seen: Region, sight: Sight, tier: int) -> None:
        """The large picture: with brush strokes, or plainly."""
        brushed = tier < PLAIN
        sway = (sight.look.flow, sight.look.flow_s) if brushed and sight.look.flow else None
        wanted = (seen, tier, sway)
        if self._painted_as == wanted:
            return
        if self._painted.size != seen.points:
            _release(self._painted)
            self._painted = self._target(seen.points)
        name = "brush" if brushed else "enlarge"
        self._set(name, region=(seen.left, seen.bottom, seen.width, seen.height))
        if brushed:
            if self._painted_as is None:
                self._find_structure()
            _texture(self._structure[0]).use(1)
            self._set("strokes", flow=sight.look.flow, phase=_phase(sight.look))
            self._run("strokes", self._shown, self._strokes)
            _texture(self._strokes, 0).use(2)
            _texture(self._strokes, 1).use(3)
            self._set("brush", layers=LAYERS[tier], points_wide=seen.points[0] / seen.width)
        self._run(name, self._shown, self._painted)
        self._painted_as = wanted

    def _find_structure(self) -> None:
        """Which way things run in the picture: a structure tensor, averaged, and colours averaged over strokes."""
        if self._structure[0].size != self.size:
            for target in self._structure:
                _release(target)
            self._structure = [self._target(self.size) for _ in range(2)]
        _texture(self._shown).build_mipmaps()
        first, second = self._structure
        self._run("structure", self._shown, first)
        for source, target, axis in ((first, second, (1.0, 0.0)), (second, first, (0.0, 1.0))):
            self._set("widen", axis=axis, sigma=STRUCTURE_SIGMA)
            self._run("widen", source, target)

    def _show(self, target: moderngl.Framebuffer, hanging: Hanging, seen: Region, sight: Sight, brushed: bool) -> None:
        """Hang the large picture on the target."""
        look = sight.look
        self._set(
            "hang",
            screen=hanging.screen,
            hung=(hanging.left, hanging.bottom, hanging.width, hanging.height),
            region=(seen.left, seen.bottom, seen.width, seen.height),
            scale=hanging.scale,
            framed=float(hanging.framed),
            zoom=look.zoom,
            turn=float(np.radians(look.rotation_deg)),
            tint=tuple(tint(look).ravel()),
            tinted=float(look.saturation != 1 or look.warmth != 0),
            relief=look.relief,
            grain=min(1.0, seen.points[0] / seen.width / GRAIN_SIDE),
            brushed=float(brushed),
            phase=_phase(look),
            vignette=VIGNETTE + SHADE_VIGNETTE * look.shade,
            bright=sight.light,
        )
        target.viewport = (0, 0, *hanging.screen)
        _texture(self._shown).use(1)
        self._run("hang", self._painted, target)

    def _set(self, name: str, **values: object) -> None:
        """Set uniforms of a pass; one that its shader does not use has been optimised away."""
        program = self._passes[name][0]
        for key, value in values.items():
            if key in program:
                program[key] = value

    def _pass(self, shader: str) -> tuple[moderngl.Program, moderngl.VertexArray]:
        program = self._context.program(vertex_shader=TRIANGLE, fragment_shader=shader)
        return program, self._context.vertex_array(program, [])

    def _run(self, name: str, source: moderngl.Framebuffer, target: moderngl.Framebuffer) -> None:
        target.use()
        _texture(source).use(0)
        self._passes[name][1].render(moderngl.TRIANGLES, vertices=3)

    def _target(self, size: tuple[int, int], layers: int = 1) -> moderngl.Framebuffer:
        textures = [_clamped(self._context.texture(size, 4, dtype="f2")) for _ in range(layers)]
        target = self._context.framebuffer(textures)
        target.clear(0.0, 0.0, 0.0, 0.0)
        return target

    def _empty(self) -> moderngl.Texture:
        """A painting that is not there: transparent."""
        return self._context.texture((1, 1), 4, bytes(4))


def _phase(look: Look) -> float:
    """The flow's clock as an angle: shaders use whole multiples of it, so that it may turn round."""
    return 2 * math.pi * (look.flow_s % FLOW_TURN_S) / FLOW_TURN_S


def _clamped(texture: moderngl.Texture) -> moderngl.Texture:
    texture.repeat_x = texture.repeat_y = False
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture


def _texture(target: moderngl.Framebuffer, layer: int = 0) -> moderngl.Texture:
    texture = target.color_attachments[layer]
    assert isinstance(texture, moderngl.Texture)
    return texture


def _release(target: moderngl.Framebuffer) -> None:
    for texture in target.color_attachments:
        texture.release()
    target.release()
