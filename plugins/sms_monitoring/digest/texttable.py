"""Tables and paragraphs in plain text."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 78


def columns(rows: Sequence[Sequence[object]], alignment: str = "") -> str:
    """Rows as aligned columns, two spaces apart, each as wide as its widest cell.

    :param alignment: ``<`` or ``>`` for each column; columns without one go left.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*cells, fillvalue="")]
    sides = alignment.ljust(len(widths), "<")
    lines = (
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=False))
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph within :data:`WIDTH`; the first line carries ``indent``, the others as many spaces."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent), break_long_words=False
    )


def rule(title: str) -> str:
    """A heading with a line under it."""
    return f"{title.upper()}\n{'─' * WIDTH}"
