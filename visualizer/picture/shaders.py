"""The picture's shaders (GLSL 3.30 core): blend two paintings, find their structure, brush or enlarge, hang.

Blending and enlarging are done in linear light: paintings are stored as sRGB, which the hardware decodes as it reads.
A blend's alpha channel says how far there is a painting at all, the same everywhere; what it leaves open is the
gallery wall. The large picture holds sRGB codes and, as alpha, how thick the paint lies.
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
uniform sampler2D last;   // as shown last
uniform float progress;
uniform float share;      // of the way from there to what is wanted
in vec2 place;
out vec4 blend;
void main() {
    blend = mix(texture(before, place), texture(after, place), progress);
    if (share < 1.0) blend = mix(texture(last, place), blend, share);
}
"""

CODES = """
vec3 codes_of(vec3 light) {
    light = clamp(light, 0.0, 1.0);
    return mix(light * 12.92, 1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055, step(vec3(0.0031308), light));
}
"""

# The structure tensor of brightness as the eye sees it (about the square root of light), by Scharr's filter:
# (xx, yy, xy) of the gradient's products. WIDEN averages it.
STRUCTURE = """
#version 330 core
uniform sampler2D blend;
in vec2 place;
out vec4 structure;
float seen(int x, int y) {
    ivec2 last = textureSize(blend, 0) - 1;
    vec4 paint = texelFetch(blend, clamp(ivec2(place * vec2(last + 1)) + ivec2(x, y), ivec2(0), last), 0);
    return sqrt(max(dot(paint.rgb, vec3(0.2126, 0.7152, 0.0722)) / max(paint.a, 1e-3), 0.0));
}
void main() {
    float upper = seen(1, 1) - seen(-1, 1), middle = seen(1, 0) - seen(-1, 0), lower = seen(1, -1) - seen(-1, -1);
    float right = seen(1, 1) - seen(1, -1), centre = seen(0, 1) - seen(0, -1), left = seen(-1, 1) - seen(-1, -1);
    vec2 slope = vec2(3.0 * (upper + lower) + 10.0 * middle, 3.0 * (right + left) + 10.0 * centre) / 16.0;
    structure = vec4(slope * slope, slope.x * slope.y, 0.0) * 64.0;  // within what 16 bits tell apart
}
"""

WIDEN = """
#version 330 core
uniform sampler2D wide;
uniform vec2 axis;    // (1, 0) or (0, 1)
uniform float sigma;  // points
in vec2 place;
out vec4 wider;
void main() {
    vec2 point = axis / vec2(textureSize(wide, 0));
    vec4 sum = vec4(0.0);
    float weights = 0.0;
    for (int index = -5; index <= 5; index++) {
        float weight = exp(-0.5 * float(index * index) / (sigma * sigma));
        sum += weight * texture(wide, place + float(index) * point);
        weights += weight;
    }
    wider = sum / weights;
}
"""

# Numbers without pattern for a stroke: the same each time, whatever the screen.
CHANCE = """
uvec3 scrambled(uvec3 v) {
    v = v * 1664525u + 1013904223u;
    v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
    v ^= v >> 16u;
    v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
    return v;
}
vec3 chance(ivec2 cell, int layer) {
    return vec3(scrambled(uvec3(ivec3(cell + 4096, layer + 1))) >> 8u) / 16777216.0;
}
"""

# Direction along which things run at a place, and how clearly: where nothing runs, a calm swirl.
DIRECTION = """
vec3 direction(vec2 at) {
    vec3 tensor = texture(structure, at).xyz;
    vec2 twice = vec2(tensor.x - tensor.y, 2.0 * tensor.z);  // twice the gradient's angle
    vec2 swirl = 0.03 * vec2(cos(5.1 * at.x + 3.0 * sin(2.3 * at.y)), sin(4.3 * at.y + 2.6 * sin(3.1 * at.x + 1.0)));
    float angle = 0.5 * atan(-twice.y + swirl.y, -twice.x + swirl.x);
    return vec3(cos(angle), sin(angle), tensor.x + tensor.y);
}
"""

# The strokes of all layers, one a texel, layer above layer. Each has a place of its own on a jittered grid and never
# leaves it but for a little swaying; it takes the painting's colour there and lies along the painting's structure: what
# moves are colours and directions, never the grain.
STROKES = (
    """
#version 330 core
uniform sampler2D blend;
uniform sampler2D structure;
uniform int cells[3];  // along the painting's side, by layer
uniform float flow;    // how far strokes sway along themselves
uniform float phase;   // of the swaying, radians
in vec2 place;
layout(location = 0) out vec4 colour;  // linear light, and how far the stroke is wanted
layout(location = 1) out vec4 course;  // its middle within its cell, and its direction
const vec2 DETAIL[3] = vec2[3](vec2(-1.0, 0.0), vec2(0.004, 0.05), vec2(0.03, 0.2));  // from where, and all, strokes
"""
    + CHANCE
    + DIRECTION
    + """
void main() {
    ivec2 cell = ivec2(gl_FragCoord.xy);
    int layer = 0;
    while (layer < 2 && cell.y >= cells[layer]) cell.y -= cells[layer++];
    vec3 luck = chance(cell, layer);
    vec2 middle = 0.5 + 0.7 * (luck.xy - 0.5);
    vec2 spot = (vec2(cell) + middle) / float(cells[layer]);
    vec3 way = direction(spot);
    float sway = flow * 0.22 * sin(phase * (8.0 + floor(luck.x * 6.0)) + 6.2832 * luck.z);
    float size = float(textureSize(blend, 0).x) / float(cells[layer]);
    vec4 paint = textureLod(blend, spot, max(0.0, log2(0.55 * size)));
    vec3 light = paint.rgb / max(paint.a, 1e-3) * (1.0 + 0.12 * (luck.y - 0.5));  // no two loads are mixed alike
    colour = vec4(light, smoothstep(DETAIL[layer].x, DETAIL[layer].y, way.z + 0.02 * luck.x));
    course = vec4(middle + sway * way.xy, way.xy);
}
"""
)

# Paints the strokes, large ones first, smaller ones where there is detail. Where strokes overlap, the one of higher
# rank lies on top.
BRUSH = (
    """
#version 330 core
uniform sampler2D blend;
uniform sampler2D structure;
uniform sampler2D colours;  // of the strokes
uniform sampler2D courses;
uniform vec4 region;        // of the painting: left, bottom, width, height
uniform float points_wide;  // of the whole painting, painted so large
uniform int cells[3];
uniform int layers;
in vec2 place;
out vec4 painted;
const float LONG[3] = float[3](1.12, 1.10, 1.05);     // half a stroke's length and width, cells
const float WIDE[3] = float[3](0.46, 0.40, 0.36);
"""
    + CODES
    + CHANCE
    + DIRECTION
    + """
// Smooth chance along a line, 0..1: the tracks of bristles.
float track(float at) {
    vec2 two = fract((floor(at) + vec2(0.0, 1.0)) * 0.1031);
    two *= two + 33.33;
    two = fract(two * (two + two));
    float rest = fract(at);
    return mix(two.x, two.y, rest * rest * (3.0 - 2.0 * rest));
}

void main() {
    vec2 at = region.xy + place * region.zw;
    vec2 points = vec2(textureSize(blend, 0));
    vec3 here = direction(at);
    // Ground: read along the structure, so that slanting edges have no steps.
    vec4 sum = vec4(0.0);
    for (int index = -2; index <= 2; index++) {
        sum += exp(-0.35 * float(index * index)) * texture(blend, at + 0.9 * float(index) * here.xy / points);
    }
    vec3 ground = sum.rgb / max(sum.a, 1e-3), paint = ground;
    float thick = 0.3;
    int above = 0;
    for (int layer = 0; layer < layers; layer++) {
        vec2 grid = at * float(cells[layer]);
        ivec2 cell = ivec2(floor(grid));
        float clear = clamp(points_wide / float(cells[layer]) / 14.0, 0.0, 1.0);  // bristles thinner than a point blur
        vec3 mixed = vec3(0.0);
        float total = 1e-4, height = 0.0, cover = 0.0;
        for (int dy = -1; dy <= 1; dy++) for (int dx = -1; dx <= 1; dx++) {
            ivec2 home = clamp(cell + ivec2(dx, dy), ivec2(0), ivec2(cells[layer] - 1));
            vec4 course = texelFetch(courses, home + ivec2(0, above), 0);
            vec2 off = grid - vec2(cell + ivec2(dx, dy)) - course.xy;
            float along = dot(off, course.zw), across = dot(off, vec2(-course.w, course.z));
            if (abs(along) > LONG[layer] || abs(across) > WIDE[layer] + 0.1) continue;
            vec3 luck = chance(home, layer);
            float bend = abs(fract(0.35 * along + luck.y) * 2.0 - 1.0);
            across += 0.2 * (bend * bend * (3.0 - 2.0 * bend) - 0.5);  // a hand does not draw with a ruler
            float bristle = mix(0.5, track(across * 11.0 + 311.0 * luck.z + 40.0), clear);
            float reach = LONG[layer] * (0.72 + 0.28 * bristle);         // bristles leave the canvas one by one
            float sides = smoothstep(WIDE[layer], WIDE[layer] - 0.12, abs(across));
            float mask = sides * smoothstep(reach, reach - 0.28, abs(along));
            vec4 colour = texelFetch(colours, home + ivec2(0, above), 0);
            float weight = mask * exp2(9.0 * luck.z);
            mixed += weight * (0.95 + 0.1 * bristle) * colour.rgb;
            total += weight;
            height += weight * (0.25 + 0.75 * bristle) * (0.6 + 0.4 * sides);
            cover = max(cover, mask * colour.a);
        }
        paint = mix(paint, mixed / total, cover);
        thick = mix(thick, height / total, cover);
        above += cells[layer];
    }
    paint = mix(paint, ground, 0.45 * smoothstep(0.02, 0.35, here.z));  // detail that strokes would lose
    painted = vec4(codes_of(paint), thick);
}
"""
)

# The kernel is Mitchell and Netravali's (B = C = 1/3), as in visualizer.picture.enlarge. Runs on a target a few
# times the painting's size; from there to the screen, plain bilinear reading shows no points any more.
# Light is encoded here, not on every pixel of the screen: a processor without a graphics card can follow.
ENLARGE = (
    """
#version 330 core
uniform sampler2D blend;
uniform vec4 region;   // of the painting: left, bottom, width, height
in vec2 place;
out vec4 enlarged;
"""
    + CODES
    + """
vec4 kernel(float t) {
    vec4 x = vec4(1.0 + t, t, 1.0 - t, 2.0 - t);
    vec4 x2 = x * x, x3 = x2 * x;
    vec4 near = (7.0 * x3 - 12.0 * x2 + 16.0 / 3.0) / 6.0;
    vec4 far = (-7.0 / 3.0 * x3 + 12.0 * x2 - 20.0 * x + 32.0 / 3.0) / 6.0;
    return vec4(far.x, near.y, near.z, far.w);
}

void main() {
    ivec2 last = textureSize(blend, 0) - 1;
    vec2 point = (region.xy + place * region.zw) * vec2(last + 1) - 0.5;
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
    enlarged = vec4(codes_of(light.rgb / max(light.a, 1e-3)), 0.5);
}
"""
)

HANG = """
#version 330 core
uniform sampler2D painted;  // sRGB codes, and how thick the paint lies
uniform sampler2D blend;    // its alpha: how far there is a painting
uniform vec2 screen;    // pixels of the target
uniform vec4 hung;      // the painting's left, bottom, width and height, pixels
uniform vec4 region;    // the part of the painting in `painted`
uniform float scale;    // device pixels in one point of the desktop
uniform float framed;   // 1 when the whole painting hangs on the wall, 0 when it covers the screen
uniform vec3 wall;      // sRGB codes
uniform float zoom;
uniform float turn;     // radians, anticlockwise
uniform mat3 tint;      // of colours: what red, green and blue become
uniform float tinted;   // 0 leaves the colours alone
uniform float brushed;  // 1 with strokes, whose relief the light shows
uniform float relief;   // how much they glint
uniform float grain;    // how far points are fine enough to show it
uniform float phase;    // of the light's slow turning, radians
uniform float vignette;
uniform float bright;   // 0 is black
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

vec2 on_canvas(vec2 at) {  // from the painting, mirrored beyond its sides, to `painted`
    at = 1.0 - abs(1.0 - mod(at, 2.0));
    return (at - region.xy) / region.zw;
}

void main() {
    vec2 pixel = place * screen;
    vec2 off = (pixel - 0.5 * screen) / zoom;
    float cosine = cos(turn), sine = sin(turn);
    vec2 seen = vec2(cosine * off.x + sine * off.y, cosine * off.y - sine * off.x) + 0.5 * screen;
    // A framed painting moves within its frame, which hangs still.
    vec2 at = (seen - hung.xy) / hung.zw;
    float there = texelFetch(blend, ivec2(0), 0).a;
    vec2 beyond = abs((pixel - hung.xy) / hung.zw - 0.5);
    vec3 codes;
    if (framed > 0.5 && max(beyond.x, beyond.y) > 0.5) {
        codes = bare(pixel, there);
    } else {
        vec2 spot = on_canvas(at);
        vec4 paint = texture(painted, spot);
        if (tinted > 0.5) {
            vec3 light = tint * (paint.rgb * paint.rgb);  // near enough to linear light for a tint
            paint.rgb = sqrt(max(light, 0.0));
        }
        vec2 middle = place - 0.5;
        float corner = dot(middle, middle) * 2.0;
        float shine = 0.0, weave = linen(pixel);
        if (brushed > 0.5) {
            vec2 point = 0.8 / vec2(textureSize(painted, 0));
            float right = texture(painted, spot + vec2(point.x, 0.0)).a;
            float upper = texture(painted, spot + vec2(0.0, point.y)).a;
            vec2 slope = vec2(paint.a - right, paint.a - upper);
            float angle = 2.25 + 0.35 * sin(2.0 * phase);      // from the upper left, turning slowly
            vec2 lamp = vec2(cos(angle), sin(angle));
            float facing = dot(slope, lamp);
            shine = clamp(grain * facing * (0.75 + 0.75 * relief), -0.2, 0.2);
            weave *= 1.0 - 0.6 * paint.a;                      // thick paint covers the weave
        }
        float light = (1.0 + 0.05 * weave + shine) / 1.025 * (1.0 - (1.0 - framed) * vignette * corner * corner);
        codes = mix(bare(pixel, 0.0), paint.rgb * light, there);
    }
    // A little noise against banding in the shadows; it stands still.
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    colour = vec4(codes * bright + (noise - 0.5) / 255.0, 1.0);
}
"""
