"""The query parameters that say from when to when: ``range``, or ``start``, ``end`` and ``step``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query

from sms_monitoring.api.errors import ApiError
from sms_monitoring.api.models.fields import Moment
from sms_monitoring.api.models.series import RangeName, StepName
from sms_monitoring.series.errors import SeriesError
from sms_monitoring.series.span import Span, explicit_span, named_span

DEFAULT_RANGE: RangeName = "7d"


@contextmanager
def refused() -> Iterator[None]:
    """What is wrong with a request for a series, as an answer.

    :raises ApiError: 422, naming the parameter.
    """
    try:
        yield
    except SeriesError as error:
        raise ApiError(422, f"{error}.", parameter=error.parameter) from error


def asked_span(
    range_name: Annotated[
        RangeName | None, Query(alias="range", description=f"Up to now; without `range` and `start`: {DEFAULT_RANGE}")
    ] = None,
    start: Annotated[Moment | None, Query(description="Instead of `range`: from the step that holds this time")] = None,
    end: Annotated[Moment | None, Query(description="With `start`: up to this hour; without it, up to now")] = None,
    step: Annotated[StepName | None, Query(description="With `start`; without it, one that suits the length")] = None,
) -> Span:
    """The span that a request asks for.

    :raises ApiError: 422, naming the parameter that is wrong.
    """
    now = datetime.now(UTC)
    with refused():
        if start is not None:
            if range_name is not None:
                raise SeriesError("range", "give either range, or start and end")
            return explicit_span(start, end or now, now, step)
        for name, given in (("end", end), ("step", step)):
            if given is not None:
                raise SeriesError(name, "needs start, too")
        return named_span(range_name or DEFAULT_RANGE, now)


AskedSpan = Annotated[Span, Depends(asked_span)]
