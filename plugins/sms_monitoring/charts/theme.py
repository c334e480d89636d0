"""One look for every chart: colours that differ in lightness too, quiet axes, no frame."""

from __future__ import annotations

from typing import Any

INK = "#1c2733"
MUTED = "#5f6b7a"
FAINT = "#e6e9ee"
ACCENT = "#2f5fa8"
ACCENT_SOFT = "#a9c1e4"
BAD = "#c8402f"
UNKNOWN = "#c3cad4"

# The renderer knows only the last of these on a bare server; it must be there, or text is left out.
FONT = "Helvetica Neue, Arial, Liberation Sans, sans-serif"


def theme() -> dict[str, Any]:
    """The ``config`` of a Vega-Lite specification."""
    return {
        "font": FONT,
        "background": "#ffffff",
        # On the right, room for half a label of the last day.
        "padding": {"left": 4, "top": 6, "right": 16, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "labelFontSize": 12,
            "titleColor": MUTED,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": FAINT,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": UNKNOWN},
        "legend": {
            "orient": "top",
            "title": None,
            "labelColor": MUTED,
            "labelFontSize": 12,
            "symbolType": "square",
            "symbolSize": 100,
            "columnPadding": 14,
            "offset": 6,
        },
        "text": {"color": INK, "fontSize": 12},
        "bar": {"color": ACCENT},
        "line": {"color": ACCENT, "strokeWidth": 2},
    }
