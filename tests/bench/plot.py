# SPDX-License-Identifier: MIT
"""Lines over sizes, both axes logarithmic, as an SVG file."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 70, 150, 40, 50
COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f")


def _ticks(low, high):
    """1, 2 and 5 of each decade between two values, both covered."""
    at = [d * 10.0 ** k for k in range(math.floor(math.log10(low)) - 1,
                                       math.ceil(math.log10(high)) + 1) for d in (1, 2, 5)]
    first = max(t for t in at if t <= low)
    last = min((t for t in at if t >= high), default=at[-1])
    last = last if last > first else first * 10
    return [t for t in at if first <= t <= last]


def _scale(ticks, start, end):
    low, high = math.log(ticks[0]), math.log(ticks[-1])
    return lambda v: start + (math.log(v) - low) / (high - low) * (end - start)


def lines(path, title, x_name, series):
    """{name: [(x, y)]}; values that have no logarithm are left out."""
    series = {name: [(x, y) for x, y in sorted(dots) if x > 0 and y > 0]
              for name, dots in series.items()}
    dots = [dot for s in series.values() for dot in s]
    if not dots:
        return
    xs, ys = (_ticks(min(d[k] for d in dots), max(d[k] for d in dots)) for k in (0, 1))
    x, y = _scale(xs, LEFT, WIDTH - RIGHT), _scale(ys, HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
           ' font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>']

    def text(at_x, at_y, what, anchor="start", fill="black"):
        out.append(f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}" fill="{fill}">'
                   f"{escape(what)}</text>")

    def line(points, colour, width):
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="'
                   + " ".join(f"{a:.1f},{b:.1f}" for a, b in points) + '"/>')

    text(LEFT, TOP - 16, title)
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_name, "middle")
    for t in xs:
        line([(x(t), y(ys[0])), (x(t), y(ys[-1]))], "#ddd", 1)
        text(x(t), HEIGHT - BOTTOM + 16, f"{t:g}", "middle")
    for t in ys:
        line([(x(xs[0]), y(t)), (x(xs[-1]), y(t))], "#ddd", 1)
        text(LEFT - 6, y(t) + 4, f"{t:g}", "end")
    for k, (name, s) in enumerate(series.items()):
        colour = COLOURS[k % len(COLOURS)]
        line([(x(a), y(b)) for a, b in s], colour, 2)
        out += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3" fill="{colour}"/>' for a, b in s]
        text(WIDTH - RIGHT + 12, TOP + 12 + 18 * k, name, fill=colour)
    with open(path, "w", encoding="ascii") as f:
        f.write("\n".join(out + ["</svg>", ""]))
