"""Draws a specification to PNG, without a browser."""

from __future__ import annotations

from typing import Any


def render_png(spec: dict[str, Any], *, scale: float = 2.0) -> bytes:
    """The picture of a Vega-Lite ``spec`` as PNG bytes, ``scale`` device pixels to a chart pixel.

    Nothing is fetched: data stands in the specification, and no URL is allowed.

    :raises ValueError: when the specification cannot be drawn.
    """
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
    return png
