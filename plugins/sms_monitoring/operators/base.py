"""The operator behind every alert type: load threshold → observe → decide → store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator

from sms_monitoring.incident_link import IncidentLink
from sms_monitoring.runs import is_history, run_links, run_window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sms_monitoring.alerts.model import AlertType

CONN_ID = "sms_monitoring_db"


class AlertOperator(BaseOperator):
    """Evaluates one alert type for the hour of its DAG run.

    A subclass names the alert type in :attr:`alert`; its SELECT is ``include/sql/alerts/<name>.sql`` and
    its row in ``sms_alert_thresholds`` holds all that people tune. A breach is stored, not raised: the
    task fails only when the evaluation itself does.

    :param postgres_conn_id: the connection to the metrics database.
    """

    alert: ClassVar[AlertType]
    ui_color = "#fde2e1"
    operator_extra_links = (IncidentLink(),)

    def __init__(self, *, postgres_conn_id: str = CONN_ID, **kwargs: Any) -> None:
        kwargs.setdefault("task_id", self.alert.name)
        kwargs.setdefault("doc_md", type(self).__doc__)
        super().__init__(**kwargs)
        self.postgres_conn_id = postgres_conn_id
        # What execute() found open or opened, for IncidentLink.
        self.open_incidents: list[str] = []

    def execute(self, context: Context) -> list[dict[str, str | None]]:
        """Evaluate; returns each entity's outcome (``Outcome.as_dict``), for the UI's XCom tab."""
        from sms_monitoring.alerts.evaluate import Evaluator
        from sms_monitoring.hooks.sms_metrics import SmsMetricsHook

        now = datetime.now(UTC)
        window = run_window(context)
        with SmsMetricsHook(self.postgres_conn_id).connect() as conn:
            outcomes = Evaluator(
                conn=conn,
                alert=self.alert,
                window=window,
                now=now,
                replay=is_history(context, window.end, now),
                links=run_links(context),
            ).run()
        for outcome in outcomes:
            self.log.info("%s %s", self.alert.name, outcome)
        self.open_incidents = [str(outcome.incident_id) for outcome in outcomes if outcome.incident_id]
        return [outcome.as_dict() for outcome in outcomes]
