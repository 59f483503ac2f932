"""The outline of the land for the map of the page, from Natural Earth (public domain).

    python -m training.web.land LAND_110M.json

The file is ``land-110m.json`` of the npm package ``world-atlas`` 2.0.2, TopoJSON of Natural Earth 1:110m. What is
written to ``kg/web/static/land.json`` is a list of rings of longitudes and latitudes in tenths of a degree. Borders are left out:
they are disputed.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

TARGET = Path(__file__).parents[2] / "kg" / "web" / "static" / "land.json"


def rings(topology: dict) -> list[list[int]]:
    """Each ring as one flat list of numbers: longitude, latitude, longitude …"""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round((x * scale[0] + shift[0]) * 10), round((y * scale[1] + shift[1]) * 10)))
        arcs.append(points)
    out = []
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                points: list[tuple[int, int]] = []
                for number in ring:
                    points += arcs[number] if number >= 0 else arcs[~number][::-1]
                out += flat([p for i, p in enumerate(points) if i == 0 or p != points[i - 1]])
    return out


def flat(points: list[tuple[int, int]]) -> list[list[int]]:
    """A ring on the plane: one that crosses the antimeridian is drawn on either side, one around a pole is closed there."""
    out, turn = [points[0]], 0
    for (before, _), (x, y) in pairwise(points):
        turn += -3600 if x - before > 1800 else 3600 if before - x > 1800 else 0
        out.append((x + turn, y))
    if turn:
        pole = -900 if points[0][1] < 0 else 900
        out += [(out[-1][0], pole), (out[0][0], pole)]
    rings = [[coordinate for point in out for coordinate in point]]
    if not turn and not all(-1800 <= x <= 1800 for x, _ in out):
        shift = -3600 if max(x for x, _ in out) > 1800 else 3600
        rings.append([coordinate for x, y in out for coordinate in (x + shift, y)])
    return rings


if __name__ == "__main__":
    found = rings(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    TARGET.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")
