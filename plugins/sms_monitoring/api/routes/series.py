"""Numbers over time, and what they can be told apart by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sms_monitoring.api.access import Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models import series as shapes
from sms_monitoring.api.models.fields import Text
from sms_monitoring.api.shared import shared_answer
from sms_monitoring.api.spans import AskedSpan, refused
from sms_monitoring.series.model import ALL
from sms_monitoring.series.read import read_breakdown, read_dimension, read_series

router = APIRouter(tags=["series"])

_BROKEN_DOWN = ("delivery_rate", "volume")


@router.get("/series", responses=documented(401, 403, 422, 429, 503))
def series(
    user: Reader,
    conn: Db,
    span: AskedSpan,
    name: Annotated[shapes.SeriesName, Query(description="Which numbers")],
    dimension: Annotated[shapes.Dimension, Query(description="Tell apart by")] = "all",
    value: Annotated[Text | None, Query(description="The one carrier or campaign to show")] = None,
) -> Answer[shapes.Series | shapes.Breakdown]:
    """One series. With a dimension but no value, `delivery_rate` and `volume` have a line for each of the busiest."""
    with refused():
        if name in _BROKEN_DOWN and dimension != ALL and not value:
            return Answer(data=shapes.Breakdown(**read_breakdown(conn, span, dimension).to_json()))
        return Answer(data=shapes.Series(**read_series(conn, name, span, dimension, value).to_json()))


@router.get("/dimensions", response_model=Answer[shapes.Dimensions], responses=documented(401, 403, 422, 429, 503))
def dimensions(user: Reader, conn: Db, span: AskedSpan) -> Response:
    """The carriers and campaigns that sent anything, the busiest first; at most 200 of each."""

    def read() -> Answer[shapes.Dimensions]:
        found = {dimension: read_dimension(conn, dimension, span) for dimension in ("carrier", "campaign")}
        return Answer(data=shapes.Dimensions.model_validate(found))

    return shared_answer(conn, ("dimensions", span), read)
