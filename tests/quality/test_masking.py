"""What may leave the database, and what becomes of the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from sms_monitoring.quality.masking import Masker

MASKER = Masker(key=b"test", today=date(2026, 11, 21))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        999_999,
        -12.5,
        "",
        "sent_count",  # a metric type
        "delivery",  # a family
        "carrier",  # a dimension
        "delivery_rate_critical",  # an alert type
        "insufficient_data",  # a state
        "pagerduty",  # a channel
        "sms_metrics_hourly",
        "sms_metrics_20261121",
        "sms_metrics_hourly_202611",
        "sms_metrics_20261121_metric_date_idx",
        "timestamp with time zone",
        "2026-11-21T10:00:00+00:00",
        "2026-11-21",
    ],
)
def test_is_shown_in_clear(value: object) -> None:
    assert MASKER.value(value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 11, 21, 10, tzinfo=UTC), "2026-11-21T10:00:00+00:00"),
        (date(2026, 11, 21), "2026-11-21"),
        (Decimal("12.50"), 12.5),
        (Decimal("NaN"), "NaN"),
        (float("inf"), "Infinity"),
        (UUID("0191f2aa-0000-7000-8000-000000000001"), "0191f2aa-0000-7000-8000-000000000001"),
    ],
)
def test_is_shown_as_json(value: object, shown: object) -> None:
    assert MASKER.value(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "+49 151 23456789",
        "+4915123456789",
        "2025550143",
        "555-0143",
        "Ann Example",
        "ann",
        "Mark",
        "Your code is 731904",
        "731904",
        "user-17",
        "sms_ann_example",
        "sms_metrics_ann",
        "sms_4915123456789",
        "O2 (DE)",
        "delivered ",
        "DELIVERED to Ann",
        "2026-11-21T10:00:00 Ann",
        "1985-03-12",  # a birthday
        "1985-03-12T10:00:00+00:00",
        "2029-01-01",
        "2026-02-30",  # no date at all
    ],
)
def test_any_other_text_becomes_its_length_and_a_mark(text: str) -> None:
    shown = MASKER.value(text)
    assert shown.startswith(f"‹text of {len(text)} characters, #")
    assert text not in shown


@pytest.mark.parametrize(
    "number", [1_000_000, 4915123456789, 4915123456789.0, Decimal("2025550143"), -2025550143, 202555014.5]
)
def test_a_number_long_enough_to_be_called_is_masked(number: float | Decimal) -> None:
    assert MASKER.value(number).startswith(f"‹number of {len(str(abs(int(number))))} digits, #")


def test_equal_values_have_equal_marks_within_a_run_and_others_in_the_next() -> None:
    ann, again, bob = MASKER.value("Ann"), MASKER.value("Ann"), MASKER.value("Bob")
    assert ann == again != bob
    assert Masker().value("Ann") != Masker().value("Ann")


def test_lists_and_objects_are_masked_within_keys_included() -> None:
    shown = MASKER.value({"entity": ["all", "Ann"], "+4915123456789": {"status": "sent", "body": "Hello Ann"}})
    assert shown["entity"][0] == "all"
    text = str(shown)
    assert "sent" in text
    assert all(hidden not in text for hidden in ("Ann", "4915123456789", "Hello"))


def test_a_row_keeps_its_columns() -> None:
    assert MASKER.row({"users_of_ann": 3, "user_id": "Ann"}) == {"users_of_ann": 3, "user_id": MASKER.text("Ann")}


def test_what_is_masked_is_not_masked_again() -> None:
    once = MASKER.value(["Ann", 2025550143, b"\x00"])
    assert MASKER.value(once) == once


def test_names_of_columns_are_shown_where_a_definition_is_looked_at() -> None:
    assert MASKER.definition(["carier", "user_id"]) == ["carier", "user_id"]
    assert "4915123456789" not in str(MASKER.definition(["u4915123456789"]))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            '(psycopg.errors.UndefinedColumn) column "sent_at" does not exist\nLINE 1: SELECT Ann',
            'UndefinedColumn: column "sent_at" does not exist',
        ),
        (
            'invalid input syntax for type numeric: "Ann Example"',
            'invalid input syntax for type numeric: "‹…›"',
        ),
        (
            'connection to server at "db.example.com", port 5432 failed: FATAL:  password expired for user "ann"',
            'connection to server at "‹…›", port ‹…› failed: FATAL: password ‹…› for user "‹…›"',
        ),
        ("duplicate key value\nDETAIL:  Key (user_id)=(+4915123456789) already exists.", "duplicate key value"),
        ("Ann wrote Bob: 731904", "‹…›"),
        ('invalid input syntax for type date: "sent to the new user"', 'invalid input syntax for type date: "‹…›"'),
        ("", "‹…›"),
    ],
)
def test_of_an_error_the_words_of_errors_are_left(message: str, shown: str) -> None:
    assert MASKER.error(message) == shown


def test_an_error_may_name_the_columns_that_the_check_asks_for() -> None:
    message = 'The column "carier" does not exist'
    assert MASKER.error(message, frozenset({"carier"})) == message
    assert MASKER.error(message) == 'The column "‹…›" does not exist'


def test_a_users_uuid_in_another_column_is_hidden() -> None:
    [shown] = MASKER.row({"dimension_value": "96f839ea-1c1f-4a54-9a7b-0d1c2b3a4f5e"}).values()
    assert shown.startswith("‹text of 36 characters, #")


@pytest.mark.parametrize(
    "number", [Decimal("1E+5000"), Decimal(-(10**4500)), 10**5000], ids=["decimal", "negative", "whole"]
)
def test_a_number_of_thousands_of_digits_is_counted(number: Decimal | int) -> None:
    assert str(MASKER.value(number)).startswith("‹number of ")
