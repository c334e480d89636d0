"""Puts the API together."""

from __future__ import annotations

from fastapi import FastAPI

from sms_monitoring.api import errors, faults, headers
from sms_monitoring.api.routes import (
    alerts,
    audit,
    catalogue,
    channels,
    charts,
    dashboard,
    export,
    health,
    incidents,
    me,
    metrics,
    openapi,
    overview,
    quality,
    quality_docs,
    replay,
    runbooks,
    series,
    silences,
    stream,
    thresholds,
)

DESCRIPTION = """
The numbers and alerts of SMS monitoring. Send `Authorization: Bearer <token>` with a token of Airflow's
`POST /auth/token`, or the session cookie of the Airflow UI. Whoever may see the DAG `sms_hourly_monitoring` may read;
whoever may edit it may act. Times are UTC; days are UTC days.
"""

ROUTERS = (
    alerts.router,
    audit.router,
    catalogue.router,
    channels.router,
    charts.router,
    dashboard.router,
    export.router,
    health.router,
    incidents.router,
    me.router,
    metrics.router,
    openapi.router,
    overview.router,
    quality.router,
    quality_docs.router,
    replay.router,
    runbooks.router,
    series.router,
    silences.router,
    stream.router,
    thresholds.router,
)


def create_app() -> FastAPI:
    """The API as Airflow mounts it. Its OpenAPI document is a route of its own, behind the login."""
    app = FastAPI(
        title="SMS monitoring",
        description=DESCRIPTION,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    # Each one stands around those before it.
    app.add_middleware(faults.Faults)
    app.add_middleware(headers.EntityTags)
    app.add_middleware(headers.BodyLimit)
    app.add_middleware(headers.SecurityHeaders)
    return app
