"""The corruptions: enough of them, each naming a check that there is."""

from __future__ import annotations

import pytest
from corruptions.corruption import CorruptionError, all_corruptions, read

from sms_monitoring.quality.model import Plan, Severity
from sms_monitoring.quality.suites import full_suites, gate_suites

CORRUPTIONS = all_corruptions()
SUITES = {Plan.GATE: gate_suites(), Plan.FULL: full_suites()}


def test_there_are_enough_of_them():
    assert len(CORRUPTIONS) >= 40
    assert {one.plan for one in CORRUPTIONS} == set(Plan)
    assert {one.severity for one in CORRUPTIONS} == set(Severity)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda one: one.name)
def test_each_names_a_check_and_its_severity(corruption):
    checks = {(suite.name, check.name): check.severity for suite in SUITES[corruption.plan] for check in suite.checks}
    assert checks.get((corruption.suite, corruption.check)) is corruption.severity


def test_every_suite_has_its_corruptions():
    for plan, suites in SUITES.items():
        assert {suite.name for suite in suites} == {one.suite for one in CORRUPTIONS if one.plan is plan}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;",
        "-- What.\nSELECT 1;",
        "-- What.\n-- caught: daily a.b critical\nSELECT 1;",
        "-- What.\n-- caught: full a critical\n;",
    ],
)
def test_a_file_without_its_two_lines_is_refused(tmp_path, text):
    path = tmp_path / "broken.sql"
    path.write_text(text)
    with pytest.raises(CorruptionError, match=r"broken\.sql"):
        read(path)
