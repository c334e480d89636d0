"""The catalogue of DAGs, alert types and channels, for people."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from sms_monitoring.api.access import Reader
from sms_monitoring.api.errors import documented
from sms_monitoring.api.login import LogInFirst

router = APIRouter(tags=["dashboard"], route_class=LogInFirst)

STYLESHEET = "dashboard/static/css/catalogue.css"
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"


@router.get("/catalogue", response_class=HTMLResponse, responses=documented(401, 403, 429))
def catalogue(user: Reader) -> HTMLResponse:
    """Every DAG of this bundle as Airflow has it now, every alert type and every channel, as a page."""
    from sms_monitoring.catalogue import entries, markdown
    from sms_monitoring.notify.channels import channel_names
    from sms_monitoring.operators import alert_operators
    from sms_monitoring.watchdog.types import WATCHES

    text = markdown.write(
        entries.describe_dags(_serialized_dags()),
        entries.describe_alerts(alert_operators()),
        entries.describe_watches(WATCHES),
        entries.describe_channels(channel_names()),
        runbook="runbooks/{}",
    )
    return text_page(text, title="Catalogue")


def text_page(markdown: str, *, title: str, up: str = "", status: int = 200) -> HTMLResponse:
    """A Markdown text as a page in the catalogue's look.

    :param up: from the page's address to the API's own: "../" a level.
    """
    from sms_monitoring.catalogue import page

    rendered = page.render(markdown, title=title, stylesheets=(f"{up}{STYLESHEET}",))
    return HTMLResponse(rendered, status, headers={"Content-Security-Policy": POLICY})


def _serialized_dags() -> list[object]:
    from airflow.models.serialized_dag import SerializedDagModel

    return list(SerializedDagModel.read_all_dags().values())
