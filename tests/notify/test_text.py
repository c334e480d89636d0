"""Cutting and escaping: limits hold, and nothing is broken in two."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_monitoring.notify.message import Link
from sms_monitoring.notify.text import cut, escape_slack, one_line, web_links


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("two words", 5, "two…"),
        ("", 5, ""),
        ("👍👍", 4, "👍👍"),
        ("👍👍👍", 4, "👍…"),  # an emoji is two code units
        ("ab👍🏽cd", 5, "ab…"),  # a skin tone stays with its hand
        ("a👩‍👩‍👧", 5, "a…"),  # a family stays together
        ("cafe\u0301s and more", 5, "caf…"),  # an accent stays with its letter
    ],
)
def test_cut(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("a < b & c > d", 50, "a &lt; b &amp; c &gt; d"),
        ("&amp;", 50, "&amp;amp;"),  # plain text in: what looks like an entity is shown as it stands
        ("<!channel>", 50, "&lt;!channel&gt;"),
        ("&&&", 10, "&amp;…"),  # two entities fill the limit, and the sign of more must fit
        ("&&", 10, "&amp;&amp;"),
        ("abc&d", 7, "abc…"),
    ],
)
def test_escape_then_cut(text: str, limit: int, expected: str) -> None:
    assert escape_slack(text, limit) == expected


@given(st.text(alphabet=st.sampled_from("ab&<> 👍🏽\u200d\u0301é"), max_size=60), st.integers(1, 40))
def test_no_limit_is_passed_and_no_entity_is_cut(text: str, limit: int) -> None:
    escaped = escape_slack(text, limit)

    assert units(escaped) <= limit
    assert not re.search(r"&(?!(amp|lt|gt);)|[<>]", escaped)
    shown = html.unescape(escaped)
    assert shown == text or text.startswith(shown.removesuffix("…"))


def test_one_line() -> None:
    assert one_line(" a\r\nb\t c ") == "a b c"


def test_one_line_holds_nothing_that_a_database_cannot() -> None:
    assert one_line("502\x00\x1b[0m bad \ud83d gateway 👍🏽") == "502[0m bad gateway 👍🏽"


def test_only_links_to_the_web_are_kept() -> None:
    urls = [
        "https://a.example/x",
        "javascript:alert(1)",
        "/relative",
        "http://[broken",
        "ftp://b.example",
        "http://c.example",
    ]

    kept = web_links(Link(label="x", url=url) for url in urls)

    assert [link.url for link in kept] == ["https://a.example/x", "http://c.example"]
