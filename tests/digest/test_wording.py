from __future__ import annotations

from datetime import date, timedelta

import pytest

from sms_monitoring.digest import wording
from sms_monitoring.digest.texttable import columns, wrapped


@pytest.mark.parametrize(
    ("write", "value", "said"),
    [
        (wording.count, 0, "0"),
        (wording.count, 1234.0, "1,234"),
        (wording.count, 2.4, "2.4"),
        (wording.count, 1234.5, "1,234"),
        (wording.percent, 0, "0%"),
        (wording.percent, 100, "100%"),
        (wording.percent, 97.44, "97.4%"),
        (wording.percent, 99.96, ">99.9%"),
        (wording.percent, 0.42, "0.42%"),
        (wording.percent, 0.001, "<0.01%"),
        (wording.percent, 150, "150.0%"),
        (wording.usd, 0, "$0.00"),
        (wording.usd, 1234.567, "$1,234.57"),
        (wording.usd, 0.5, "$0.50"),
        (wording.usd, 0.0421, "$0.042"),
        (wording.usd, 0.000123, "$0.00012"),
        (wording.milliseconds, 840, "840 ms"),
        (wording.milliseconds, 999.6, "1.0 s"),
        (wording.milliseconds, 4_210, "4.2 s"),
        (wording.milliseconds, 59_990, "1 min"),
        (wording.milliseconds, 200_000, "3 min 20 s"),
    ],
)
def test_a_number_reads(write, value, said):
    assert write(value) == said
    assert write(None) == "–"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=45, seconds=50), "45 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
    ],
)
def test_a_duration_reads(length, said):
    assert wording.duration(length) == said


def test_a_date_reads():
    assert wording.long_date(date(2025, 3, 8)) == "Saturday, 8 March 2025"
    assert wording.short_date(date(2025, 3, 8)) == "Sat 8 Mar"


def test_a_long_list_says_how_much_is_left_out():
    assert wording.listing(["a", "b"], 2) == "a, b"
    assert wording.listing(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_columns_are_aligned():
    assert columns([("", "Sent"), ("AT&T", "1,234"), ("Verizon", "7", None)], "<>").splitlines() == [
        "          Sent",
        "AT&T     1,234",
        "Verizon      7",
    ]


def test_a_paragraph_hangs_under_its_bullet():
    assert wrapped("word " * 20, "- ").splitlines()[1].startswith("  word")
