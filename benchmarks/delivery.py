"""How fast three dispatchers empty one outbox: ``dispatch_rows_per_second``, ``dispatch_overhead_ratio``.

Each is a process of its own, and so are the local receivers, to which they deliver over HTTP. What arrived, and what
the outbox says of it, is compared row by row: each must have been delivered once. PagerDuty takes one event a request;
a webhook takes many at once (``dispatch_grouped_rows_per_second``).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from psycopg import ClientCursor
from psycopg.types.json import Json

from benchmarks.bench import BenchmarkError
from benchmarks.databases import bench_sql, count, scratch_database
from benchmarks.receivers import receivers
from benchmarks.team import team
from sms_monitoring import db
from sms_monitoring.local.receivers.connections import ROUTING_KEY
from sms_monitoring.notify.message import Event, Link, Message, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.bench import Bench
    from benchmarks.team import Team
    from sms_monitoring.local.receivers import ReceiversClient

DISPATCHERS = 3
_EVENTS_PATH = "/v2/enqueue"
# One of the usual size; entity and dedup_key are put in for each row.
_MESSAGE = Message(
    event=Event.TRIGGER,
    severity=Severity.CRITICAL,
    alert_type="delivery_rate_critical",
    entity="",
    dedup_key="",
    title="SMS delivery rate is low",
    summary="SMS delivery rate is low: 85.0 %, below the threshold of 90 % (sample 1240).",
    occurred_at=datetime(2026, 3, 29, 10, tzinfo=UTC),
    facts=(("Value", "85.0 %"), ("Threshold", "below 90 %"), ("Sample", "1240 messages"), ("Owner", "messaging")),
    links=(Link(label="Dashboard", url="https://airflow.example.com/dags/sms_hourly_monitoring"),),
)


def run(bench: Bench) -> dict[str, float]:
    """Rows a second by which the outbox empties, and how many times as long that takes as bare HTTP posts would."""
    rows = bench.size(10_000, 40)
    with scratch_database(bench.postgres) as uri, receivers() as far_side:
        connections = {
            "AIRFLOW_CONN_SMS_MONITORING_PAGERDUTY": far_side.pagerduty_connection_uri,
            "AIRFLOW_CONN_SMS_MONITORING_WEBHOOK": far_side.webhook_connection_uri,
            "NO_PROXY": "127.0.0.1",
        }
        with team(DISPATCHERS, connections) as processes:
            outbox = _Outbox(uri=uri, far_side=far_side, team=processes, rows=rows)
            taken = bench.alternate(
                f"Emptying an outbox of {rows:,} rows",
                1,  # a long time, every time
                {
                    "to PagerDuty": lambda: outbox.dispatch("pagerduty"),
                    "bare posts of the same events": outbox.post,
                    "to a webhook": lambda: outbox.dispatch("webhook"),
                },
            )
    return {
        "dispatch_rows_per_second": rows / taken["to PagerDuty"],
        "dispatch_overhead_ratio": taken["to PagerDuty"] / taken["bare posts of the same events"],
        "dispatch_grouped_rows_per_second": rows / taken["to a webhook"],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outbox:
    """An outbox, its far side, and who empties it."""

    uri: str
    far_side: ReceiversClient
    team: Team
    rows: int

    def dispatch(self, channel: str) -> float:
        """Fill it and let the dispatchers empty it; returns seconds."""
        keys = [message.dedup_key for message in self._fill(channel)]
        workers = [f"dispatcher {number}" for number in range(self.team.size)]
        seconds = self.team.seconds([partial(_dispatcher, self.uri, channel, worker) for worker in workers])
        check_each_once(keys, self.far_side.received(channel))
        with db.connect(self.uri) as conn:
            rest = count(conn, "sms_alert_notifications WHERE status <> 'sent' OR attempts <> 1")
        if rest:
            raise BenchmarkError(f"the outbox says of {rest} rows that they were not delivered at the first attempt")
        return seconds

    def post(self) -> float:
        """Send the very same to PagerDuty with nothing around it; returns seconds."""
        from sms_monitoring.notify.channels.pagerduty import format_message

        messages = self._fill("pagerduty")
        bodies = [json.dumps({"routing_key": ROUTING_KEY, **format_message(message)}) for message in messages]
        size, url = self.team.size, f"{self.far_side.url}{_EVENTS_PATH}"
        seconds = self.team.seconds([partial(_poster, url, bodies[number::size]) for number in range(size)])
        check_each_once([message.dedup_key for message in messages], self.far_side.received("pagerduty"))
        return seconds

    def _fill(self, channel: str) -> list[Message]:
        """Start afresh; returns what is to be delivered."""
        self.far_side.clear()
        params = {
            "alert_type": _MESSAGE.alert_type,
            "rows": self.rows,
            "channel": channel,
            "message": Json(_MESSAGE.to_json()),
        }
        with db.connect(self.uri) as conn:
            ClientCursor(conn).execute(bench_sql("fill_outbox").encode(), params)
            conn.execute("VACUUM ANALYZE sms_alert_history, sms_alert_notifications")
            stored = conn.execute("SELECT message FROM sms_alert_notifications ORDER BY id").fetchall()
        return [Message.from_json(message) for (message,) in stored]


def check_each_once(dedup_keys: Iterable[str], received: Iterable[dict[str, Any]]) -> None:
    """See that each of ``dedup_keys`` was delivered once, and nothing else.

    :param received: records of the local receivers.
    :raises BenchmarkError: with the number of those that were not.
    """
    expected = Counter(dedup_keys)
    arrived = Counter(key for record in received for key in _delivered_by(record))
    missing, more = expected - arrived, arrived - expected
    if missing or more:
        raise BenchmarkError(
            f"of {expected.total()} rows {missing.total()} were not delivered,"
            f" and {more.total()} deliveries were one too many"
        )


def _delivered_by(record: dict[str, Any]) -> list[str]:
    if not record["accepted"]:
        return []
    content = record["content"]
    alerts = content["body"]["alerts"] if record["channel"] == "webhook" else [content]
    return [alert["dedup_key"] for alert in alerts]


def _dispatcher(uri: str, channel: str, worker: str) -> Callable[[], object]:
    from sms_monitoring.notify.channels import load_channel
    from sms_monitoring.notify.dispatch import dispatch

    loaded = load_channel(channel)
    conn = db.connect(uri)

    def empty() -> None:
        with conn:
            dispatch(conn, channel, worker, load=lambda _: loaded)

    return empty


def _poster(url: str, bodies: Sequence[str]) -> Callable[[], object]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)

    def post() -> None:
        for body in bodies:
            connection.request("POST", parts.path, body, {"Content-Type": "application/json"})
            connection.getresponse().read()
        connection.close()

    return post
