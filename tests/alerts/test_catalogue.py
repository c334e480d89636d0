"""An alert type is whole: this test names whichever piece is missing."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from sms_monitoring.notify.channels import channel_names
from sms_monitoring.operators import alert_operators, alert_types
from sms_monitoring.sqlfiles import list_sql, sql_root
from sms_monitoring.watchdog.types import WATCHES

OPERATORS = {operator.alert.name: operator for operator in alert_operators()}
WATCHED = {alert.name for alert in WATCHES}
SQL_FILES = {PurePath(name).stem for name in list_sql("alerts")}
ROOT = sql_root().parents[1]


@pytest.fixture
def rows(db):
    return {name for (name,) in db.execute("SELECT alert_type FROM sms_alert_thresholds").fetchall()}


@pytest.mark.parametrize("alert_type", sorted(OPERATORS.keys() | WATCHED | SQL_FILES))
def test_every_alert_type_has_all_its_pieces(rows, alert_type):
    assert alert_type in SQL_FILES, f"include/sql/alerts/{alert_type}.sql is missing"
    assert alert_type in OPERATORS.keys() | WATCHED, (
        f"no class in sms_monitoring/operators has alert.name = {alert_type!r}, nor does the watchdog watch it"
    )
    assert alert_type in rows, f"no migration inserts {alert_type!r} into sms_alert_thresholds"
    runbook = ROOT / "plugins" / "sms_monitoring" / "runbooks" / f"{alert_type}.md"
    assert runbook.is_file(), f"{runbook.relative_to(ROOT)} is missing: what to do when it fires"
    cases = ROOT / "tests" / ("watchdog/test_types.py" if alert_type in WATCHED else "alerts/test_alert_sql.py")
    named = cases.read_text(encoding="utf-8").count(alert_type)
    assert named, f"{cases.relative_to(ROOT)} has no cases for {alert_type!r}"


def test_every_threshold_row_has_an_alert_type(rows):
    assert rows == {alert.name for alert in alert_types()}


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_an_operator_says_what_it_watches(operator):
    assert operator.__name__.endswith("AlertOperator")
    assert operator.__doc__ and operator.alert.title


def test_every_channel_has_a_module_and_a_row(db):
    assert channel_names() == sorted(name for (name,) in db.execute("SELECT channel FROM sms_notification_channels"))
