"""Charts: Vega-Lite specifications with their numbers in words."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from sms_monitoring.api.access import Reader
from sms_monitoring.api.database import Db
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import documented
from sms_monitoring.api.models import series as shapes
from sms_monitoring.api.models.fields import Text
from sms_monitoring.api.shared import shared_answer
from sms_monitoring.api.spans import AskedSpan, refused
from sms_monitoring.charts.build import build_chart

router = APIRouter(tags=["charts"])


@router.get("/charts/{name}", response_model=Answer[shapes.Chart], responses=documented(401, 403, 422, 429, 503))
def chart(
    name: shapes.ChartName,
    user: Reader,
    conn: Db,
    span: AskedSpan,
    dimension: Annotated[shapes.Dimension, Query(description="Tell apart by")] = "all",
    value: Annotated[Text | None, Query(description="The one carrier or campaign to show")] = None,
    theme: Annotated[Literal["light", "dark"], Query(description="What it is to be drawn on")] = "light",
) -> Response:
    """One chart. With a dimension but no value, `delivery_rate` and `volume` have a line for each of the busiest."""

    def build() -> Answer[shapes.Chart]:
        return Answer(data=shapes.Chart(**build_chart(conn, name, span, dimension, value, dark=theme == "dark")))

    with refused():
        return shared_answer(conn, ("chart", name, span, dimension, value, theme), build)
