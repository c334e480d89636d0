from __future__ import annotations

import pytest

from sms_monitoring.charts.theme import DARK, LIGHT, PAPER, palette, theme

# What the page may put a chart on.
BACKGROUNDS = [(LIGHT, "#ffffff"), (LIGHT, "#f6f8fa"), (DARK, "#000000"), (DARK, "#16191f"), (DARK, "#20242c")]


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("colours", "background"), BACKGROUNDS)
def test_text_and_marks_stand_out_from_the_page(colours, background):
    texts = {"ink": colours.ink, "muted": colours.muted, "bad": colours.bad}
    marks = {name: getattr(colours, name) for name in ("accent", "second", "warning", "unknown")}
    marks |= {f"series {number}": colour for number, colour in enumerate(colours.series)}
    faint = {
        name: round(contrast(colour, background), 2)
        for name, colour in texts.items()
        if contrast(colour, background) < 4.5
    }
    faint |= {
        name: round(contrast(colour, background), 2)
        for name, colour in marks.items()
        if contrast(colour, background) < 3
    }
    assert faint == {}


def test_there_is_a_colour_for_every_line_and_none_twice():
    assert len(set(LIGHT.series)) == len(set(DARK.series)) == 7


def test_the_page_shows_through_and_paper_is_white():
    assert theme()["background"] == theme(PAPER)["background"] == "#ffffff"
    assert {theme(palette(dark=dark))["background"] for dark in (True, False)} == {"transparent"}
