"""What is a fault of the data, and what of the checker."""

from __future__ import annotations

import psycopg.errors
import pytest

from sms_monitoring.quality.faults import is_of_data, is_text_of_data


@pytest.mark.parametrize(
    "problem",
    [
        psycopg.errors.UndefinedColumn("gone"),
        psycopg.errors.UndefinedTable("gone"),
        psycopg.errors.UndefinedFunction("operator does not exist: text >= integer"),
        psycopg.errors.InvalidTextRepresentation("no number"),
        psycopg.errors.DivisionByZero("0"),
    ],
)
def test_what_is_gone_or_cannot_be_read_is_of_the_data(problem: psycopg.Error) -> None:
    assert is_of_data(problem)
    assert is_text_of_data(f"(psycopg.errors.{type(problem).__name__}) {problem}\n[SQL: SELECT 1]")


@pytest.mark.parametrize(
    "problem",
    [
        psycopg.errors.InsufficientPrivilege("no"),
        psycopg.errors.QueryCanceled("statement timeout"),
        psycopg.errors.AdminShutdown("terminating"),
        psycopg.errors.LockNotAvailable("lock"),
        psycopg.errors.DiskFull("disk"),
        psycopg.errors.SyntaxError("of the library's own"),
        psycopg.OperationalError("the connection is closed"),
        psycopg.InterfaceError("the connection is closed"),
    ],
)
def test_what_the_server_refuses_is_of_the_checker(problem: psycopg.Error) -> None:
    assert not is_of_data(problem)
    assert not is_text_of_data(f"(psycopg.{type(problem).__name__}) {problem}")
    assert not is_text_of_data(f"(psycopg.errors.{type(problem).__name__}) {problem}")


@pytest.mark.parametrize("problem", [TypeError("no"), AttributeError("no"), ImportError("no"), ValueError("")])
def test_what_python_raises_is_of_the_checker(problem: Exception) -> None:
    assert not is_of_data(problem)


def test_the_library_says_of_a_missing_column_in_words_of_its_own() -> None:
    assert is_text_of_data('Error: The column "carier" in BatchData does not exist.')
    assert not is_text_of_data("None")


def test_one_fault_of_the_checker_among_those_of_the_data_is_enough() -> None:
    assert not is_text_of_data("(psycopg.errors.UndefinedTable) gone; (psycopg.errors.QueryCanceled) late")
