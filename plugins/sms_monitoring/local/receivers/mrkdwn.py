"""Slack's mrkdwn: what is wrong with a text, and the text as safe HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from sms_monitoring.local.receivers.emoji import EMOJI

_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.S)
_SEQUENCE = re.compile(r"<([^<>\n]+)>")
_REFERENCE = re.compile(r"(?:https?://|mailto:|tel:|@[UW]|#C|!(?:here|channel|everyone|subteam\^|date\^))\S*", re.S)
_SPAN = r"(?<![\w{0}]){0}(?=\S)([^{0}\n]+?)(?<=\S){0}(?![\w{0}])"
_STYLES = [(re.compile(_SPAN.format(re.escape(mark))), tag) for mark, tag in (("*", "b"), ("_", "i"), ("~", "s"))]
_EMOJI = re.compile(r":([a-z0-9_+'-]+):")
_HELD = re.compile("\ue000(\\d+)\ue001")


def entity_warnings(text: str, where: str, *, markup: bool = True) -> Iterator[str]:
    """Faults of escaping, each in one sentence. Slack takes such a text and shows it broken.

    :param where: the path of the text in the payload, for the sentence.
    :param markup: whether ``<…>`` means something in this text; it does not in plain_text.
    """
    for match in _AMPERSAND.finditer(text):
        yield f"{where}: '&' at {match.start()} is not escaped, or its entity was cut: {_around(text, match.start())!r}"
    if not markup:
        return
    bare = _SEQUENCE.sub(lambda m: " " * len(m[0]) if _REFERENCE.match(m[1]) else m[0], text)
    if (position := bare.find("<")) >= 0:
        yield f"{where}: '<' at {position} is not escaped, or its link was cut: {_around(text, position)!r}"


def to_html(text: str) -> str:
    """The text as Slack would show it: safe HTML, whatever the text holds."""
    held: list[str] = []

    def hold(fragment: str) -> str:
        held.append(fragment)
        return f"\ue000{len(held) - 1}\ue001"

    def hold_code(match: re.Match[str]) -> str:
        if match[1] is not None:
            return hold(f"<pre>{plain_to_html(match[1].strip(chr(10)))}</pre>")
        return hold(f"<code>{plain_to_html(match[2])}</code>")

    text = re.sub("[\ue000\ue001]", "", text)
    text = _CODE.sub(hold_code, text)
    text = _SEQUENCE.sub(lambda match: hold(_reference_to_html(match[1])), text)
    text = _EMOJI.sub(lambda match: EMOJI.get(match[1], match[0]), html.escape(html.unescape(text)))
    for pattern, tag in _STYLES:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    text = "".join(_lines_to_html(text.split("\n")))
    while _HELD.search(text):  # a label inside a link may hold code
        text = _HELD.sub(lambda match: held[int(match[1])], text)
    return text


def plain_to_html(text: str, *, emoji: bool = False) -> str:
    """A plain_text object as safe HTML: Slack unescapes its three entities here too."""
    shown = html.escape(html.unescape(text))
    return _EMOJI.sub(lambda match: EMOJI.get(match[1], match[0]), shown) if emoji else shown


def _reference_to_html(inner: str) -> str:
    target, _, label = inner.partition("|")
    if re.match(r"(?:https?://|mailto:|tel:)", target):
        href = html.escape(html.unescape(target))
        shown = html.escape(html.unescape(label)) if label else href
        return f'<a href="{href}" target="_blank" rel="noopener noreferrer">{shown}</a>'
    if target[0] in "@#!":
        name = html.unescape(label or target[1:])
        if target.startswith("!date^"):
            return html.escape(name)
        sign = "#" if target[0] == "#" else "@"
        return f'<span class="mention">{sign}{html.escape(name.lstrip("@#"))}</span>'
    return html.escape(f"<{html.unescape(inner)}>")


def _lines_to_html(lines: list[str]) -> Iterator[str]:
    quoted = False
    for number, line in enumerate(lines):
        is_quote = line.startswith("&gt;")
        if is_quote and not quoted:
            yield "<blockquote>"
        elif quoted and not is_quote:
            yield "</blockquote>"
        elif number:
            yield "<br>"
        yield line.removeprefix("&gt;").removeprefix(" ") if is_quote else line
        quoted = is_quote
    if quoted:
        yield "</blockquote>"


def _around(text: str, position: int) -> str:
    return text[max(0, position - 12) : position + 12]
