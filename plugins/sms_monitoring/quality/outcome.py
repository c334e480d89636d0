"""What Great Expectations says of one check, in words of our own: masked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sms_monitoring.quality.model import CheckResult, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

    from sms_monitoring.quality.masking import Masker
    from sms_monitoring.quality.model import Check, Suite

MOST_ROWS = 20
# Numbers of rows: shown as they are, however large.
COUNTS = frozenset(
    {
        "element_count",
        "unexpected_count",
        "unexpected_percent",
        "missing_count",
        "missing_percent",
        "unexpected_percent_total",
        "unexpected_percent_nonmissing",
    }
)
COUNTING = ("ExpectTableRowCount", "UnexpectedRows", "SampledRows")
# What these see is the definition of a table, not its content.
DEFINING = (
    "ExpectTableColumn",
    "ExpectColumnToExist",
    "ExpectColumnValuesToBeOfType",
    "ExpectColumnValuesToBeInTypeList",
)
NOT_EXPECTED = frozenset({"batch_id", "result_format", "catch_exceptions", "meta", "notes", "severity", "description"})


def has_crashed(one: ExpectationValidationResult) -> bool:
    """Whether it could not be run: the library calls that a failure, too."""
    return next(exceptions(one.exception_info), None) is not None


def is_sampled(one: ExpectationValidationResult) -> bool:
    """Whether it holds the failing rows that it can have."""
    result = one.result or {}
    return "unexpected_rows" in result or "partial_unexpected_list" not in result


def error_result(suite: Suite, check: Check, error: str) -> CheckResult:
    """A check that could not be run, because of ``error``, which is masked already."""
    return CheckResult(
        suite=suite.name,
        check=check.name,
        severity=check.severity,
        status=Status.ERROR,
        expectation=type(check.expectation).__name__,
        expected=_expected(check),
        reason=check.reason,
        owner=check.owner,
        families=check.families,
        error=error,
    )


def check_result(suite: Suite, check: Check, one: ExpectationValidationResult, masker: Masker) -> CheckResult:
    """What ``one`` says, masked."""
    columns = _columns(check)
    if error := "; ".join(dict.fromkeys(masker.error(text, columns) for text in exceptions(one.exception_info))):
        return error_result(suite, check, error)
    raw: dict[str, Any] = dict(one.result or {})
    shown = masked(raw, check, masker)
    unexpected = raw.get("unexpected_count")
    if unexpected is None and type(check.expectation).__name__.startswith(COUNTING[1:]):
        unexpected = raw.get("observed_value")
    return CheckResult(
        suite=suite.name,
        check=check.name,
        severity=check.severity,
        status=Status.PASSED if one.success else Status.FAILED,
        expectation=type(check.expectation).__name__,
        expected=_expected(check),
        observed=_observed(shown),
        element_count=_whole(raw.get("element_count")),
        unexpected_count=_whole(unexpected),
        failing_rows=() if one.success else tuple(_failing_rows(shown, check)),
        reason=check.reason,
        owner=check.owner,
        families=check.families,
    )


def masked(raw: Mapping[str, Any], check: Check, masker: Masker) -> dict[str, Any]:
    """The library's result with every value masked."""
    name = type(check.expectation).__name__
    counting, defining = name.startswith(COUNTING), name.startswith(DEFINING)
    shown: dict[str, Any] = {}
    for key, value in raw.items():
        if key in COUNTS or (key == "observed_value" and counting):
            shown[key] = float(value) if isinstance(value, float) else _whole(value)
        elif defining:
            shown[key] = masker.definition(value)
        elif key == "unexpected_rows":
            shown[key] = [masker.row(row) for row in value[:MOST_ROWS]]
        elif key == "details" and isinstance(value, dict) and "unexpected_rows" in value:
            shown[key] = {"unexpected_rows": [masker.row(row) for row in value["unexpected_rows"][:MOST_ROWS]]}
        elif key == "details" and isinstance(value, dict):
            shown[key] = {inner: masker.value(seen) for inner, seen in value.items()}
        elif key in {"partial_unexpected_list", "observed_value"}:
            shown[key] = masker.value(value[:MOST_ROWS] if isinstance(value, list) else value)
    return shown


def exceptions(info: Mapping[str, Any] | None) -> Iterator[str]:
    """The messages of what was raised: one for the check, or one for each number it needed."""
    if not info:
        return
    if "raised_exception" in info:
        if info["raised_exception"]:
            yield str(info.get("exception_message"))
        return
    for inner in info.values():
        if isinstance(inner, dict) and inner.get("raised_exception", True):
            yield str(inner.get("exception_message"))


def _observed(shown: Mapping[str, Any]) -> Any:
    if "details" in shown and "unexpected_rows" not in shown["details"]:
        return {"value": shown.get("observed_value"), "details": shown["details"]}
    if "observed_value" in shown:
        return shown["observed_value"]
    return {key: shown[key] for key in ("unexpected_percent", "missing_count") if shown.get(key) is not None} or None


def _failing_rows(shown: Mapping[str, Any], check: Check) -> Iterator[dict[str, Any]]:
    rows = shown.get("unexpected_rows") or shown.get("details", {}).get("unexpected_rows")
    if rows:
        yield from rows
        return
    column = getattr(check.expectation, "column", None)
    for value in shown.get("partial_unexpected_list") or ():
        yield {column or "value": value}


def _expected(check: Check) -> dict[str, Any]:
    """The expectation's own arguments; they come from code."""
    from great_expectations.util import convert_to_json_serializable

    arguments: dict[str, Any] = convert_to_json_serializable(dict(check.expectation.configuration.kwargs))
    return {name: value for name, value in arguments.items() if name not in NOT_EXPECTED and value is not None}


def _columns(check: Check) -> frozenset[str]:
    """The columns that the check names itself."""
    named: set[str] = set()
    for attribute in ("column", "column_A", "column_B", "column_list", "column_set"):
        value = getattr(check.expectation, attribute, None) or ()
        named.update([value] if isinstance(value, str) else [name for name in value if isinstance(name, str)])
    return frozenset(named)


def _whole(count: Any) -> int | None:
    return None if count is None else int(count)
