"""The catalogue as an HTML page."""

from __future__ import annotations

from html import escape
from itertools import pairwise

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · SMS monitoring</title>
{head}
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def render(markdown: str, *, title: str = "Catalogue", stylesheets: tuple[str, ...] = ()) -> str:
    """The page of a Markdown text. HTML in the text stays text; headings can be linked to by their words.

    :param title: of the browser's window.
    :param stylesheets: URLs, relative to the page's.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", inline.content)
    body = parser.renderer.render(tokens, parser.options, {})
    links = (f'<link rel="stylesheet" href="{escape(each)}">' for each in stylesheets)
    return PAGE.format(title=escape(title), head="\n".join(links), body=body)
