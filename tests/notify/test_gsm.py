"""Three segments are never passed, as the network itself would count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_monitoring.local.receivers.sms_segments import segments_of
from sms_monitoring.notify.gsm import MAX_PLACES, MAX_SEGMENTS, MAX_UNITS, fit, fits, plain

LINK = " https://airflow.example.com/sms?a=1&b=2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\nlines\tand  more", "two lines and more"),
        ("5 – 6 — 7 − 8 · 9…", "5 - 6 - 7 - 8 - 9..."),
        ("“a” ‘b’ `c` → d × e ≥ f ≤ g", "\"a\" 'b' 'c' -> d x e >= f <= g"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("cafe\u0301", "café"),
        ("a\u00a0b", "a b"),
        ("<b> & 👍 שלום", "<b> & 👍 שלום"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "tail", "expected"),
    [
        ("short", "", "short"),
        ("short", LINK, f"short{LINK}"),
        ("x" * MAX_PLACES, "", "x" * MAX_PLACES),
        ("x" * (MAX_PLACES + 1), "", "x" * (MAX_PLACES - 3) + "..."),
        ("x" * 1000, LINK, "x" * (MAX_PLACES - 3 - len(LINK)) + f"...{LINK}"),
        ("€" * 300, "", "€" * 227 + "..."),
        ("x" * 1000 + "👍", "", "x" * (MAX_PLACES - 3) + "..."),  # what is cut off takes no room
        ("👍" * 300, "", "👍" * 99 + "…"),
        ("я" * 300, LINK, "я" * (MAX_UNITS - 1 - len(LINK)) + f"…{LINK}"),
    ],
)
def test_fit(text: str, tail: str, expected: str) -> None:
    assert fit(text, tail) == expected


@given(st.text(alphabet=st.sampled_from("ab {}€é…👍🏽\u200dяشה"), max_size=700), st.sampled_from(["", LINK]))
def test_never_more_than_three_segments_and_the_link_is_whole(text: str, tail: str) -> None:
    made = fit(plain(text), tail)

    assert segments_of(made) <= MAX_SEGMENTS
    assert made.endswith(tail)


@given(st.text(alphabet=st.sampled_from("a€👍я"), max_size=500))
def test_what_fits_takes_three_segments_at_most(text: str) -> None:
    if fits(text):
        assert segments_of(text) <= MAX_SEGMENTS
