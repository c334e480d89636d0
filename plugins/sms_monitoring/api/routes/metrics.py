"""The guide's metrics: by day, of one user, of today, and all in one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

from sms_monitoring import db
from sms_monitoring.api.access import Reader, SignedIn, can_read
from sms_monitoring.api.database import Db
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.models import metrics as shapes
from sms_monitoring.api.models.alerts import Alert
from sms_monitoring.api.models.fields import Text
from sms_monitoring.api.parameters import Day, days_between
from sms_monitoring.digest.data import read_thresholds
from sms_monitoring.digest.model import DELIVERY_ALERT, LLM_ALERT
from sms_monitoring.overview import rates

if TYPE_CHECKING:
    from sms_monitoring.db import Connection, Row

router = APIRouter(tags=["metrics"])

RECENT_ALERTS = 5
WEEK = 7


@router.get("/daily", responses=documented(401, 403, 422, 429, 503))
def daily(
    user: Reader,
    conn: Db,
    start_date: Annotated[Day, Query(description="First UTC day, like 2025-10-01")],
    end_date: Annotated[Day | None, Query(description="Last UTC day; without it, only `start_date`")] = None,
) -> shapes.Daily:
    """The whole system by UTC day. Days without any metric are left out."""
    days = days_between(start_date, end_date)
    rows = db.fetch_all(conn, "metrics/daily.sql", {"start_date": days.start, "end_date": days.end})
    return shapes.Daily(data=[_day(row) for row in rows], date_range=shapes.DateRange(start=days.start, end=days.end))


@router.get("/user", responses=documented(401, 403, 422, 429, 503))
def of_user(
    user: SignedIn,
    conn: Db,
    user_id: Annotated[Text | None, Query(min_length=1, description="Without it, your Airflow user name")] = None,
    days: Annotated[int, Query(ge=1, le=365, description="How many UTC days to look back, today included")] = 30,
) -> shapes.User:
    """The metrics of one user: your own, or with the permission to read, anybody's."""
    asked = user.get_name() if user_id is None else user_id
    # The same answer whether that user exists or not.
    if asked != user.get_name() and not can_read(user):
        raise ApiError(403, "You may see your own metrics only: leave out user_id.", parameter="user_id")
    rows = db.fetch_all(conn, "metrics/user_daily.sql", {"user_id": asked, "days": days, "today": _today()})
    return shapes.User(
        data=shapes.UserMetrics(metrics=[_user_day(row) for row in rows], summary=_user_summary(rows, days)),
        user_id=asked,
    )


@router.get("/today", responses=documented(401, 403, 429, 503))
def today(user: Reader, conn: Db) -> shapes.Today:
    """Today (UTC) so far."""
    day = _read_today(conn)
    open_alerts = _one(conn, "api/metrics/open_alerts.sql")
    delivery, llm = _rate_health(conn, day, open_alerts["alert_types"])
    shown = day.model_dump(include=set(shapes.TodaySnapshot.model_fields))
    health = shapes.RateHealth(delivery_healthy=delivery, llm_healthy=llm, overall_healthy=delivery and llm)
    return shapes.Today(data=shapes.TodaySnapshot(**shown, health=health))


@router.get("/summary", responses=documented(401, 403, 429, 503))
def summary(user: Reader, conn: Db) -> shapes.Summary:
    """Today, the last seven days, the open alerts, and what they come to."""
    day = _read_today(conn)
    week = _one(conn, "api/metrics/week.sql", {"today": day.metric_date})
    open_alerts = _one(conn, "api/metrics/open_alerts.sql")
    newest = {
        **dict.fromkeys(("start_date", "end_date", "before", "before_id")),
        "unresolved": True,
        "row_limit": RECENT_ALERTS,
    }
    recent = db.fetch_all(conn, "api/alerts/list.sql", newest)
    delivery, llm = _rate_health(conn, day, open_alerts["alert_types"])
    has_critical = open_alerts["critical_count"] > 0
    return shapes.Summary(
        data=shapes.SummaryData(
            today=day,
            week=_week(week),
            alerts=shapes.OpenAlerts(
                unresolved_count=open_alerts["unresolved_count"],
                has_critical=has_critical,
                recent=[Alert(**row) for row in recent],
            ),
            health=_health(delivery, llm, not has_critical, quiet=not open_alerts["unresolved_count"]),
        ),
        timestamp=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _one(conn: Connection, sql_file: str, params: dict[str, Any] | None = None) -> Row:
    row = db.fetch_one(conn, sql_file, params)
    assert row is not None  # noqa: S101 - aggregates always answer a row
    return row


def _day(row: Row) -> shapes.Day:
    return shapes.Day(**{name: row[name] for name in shapes.Day.model_fields})


def _read_today(conn: Connection) -> shapes.Day:
    today = _today()
    rows = db.fetch_all(conn, "metrics/daily.sql", {"start_date": today, "end_date": today})
    return _day(rows[0]) if rows else shapes.Day.empty(today)


def _rate_health(conn: Connection, day: shapes.Day, open_types: list[str]) -> tuple[bool, bool]:
    """Whether delivery and the LLM are healthy."""
    thresholds = read_thresholds(conn)
    generated = day.llm_success_count + day.template_fallback_count
    delivery = rates.is_past(thresholds.get(DELIVERY_ALERT), day.delivered_count, day.sent_count)
    llm = rates.is_past(thresholds.get(LLM_ALERT), day.template_fallback_count, generated)
    return not (delivery or DELIVERY_ALERT in open_types), not (llm or LLM_ALERT in open_types)


def _health(delivery: bool, llm: bool, alerts: bool, *, quiet: bool) -> shapes.SystemHealth:
    """:param quiet: no alert at all is open."""
    overall = delivery and llm and alerts
    return shapes.SystemHealth(
        delivery_healthy=delivery,
        llm_healthy=llm,
        alerts_healthy=alerts,
        overall_healthy=overall,
        status="critical" if not overall else "healthy" if quiet else "attention",
    )


def _week(row: Row) -> shapes.Week:
    totals = {name: row[name] for name in ("scheduled", "sent", "delivered", "failed")}
    return shapes.Week(
        totals=shapes.WeekTotals(**totals, llmCost=row["llm_cost"]),
        delivery_rate_percent=row["delivery_rate_percent"],
        llm_success_rate_percent=row["llm_success_rate_percent"],
        avg_daily_cost_usd=f"{row['llm_cost'] / WEEK:.4f}",
    )


def _user_day(row: Row) -> shapes.UserDay:
    success = row["llm_success_count"]
    rate = rates.percent(success, success + row["template_fallback_count"])
    return shapes.UserDay(**row, llm_success_rate_percent=rate)


def _user_summary(rows: list[Row], days: int) -> shapes.UserSummary:
    def total(name: str) -> Any:
        return sum(row[name] for row in rows)

    sent, delivered = total("sent_count"), total("delivered_count")
    return shapes.UserSummary(
        total_scheduled=total("scheduled_count"),
        total_sent=sent,
        total_delivered=delivered,
        total_failed=total("failed_count"),
        delivery_rate_percent=rates.percent(delivered, sent),
        total_llm_cost_usd=f"{total('llm_cost_usd'):.4f}",
        days=days,
    )
