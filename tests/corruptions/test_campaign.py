"""What counts as caught; and a campaign in small, for real."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from corruptions.campaign import PREFIX, judge, run_campaign
from corruptions.corruption import Corruption, all_corruptions
from corruptions.table import table

from sms_monitoring import db as sms_db
from sms_monitoring.quality.model import CheckResult, Plan, Report, Severity, Status
from sms_monitoring.timeframe import Window

WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC))
CORRUPTION = Corruption(
    name="lost", what="Lost.", plan=Plan.FULL, suite="days", check="complete", severity=Severity.CRITICAL, sql=""
)


def report(status, severity=Severity.CRITICAL, check="complete", error=None):
    """A report of one result."""
    result = CheckResult(
        suite="days",
        check=check,
        severity=severity,
        status=status,
        expectation="Any",
        reason="",
        owner="",
        unexpected_count=3,
        error="no such column" if status is Status.ERROR else None,
    )
    return Report(plan=Plan.FULL, window=WINDOW, results=(result,), error=error)


@pytest.mark.parametrize(
    ("found", "caught", "said"),
    [
        (report(Status.FAILED), True, "critical, 3 rows"),
        (report(Status.FAILED, Severity.WARNING), False, "warning, 3 rows"),
        (report(Status.PASSED), False, "passed"),
        (report(Status.ERROR), False, "error: no such column"),
        (report(Status.FAILED, check="other"), False, "there is no such check"),
        (report(Status.FAILED, error="connection lost"), False, "error: connection lost"),
    ],
    ids=["failed", "other severity", "passed", "could not be run", "another check", "run broke off"],
)
def test_only_the_named_check_failing_at_the_named_severity_is_a_catch(found, caught, said):
    finding = judge(CORRUPTION, found)
    assert (finding.caught, finding.said) == (caught, said)


def test_the_table_tells_what_was_not_caught():
    lines = table([judge(CORRUPTION, report(Status.PASSED))]).splitlines()
    assert lines[1].split("  ")[0] == "lost"
    assert "NO: passed" in lines[1]


def test_a_campaign_finds_what_was_seeded_and_nothing_else(postgres):
    chosen = [one for one in all_corruptions() if one.name in {"day_altered", "state_unknown"}]
    steps = []
    result = run_campaign(postgres, chosen, days=11, messages_per_day=150, clean_hours=1, jobs=1, tell=steps.append)
    assert result.false_alarms == []
    assert [finding.said for finding in result.findings if not finding.caught] == []
    assert len(result.findings) == len(chosen) > 0
    assert steps[0] == "simulating"
    with sms_db.connect(postgres.uri("postgres")) as conn:
        left = conn.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (PREFIX,)).fetchall()
    assert left == []
