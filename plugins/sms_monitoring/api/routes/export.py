"""Any table as CSV."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from sms_monitoring.api import rate_limits
from sms_monitoring.api.access import Reader
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.export.response import ExportResponse
from sms_monitoring.api.export.run import Export
from sms_monitoring.api.export.tables import TABLES
from sms_monitoring.api.parameters import Day, days_between

router = APIRouter(tags=["export"])

DEFAULT_DAYS = 30
CSV = {"description": "The table", "content": {"text/csv": {"schema": {"type": "string"}}}}


@router.get(
    "/export/{table}.csv",
    # Said for the OpenAPI document, which cannot tell it from this class.
    status_code=200,
    response_class=ExportResponse,
    responses={200: CSV, **documented(401, 403, 404, 409, 422, 429, 503)},
)
def export(
    table: Annotated[str, Path(json_schema_extra={"enum": list(TABLES)})],
    user: Reader,
    start_date: Annotated[Day | None, Query(description="first UTC day; by default 30 days with the last")] = None,
    end_date: Annotated[Day | None, Query(description="last UTC day; by default today")] = None,
) -> ExportResponse:
    """A table of this bundle, streamed: RFC 4180, UTF-8, a line of column names, times in UTC, in the order of time.

    Small tables without a time of their own come whole, whatever days are asked for. Text that a spreadsheet would run
    as a formula (it begins with = + - @ or a control character, and is no number) has an apostrophe put before it.
    An answer that breaks off before its end is not complete.
    """
    if table not in TABLES:
        raise ApiError(404, f"There is no such table; there are: {', '.join(TABLES)}.", parameter="table")
    end = end_date or (datetime.now(UTC).date() if start_date is None else max(start_date, datetime.now(UTC).date()))
    start = start_date or end - timedelta(days=min(DEFAULT_DAYS - 1, end.toordinal() - 1))
    days = days_between(start, end)
    rate_limits.count_costly(user.get_name())
    span = f"_{days.start}_{days.end}" if TABLES[table].time else ""
    return ExportResponse(Export(table, days.start, days.end), f"{table}{span}.csv")
