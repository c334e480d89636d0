"""What ``/alerts`` takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from sms_monitoring.api.models.fields import Measured


class Alert(BaseModel):
    """One alert that fired, a row of ``sms_alert_history``.

    ``entity`` is "all" for the whole system. Values are null where an alert was about missing data. The window is the
    time that was judged.
    """

    id: UUID
    alert_type: str
    entity: str
    severity: str
    message: str
    metric_value: Measured
    threshold_value: Measured
    sample_size: int | None
    window_start: datetime | None
    window_end: datetime | None
    triggered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None


class ResolveRequest(BaseModel):
    """Which alert to resolve."""

    alert_id: UUID
