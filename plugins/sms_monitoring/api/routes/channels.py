"""The ways to reach people: whether they work, and to try one out."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from limits import parse
from pydantic import BaseModel, Field

from sms_monitoring import db
from sms_monitoring.api import rate_limits
from sms_monitoring.api.access import Actor, Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.deliverer import Deliverer
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models.delivery import Delivery
from sms_monitoring.api.models.fields import LARGEST_ID, Text
from sms_monitoring.links import DASHBOARD, DASHBOARD_LABEL, airflow_url
from sms_monitoring.notify.channels import load_channel
from sms_monitoring.notify.channels.base import ConfigurationError, UnknownChannelError
from sms_monitoring.notify.message import Link
from sms_monitoring.notify.outbox import enqueue
from sms_monitoring.notify.trial import compose_test_alert

router = APIRouter(tags=["channels"])
deliverer = Deliverer()

# Each costs money somewhere, and somebody's attention.
TESTS = "10/minute"


class Channel(BaseModel):
    """A way to reach people."""

    channel: str
    description: str
    configured: bool = Field(description="whether its Airflow connection is there and makes sense to this server")
    configuration_problem: str | None = Field(description="what is missing or wrong, and how to set it")
    fallback_channel: str | None = Field(description="where it is told that this one could not deliver")
    carries_acknowledgements: bool
    in_use_by: list[str] = Field(description="alert types that are on and use it, for escalations too")
    last_sent_at: datetime | None
    waiting: int = Field(description="still to be delivered")
    failed_24h: int = Field(description="given up, of what was to be said in the last 24 hours")
    last_error: str | None = Field(description="why something was not delivered; null when something was since")


class Started(BaseModel):
    """A test message on its way."""

    notification_id: int = Field(description="follow it at `deliveries/<notification_id>`")
    message: str


@router.get("/channels", responses=documented(401, 403, 429, 503))
def list_channels(user: Reader, conn: Db) -> Answer[list[Channel]]:
    """All channels. Of their connections nothing is shown but whether they can be used."""
    rows = db.fetch_all(conn, "api/channels/list.sql")
    problems = {row["channel"]: _problem(row["channel"]) for row in rows}
    return Answer(
        data=[
            Channel(**row, configured=problem is None, configuration_problem=problem)
            for row in rows
            for problem in [problems[row["channel"]]]
        ]
    )


@router.post("/channels/{channel}/test", status_code=202, responses=documented(401, 403, 404, 409, 413, 422, 429, 503))
def test_channel(channel: Annotated[Text, Path()], user: Actor, conn: Db) -> Answer[Started]:
    """Send a test message. On PagerDuty it opens an incident of severity info, to be resolved there.

    It is sent by this server right away, with whatever else waits in the channel; should the server not be able to
    reach the far side, the DAG `sms_alert_followup` tries within five minutes.
    """
    name = user.get_name()
    rate_limits.hit(parse(TESTS), "test messages", name)
    base = airflow_url()
    links = (Link(label=DASHBOARD_LABEL, url=f"{base}{DASHBOARD}"),) if base else ()
    message = compose_test_alert(channel, key=f"api/{uuid.uuid4()}", at=datetime.now(UTC), asked_by=name, links=links)
    try:
        notification_id = enqueue(conn, message, channel=channel)
    except UnknownChannelError as error:
        known = ", ".join(row["channel"] for row in db.fetch_all(conn, "api/channels/list.sql"))
        raise ApiError(404, f"There is no such channel; there are: {known}.", parameter="channel") from error
    if notification_id is None:
        raise RuntimeError("a message about no incident was taken for one that was there already")
    deliverer.deliver(channel)
    said = f"A test message for {channel} is on its way."
    return Answer(data=Started(notification_id=notification_id, message=said))


@router.get("/deliveries/{delivery_id}", responses=documented(401, 403, 404, 422, 429, 503))
def get_delivery(delivery_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], user: Reader, conn: Db) -> Answer[Delivery]:
    """One notification in one channel: to follow a test, or anything else that was to be said."""
    row = db.fetch_one(conn, "api/deliveries/one.sql", {"id": delivery_id})
    if row is None:
        raise ApiError(404, f"There is no delivery {delivery_id}.", parameter="delivery_id")
    return Answer(data=Delivery(**row))


def _problem(channel: str) -> str | None:
    try:
        load_channel(channel)
    except (ConfigurationError, UnknownChannelError) as error:
        return str(error)
    except Exception as error:
        # Its words may hold a secret.
        return f"The channel cannot be opened ({type(error).__name__}); the API server's Airflow may lack its provider."
    return None
