"""One look for every chart: colours that differ in lightness too, quiet axes, no frame.

``PAPER`` is the look of mails and pictures; ``LIGHT`` and ``DARK`` are those of the page, whose background shows
through. On the page, text has a contrast of at least 4.5:1 and what carries meaning at least 3:1.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a look.

    :param surface: what the colours are chosen to be seen on; drawn only if ``opaque``.
    :param second: next to ``accent``, for a chart of two measures.
    :param series: of lines that are told apart by name; colours that stay different to the colour-blind.
    """

    surface: str
    opaque: bool = False
    ink: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    second: str
    bad: str
    warning: str
    unknown: str
    series: tuple[str, ...]


PAPER = Palette(
    surface="#ffffff",
    opaque=True,
    ink=INK,
    muted=MUTED,
    faint=FAINT,
    accent=ACCENT,
    accent_soft=ACCENT_SOFT,
    second="#b0651a",
    bad=BAD,
    warning="#b25e00",
    unknown=UNKNOWN,
    # After Okabe and Ito (2008), darkened until each stands out from white; the last is for "others".
    series=("#2f5fa8", "#b0580a", "#00796b", "#a6387f", "#6b7310", "#0085b8", "#77818e"),
)
LIGHT = Palette(
    surface="#ffffff",
    ink=INK,
    muted="#566273",
    faint=FAINT,
    accent=ACCENT,
    accent_soft=ACCENT_SOFT,
    second="#b0651a",
    bad=BAD,
    warning="#b25e00",
    unknown="#7f8a99",
    series=PAPER.series,
)
DARK = Palette(
    surface="#16191f",
    ink="#e8ecf1",
    muted="#a4afbd",
    faint="#2d333d",
    accent="#6ea3ee",
    accent_soft="#33507c",
    second="#e3a052",
    bad="#f0786a",
    warning="#e0962f",
    unknown="#6b7685",
    series=("#6ea3ee", "#e9994a", "#4cc3ae", "#e388c0", "#c3c94e", "#5cc6ee", "#97a1ae"),
)


def palette(*, dark: bool) -> Palette:
    """The page's colours."""
    return DARK if dark else LIGHT


def theme(colours: Palette = PAPER) -> dict[str, Any]:
    """The ``config`` of a Vega-Lite specification."""
    return {
        "font": FONT,
        "background": colours.surface if colours.opaque else "transparent",
        # On the right, room for half a label of the last day.
        "padding": {"left": 4, "top": 6, "right": 16, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "labelColor": colours.muted,
            "labelFontSize": 12,
            "titleColor": colours.muted,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": colours.faint,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": colours.unknown},
        "legend": {
            "orient": "top",
            "title": None,
            "labelColor": colours.muted,
            "labelFontSize": 12,
            "symbolType": "square",
            "symbolSize": 100,
            "columnPadding": 14,
            "offset": 6,
        },
        "text": {"color": colours.ink, "fontSize": 12},
        "bar": {"color": colours.accent},
        "line": {"color": colours.accent, "strokeWidth": 2},
    }
