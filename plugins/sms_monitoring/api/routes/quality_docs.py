"""The Data Docs: the pages of Great Expectations about the full runs, behind the login."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sms_monitoring.api import data_docs, files
from sms_monitoring.api.access import Reader
from sms_monitoring.api.errors import ApiError, documented
from sms_monitoring.api.login import LogInFirst
from sms_monitoring.api.routes import catalogue

router = APIRouter(tags=["quality"], route_class=LogInFirst)

NOT_BUILT = (
    "No Data Docs have been built here so far. The DAG sms_daily_quality builds them once a day: trigger it, or run"
    " `python -m sms_monitoring quality --plan full`. Where tasks run on other machines than the API server, both need"
    " the folder SMS_MONITORING_DATA_DOCS_DIR."
)
NO_SUCH_PAGE = "The Data Docs have no such page. They keep the newest runs; begin at [their first page]({}index.html)."


@router.get("/quality/docs", include_in_schema=False)
def data_docs_without_slash(user: Reader) -> Response:
    """The same, for who left out the slash."""
    return RedirectResponse("docs/", 307)


@router.get(
    "/quality/docs/{path:path}",
    response_class=Response,
    responses={**files.FILE, **files.NOT_MODIFIED, **documented(401, 403, 404, 422, 429)},
)
def data_docs_file(path: str, request: Request, user: Reader) -> Response:
    """A page of the Data Docs, or what it loads; without a path their first page."""
    found = data_docs.find(path)
    if found is not None:
        return files.send(request, found, data_docs.CONTENT_SECURITY_POLICY)
    built = data_docs.built_at() is not None
    if "text/html" not in request.headers.get("accept", ""):
        raise ApiError(404, "The Data Docs have no such file." if built else NOT_BUILT, parameter="path")
    up = "../" * path.count("/")
    said = NO_SUCH_PAGE.format(up) if built else NOT_BUILT
    links = f"[Data quality in the dashboard]({up}../../dashboard/?view=quality)"
    return catalogue.text_page(f"# Data Docs\n\n{said}\n\n{links}\n", title="Data Docs", up=f"{up}../../", status=404)
