"""What the API would say of data quality, made up: the newest hour of delivery is bad, the full run has warnings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sms_monitoring.timeframe import HOUR
from tests.dashboard.samples import NOW, RUN, iso

GATE = "11111111-0d3e-4a53-9a6e-7a1f0e2b9c11"
FULL = "22222222-0d3e-4a53-9a6e-7a1f0e2b9c11"
UNTIL = NOW.replace(minute=0)
SAID = "The newest hour of delivery did not pass its critical data quality checks: alerts do not judge it."


def run(
    plan: str = "gate", verdict: str | None = "critical", *, until: datetime = UNTIL, **changed: Any
) -> dict[str, Any]:
    is_gate = plan == "gate"
    started = until + timedelta(minutes=4) if is_gate else until + timedelta(minutes=1)
    counts = {"critical": (2, 1, 0), "warning": (0, 2, 0), "error": (0, 0, 4)}.get(verdict or "", (0, 0, 0))
    return {
        "id": GATE if is_gate else FULL,
        "plan": plan,
        "window_start": iso(until - (HOUR if is_gate else timedelta(days=90))),
        "window_end": iso(until),
        "started_at": iso(started),
        "finished_at": verdict and iso(started + timedelta(seconds=1 if is_gate else 38)),
        "seconds": verdict and (0.84 if is_gate else 38.2),
        "state": "finished" if verdict else "killed",
        "verdict": verdict,
        "checks": 23 if is_gate else 96,
        **dict(zip(("failed_critical", "failed_warning", "errors"), counts, strict=True)),
        "error": None,
        "dag_run_url": RUN if is_gate else "dags/sms_daily_quality/runs/scheduled__2026-03-11T06%3A00%3A00%2B00%3A00",
        **changed,
    }


def result(check: str = "delivered_at_most_sent", **changed: Any) -> dict[str, Any]:
    return {
        "suite": "sms_metrics_hourly",
        "check": check,
        "severity": "critical",
        "status": "failed",
        "expectation": "UnexpectedRowsExpectation",
        "expected": {"description": "No hour and dimension has more delivered than sent messages."},
        "observed": 3,
        "element_count": 96,
        "unexpected_count": 3,
        "failing_rows": [
            {"metric_hour": iso(UNTIL - HOUR), "dimension": "carrier", "dimension_value": name,
             "sent": sent, "delivered": more}
            for name, sent, more in (
                ("‹text of 8 characters, #3fa9c2›", 1_284, 1_301),
                ("‹text of 7 characters, #b81c04›", 960, 972),
                ("‹text of 4 characters, #77de10›", 41, 44),
            )
        ],
        "reason": "A message cannot be delivered that was not sent: rates above 100 % hide real failures.",
        "owner": "data-engineering",
        "families": ["delivery"],
        "error": None,
        **changed,
    }  # fmt: skip


def results() -> list[dict[str, Any]]:
    broken = result(
        "columns_as_in_the_contract", suite="source_engagement", status="error", expectation="ExpectColumnToExist",
        expected={"column": "occurred_at"}, observed=None, element_count=None, unexpected_count=None, failing_rows=[],
        reason="Aggregation reads these columns; a renamed one stops the family.", families=["engagement"],
        error="column \"occurred_at\" does not exist", owner="product-data",
    )  # fmt: skip
    volume = result(
        "volume_as_in_past_weeks", severity="warning", expectation="ExpectColumnValuesToBeBetween",
        expected={"column": "ratio", "min_value": 0.3, "max_value": 3}, element_count=7, unexpected_count=1,
        observed={"unexpected_percent": 14.285714285714286, "missing_count": 0},
        failing_rows=[{"metric_type": "sent_count", "ratio": 0.12, "usual": 1_190}],
        reason="Far fewer or more messages than in the same hour of past weeks: a source may have gone silent.",
    )  # fmt: skip
    return [result(), broken, volume]


def passed() -> list[dict[str, Any]]:
    fine = {"status": "passed", "unexpected_count": 0, "failing_rows": [], "families": ["delivery"]}
    return [
        result("keys_are_unique", suite="sms_metrics", observed=0, reason="A key twice counts twice.", **fine),
        result("values_are_not_negative", observed={"min": 0}, reason="Nothing is counted below zero.", **fine),
        result("no_hour_of_the_future", severity="warning", observed=None, reason="A clock is wrong.", **fine),
    ]


def detail(**changed: Any) -> dict[str, Any]:
    return run(**changed) | {"results": [*results(), *passed()]}


def history(plan: str, *trouble: tuple[int, str | None]) -> list[dict[str, Any]]:
    """``trouble``: (how many ago, its verdict)."""
    step, number = (HOUR, 24) if plan == "gate" else (timedelta(days=1), 14)
    length = HOUR if plan == "gate" else timedelta(days=90)
    verdicts = dict(trouble)
    return [
        {
            "run_id": f"00000000-0000-4000-8000-{ago:012}",
            "window_start": iso(UNTIL - ago * step - length),
            "window_end": iso(UNTIL - ago * step),
            "verdict": verdicts.get(ago, "passed"),
        }
        for ago in reversed(range(number))
    ]


def bad_hours() -> list[dict[str, Any]]:
    hour = {"marked_at": iso(UNTIL + timedelta(minutes=4)), "run_id": GATE}
    return [
        {"family": "delivery", "metric_hour": iso(UNTIL - HOUR), "checks": ["delivered_at_most_sent"], **hour},
        {"family": "engagement", "metric_hour": iso(UNTIL - HOUR), "checks": ["columns_as_in_the_contract"], **hour},
        {"family": "delivery", "metric_hour": iso(UNTIL - 9 * HOUR),
         "checks": ["keys_are_unique", "values_are_not_negative"], **hour, "run_id": None},
    ]  # fmt: skip


def runs() -> list[dict[str, Any]]:
    return [
        run(),
        run("full", "warning", until=UNTIL - 9 * HOUR),
        *(run("gate", "passed", until=UNTIL - hours * HOUR, id=f"33333333-0d3e-4a53-9a6e-7a1f0e2b9c{hours:02}")
          for hours in range(1, 5)),
        run("gate", None, until=UNTIL - 5 * HOUR, id="44444444-0d3e-4a53-9a6e-7a1f0e2b9c11"),
    ]  # fmt: skip


def standing(plan: str, newest: dict[str, Any] | None, **changed: Any) -> dict[str, Any]:
    return {"plan": plan, "newest": newest, "begun": None, "late_hours": None, "problems": [], "history": [], **changed}


def quality(scenario: str) -> dict[str, Any]:
    """Of one of the scenarios of the fake API."""
    docs = {"built_at": iso(UNTIL - 8 * HOUR), "url": "quality/docs/"}
    common = {"newest_hour": iso(UNTIL - HOUR), "bad_hours": 0, "bad_families": [], "data_docs": docs}
    fine = [
        standing("gate", run("gate", "passed"), history=history("gate")),
        standing("full", run("full", "passed", until=UNTIL - 9 * HOUR), history=history("full")),
    ]
    match scenario:
        case "no_data":
            none = {"newest_hour": None, "data_docs": {**docs, "built_at": None}}
            plans = [standing("gate", None), standing("full", None)]
            return {**common, **none, "status": "never", "headline": "Nothing has been checked so far.", "plans": plans}
        case "healthy":
            return {**common, "status": "passed", "headline": "The newest numbers passed all checks.", "plans": fine}
        case "stale":
            gate = run("gate", "passed", until=UNTIL - 6 * HOUR)
            begun = run("gate", None, until=UNTIL - 5 * HOUR)
            late = standing("gate", gate, late_hours=5, begun=begun, history=history("gate", (9, "error"), (10, None)))
            said = "The hourly gate is 5 hours overdue: what came since then is unchecked."
            return {**common, "status": "late", "headline": said, "plans": [late, fine[1]]}
    marks = history("gate", (0, "critical"), (9, "critical"), (8, "critical"), (14, "warning"), (19, None))
    gate = standing("gate", run(errors=1, failed_critical=1, failed_warning=1), problems=results(), history=marks)
    stale = result(
        "view_is_fresh", suite="sms_metrics_daily", severity="warning", observed=97, families=[], failing_rows=[],
        unexpected_count=None, element_count=None, expectation="ExpectColumnMaxToBeBetween",
        reason="The daily view is read by the digest and the API; an old one shows old numbers.",
    )  # fmt: skip
    full = standing("full", run("full", "warning", until=UNTIL - 9 * HOUR, failed_warning=1), problems=[stale],
                    history=history("full", (0, "warning"), (6, "error")))  # fmt: skip
    return {**common, "status": "critical", "headline": SAID, "bad_hours": 2, "bad_families": ["delivery"],
            "plans": [gate, full]}  # fmt: skip
