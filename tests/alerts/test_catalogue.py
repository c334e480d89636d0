"""An alert type is whole: this test names whichever piece is missing."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from sms_monitoring.notify.channels import channel_names
from sms_monitoring.operators import alert_operators
from sms_monitoring.sqlfiles import list_sql, sql_root

OPERATORS = {operator.alert.name: operator for operator in alert_operators()}
SQL_FILES = {PurePath(name).stem for name in list_sql("alerts")}


@pytest.fixture
def rows(db):
    return {name for (name,) in db.execute("SELECT alert_type FROM sms_alert_thresholds").fetchall()}


@pytest.mark.parametrize("alert_type", sorted(OPERATORS.keys() | SQL_FILES))
def test_every_alert_type_has_all_its_pieces(rows, alert_type):
    assert alert_type in SQL_FILES, f"include/sql/alerts/{alert_type}.sql is missing"
    assert alert_type in OPERATORS, f"no class in sms_monitoring/operators has alert.name = {alert_type!r}"
    assert alert_type in rows, f"no migration inserts {alert_type!r} into sms_alert_thresholds"
    tests = (sql_root().parents[1] / "tests" / "alerts" / "test_alert_sql.py").read_text(encoding="utf-8")
    assert tests.count(alert_type) >= 2, f"tests/alerts/test_alert_sql.py has no cases for {alert_type!r}"


def test_every_threshold_row_has_an_alert_type(rows):
    assert rows == OPERATORS.keys()


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_an_operator_says_what_it_watches(operator):
    assert operator.__name__.endswith("AlertOperator")
    assert operator.__doc__ and operator.alert.title


def test_every_channel_has_a_module_and_a_row(db):
    assert channel_names() == sorted(name for (name,) in db.execute("SELECT channel FROM sms_notification_channels"))
