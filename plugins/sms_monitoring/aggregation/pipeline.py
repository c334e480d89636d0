"""Aggregation in order: what the hourly DAG, a backfill and ``sms_recompute_range`` call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sms_monitoring.aggregation.changes import mark_dirty, notice_changes
from sms_monitoring.aggregation.days import rebuild_dirty_days, refresh_daily_view
from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.aggregation.recompute import Recomputed, recompute
from sms_monitoring.sources import check_contract
from sms_monitoring.timeframe import EVER, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from sms_monitoring.db import Connection

# The newest hours are recomputed every time, for sources whose changed_at misses a change.
LOOK_BACK = timedelta(hours=3)


def aggregate_hour(conn: Connection, family_name: str, window: Window) -> Recomputed:
    """The scheduled step of one family: the run's hour, the look-back, and every older hour that changed.

    :raises SourceContractError: when the family's source view is missing or lacks a column.
    """
    family = FAMILIES[family_name]
    if family.source_view is not None:
        check_contract(conn, family.source_view)
    notice_changes(conn, family, window.end)
    mark_dirty(conn, family, window.reaching_back(max(LOOK_BACK, window.end - window.start)).hours())
    return recompute(conn, family, Window(EVER.start, window.end))


def aggregate_range(
    conn: Connection, family_name: str, window: Window, progress: Callable[[int], None] | None = None
) -> Recomputed:
    """Just the hours of ``window``, from the source as it is now: a backfill, or a range asked for.

    :raises SourceContractError: when the family's source view is missing or lacks a column.
    :raises HoursRefusedError: when raw rows of some hours are gone; the other hours are recomputed.
    """
    family = FAMILIES[family_name]
    if family.source_view is not None:
        check_contract(conn, family.source_view)
    mark_dirty(conn, family, window.hours())
    result = recompute(conn, family, window, progress)
    result.raise_if_refused()
    return result


def refresh_views(conn: Connection) -> int:
    """Daily rows and the daily view, after any aggregation; returns how many days were rebuilt."""
    days = rebuild_dirty_days(conn)
    refresh_daily_view(conn)
    return len(days)
