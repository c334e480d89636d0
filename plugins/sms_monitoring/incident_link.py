"""The button "Incident" on a task of an alert type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

from sms_monitoring import links

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class IncidentLink(BaseOperatorLink):
    """Leads to what the evaluation found open, on the dashboard; where that is nothing, to the alert type's history.

    Airflow asks for it in the task's own process, once the task is over, and keeps the answer for its UI.
    """

    name = "Incident on the dashboard"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """The address; relative to Airflow's where ``[api] base_url`` is not configured."""
        found: list[str] = getattr(operator, "open_incidents", [])
        # Of several, the history shows all of them.
        path = links.to_incident(found[0]) if len(found) == 1 else links.to_history(operator.alert.name)  # type: ignore[attr-defined]
        return f"{links.airflow_url()}{path}"
