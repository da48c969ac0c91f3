"""The canvas's shaders (GLSL 3.30 core): blend two paintings, enlarge the blend, hang it on the screen.

Blending and enlarging are done in linear light: paintings are stored as sRGB, which the hardware
decodes as it reads. The alpha channel says how far there is a painting at all; what it leaves open
is the gallery wall.
"""

TRIANGLE = """
#version 330 core
out vec2 place;  // 0..1 over the target, y up
void main() {
    vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    place = corner;
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
"""

BLEND = """
#version 330 core
uniform sampler2D before;
uniform sampler2D after;
uniform float progress;
in vec2 place;
out vec4 blend;
void main() {
    blend = mix(texture(before, place), texture(after, place), progress);
}
"""

# The kernel is Mitchell and Netravali's (B = C = 1/3), as in visualizer.enlarge. Runs on a target a few
# times the painting's size; from there to the screen, plain bilinear reading shows no points any more.
# Light is encoded here, not on every pixel of the screen: a processor without a graphics card can follow.
ENLARGE = """
#version 330 core
uniform sampler2D blend;
in vec2 place;
out vec4 enlarged;

vec4 kernel(float t) {
    vec4 x = vec4(1.0 + t, t, 1.0 - t, 2.0 - t);
    vec4 x2 = x * x, x3 = x2 * x;
    vec4 near = (7.0 * x3 - 12.0 * x2 + 16.0 / 3.0) / 6.0;
    vec4 far = (-7.0 / 3.0 * x3 + 12.0 * x2 - 20.0 * x + 32.0 / 3.0) / 6.0;
    return vec4(far.x, near.y, near.z, far.w);
}

void main() {
    ivec2 last = textureSize(blend, 0) - 1;
    vec2 point = place * vec2(last + 1) - 0.5;
    ivec2 first = ivec2(floor(point)) - 1;
    vec4 across = kernel(fract(point.x)), up = kernel(fract(point.y));
    vec4 light = vec4(0.0);
    for (int row = 0; row < 4; row++) {
        int y = clamp(first.y + row, 0, last.y);
        vec4 line = vec4(0.0);
        for (int column = 0; column < 4; column++) {
            line += across[column] * texelFetch(blend, ivec2(clamp(first.x + column, 0, last.x), y), 0);
        }
        light += up[row] * line;
    }
    float there = clamp(light.a, 0.0, 1.0);
    vec3 paint = clamp(light.rgb / max(there, 1e-3), 0.0, 1.0);
    vec3 codes = mix(paint * 12.92, 1.055 * pow(paint, vec3(1.0 / 2.4)) - 0.055, step(vec3(0.0031308), paint));
    enlarged = vec4(codes * there, there);
}
"""

HANG = """
#version 330 core
uniform sampler2D enlarged;  // sRGB codes times alpha
uniform vec2 screen;    // pixels of the target
uniform vec4 hung;      // the painting's left, bottom, width and height, pixels
uniform float scale;    // device pixels in one point of the desktop
uniform float framed;   // 1 when the whole painting hangs on the wall, 0 when it fills the screen
uniform vec3 wall;      // sRGB codes
in vec2 place;
out vec4 colour;

// Linen seen from an arm's length: threads over and under each other, 2.3 points wide.
float linen(vec2 at) {
    vec2 thread = at / (2.3 * scale);
    vec2 round = 1.0 - abs(fract(thread) * 2.0 - 1.0);
    vec2 turn = fract(thread * 0.5) - 0.5;
    return (turn.x * turn.y > 0.0 ? round.x : round.y) - 0.5;
}

vec3 bare(vec2 pixel, float hanging) {
    vec2 middle = place - vec2(0.5, 0.56);
    vec2 fall = max(max(hung.xy - pixel, pixel - hung.xy - hung.zw) + vec2(0.0, -10.0 * scale), 0.0);
    float shade = 1.0 / (1.0 + dot(fall, fall) / (180.0 * scale * scale));
    return wall * (1.15 - 0.9 * dot(middle, middle)) * (1.0 - 0.6 * hanging * shade);
}

void main() {
    vec2 pixel = place * screen;
    vec2 at = (pixel - hung.xy) / hung.zw;
    vec2 beyond = abs(at - 0.5);
    vec4 paint = texture(enlarged, clamp(at, 0.0, 1.0));
    vec3 codes;
    if (max(beyond.x, beyond.y) > 0.5) {
        codes = bare(pixel, paint.a * framed);
    } else {
        vec2 middle = place - 0.5;
        float corner = dot(middle, middle) * 2.0;
        float light = (1.0 + 0.05 * linen(pixel)) * (1.0 - (1.0 - framed) * 0.25 * corner * corner);
        codes = paint.rgb * light + (1.0 - paint.a) * bare(pixel, 0.0);
    }
    // A little noise against banding in the shadows.
    float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    colour = vec4(codes + (grain - 0.5) / 255.0, 1.0);
}
"""
