"""Runbooks: what an alert means, where to look first, and how to mend it; as pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from sms_monitoring import runbooks
from sms_monitoring.api.access import Reader
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.login import LogInFirst
from sms_monitoring.api.models.fields import Text
from sms_monitoring.api.routes import catalogue

router = APIRouter(tags=["dashboard"], route_class=LogInFirst)

FOOTER = """
---

[Its threshold](../dashboard/?view=thresholds&alert_type={0}) ·
[Its incidents](../dashboard/?view=incidents&alert_type={0}) ·
[Dashboard](../dashboard/) · [Catalogue](../catalogue)
"""


@router.get(
    "/runbooks/{alert_type}",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "The page"}, **documented(401, 403, 404, 422, 429)},
)
def runbook(alert_type: Annotated[Text, Path(description="`delivery_rate_critical` …")], user: Reader) -> Response:
    """What to do when an alert of this type fires, as a page."""
    text = runbooks.read(alert_type)
    if text is None:
        raise ApiError(404, f"There is no runbook of alert type {alert_type}.", parameter="alert_type")
    return catalogue.text_page(text + FOOTER.format(alert_type), title=alert_type, up="../")
