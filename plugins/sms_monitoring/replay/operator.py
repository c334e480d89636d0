"""A replay as a task of Airflow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

# How often the log says how far it is.
REPORTS = 10
# What the UI cuts a rendered field off at: [core] max_templated_field_length.
LINES_IN_UI = 15


class ReplayThresholdOperator(BaseOperator):
    """Replays the threshold that the run's form proposes; saves the result, logs it as a table, mails it where asked.

    The table stands in the log and, once the task is done, in its tab "Rendered Templates" as ``result``.
    Reads the params alert_type, threshold_value, changes, start, end and email_to.
    """

    template_fields: Sequence[str] = ("result",)
    # The UI shows rendered fields in a fixed-width font; this one is only known afterwards.
    overwrite_rtif_after_execution: bool = True
    ui_color = "#dbe6f6"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.result = ""

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns the headline, both thresholds' totals and the id of the row in ``sms_threshold_replays``.

        :raises AirflowFailException: for what cannot be replayed; no retry makes it right.
        :raises ConfigurationError, DigestSendError: when the mail did not go out; the result is saved by then.
        """
        from airflow.sdk.exceptions import AirflowFailException

        from sms_monitoring.hooks.sms_metrics import SmsMetricsHook
        from sms_monitoring.operators import alert_operators
        from sms_monitoring.replay import mail, record, report
        from sms_monitoring.replay.model import ReplayError
        from sms_monitoring.replay.service import replay_request

        params, run = context["params"], context["dag_run"]
        with SmsMetricsHook().connect() as conn:
            try:
                recipients = mail.recipients_of(params.get("email_to"))
                found = replay_request(
                    conn,
                    [operator.alert for operator in alert_operators()],
                    alert_type=params["alert_type"],
                    threshold_value=params.get("threshold_value"),
                    changes=params.get("changes"),
                    start=params.get("start"),
                    end=params.get("end"),
                    now=datetime.now(UTC),
                    progress=self._log_progress,
                )
            except ReplayError as error:
                raise AirflowFailException(str(error)) from error
            requested_by = getattr(run, "triggering_user_name", None) or "airflow"
            replay_id = record.save(conn, found, requested_by=requested_by, run_id=run.run_id)
        self.result = report.report(found, LINES_IN_UI)
        self.log.info("Replay %d:\n%s", replay_id, report.report(found))
        if recipients:
            refused = mail.send(found, recipients, replay_id=replay_id)
            self.log.info("mailed to %s%s", ", ".join(recipients), f", but {refused}" if refused else "")
        return {"replay_id": replay_id, **record.summary(found)}

    def _log_progress(self, done: int, total: int) -> None:
        if done * REPORTS // total > (done - 1) * REPORTS // total:
            self.log.info("%d of %d hours", done, total)
