"""Where the scrubber sits, and how errors outside of tasks get to Sentry."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentry_sdk import Client

log = logging.getLogger(__name__)

# Of Airflow's [sentry] section: what the reports from outside of tasks say, too.
SHARED_OPTIONS = ("environment", "release", "server_name")


def is_on() -> bool:
    """Whether Airflow sends errors to Sentry."""
    from airflow.sdk.configuration import conf

    return bool(conf.getboolean("sentry", "sentry_on", fallback=False))


def install() -> None:
    """Put the scrubber between this process and Sentry; does nothing, and imports nothing, where Sentry is off.

    On the global scope: it outlives the ``init`` that Airflow calls for each task, and comes after all that the SDK's
    integrations add. Should it fail, the SDK drops the event.
    """
    if not is_on():
        return
    from sentry_sdk import get_global_scope

    from sms_monitoring.sentry.scrub import scrub

    scope = get_global_scope()
    if scrub not in scope._event_processors:
        scope.add_event_processor(scrub)  # type: ignore[arg-type]


def report(error: BaseException, **tags: str) -> None:
    """Send an error from outside of a task, such as the API's. Never raises, never waits for Sentry.

    :param tags: by which to find it, such as the route.
    """
    try:
        client = _client() if is_on() else None
        if client is None:
            return
        from sentry_sdk import Scope
        from sentry_sdk.utils import event_from_exception

        scope = Scope()
        for name, value in tags.items():
            scope.set_tag(name, value)
        event, hint = event_from_exception(error, client_options=client.options)
        client.capture_event(event, hint, scope)
    except Exception as fault:
        log.error("an error could not be sent to Sentry: %s", type(fault).__name__)


@cache
def _client() -> Client | None:
    """A client of our own: Airflow's API server is not ours to instrument."""
    from airflow.sdk.configuration import conf
    from sentry_sdk import Client

    from sms_monitoring.sentry.scrub import scrub

    section: dict[str, Any] = conf.getsection("sentry") or {}
    dsn = section.get("sentry_dsn") or section.get("dsn")
    if not dsn:
        return None
    shared: dict[str, Any] = {name: str(section[name]) for name in SHARED_OPTIONS if section.get(name)}
    before_send: Any = scrub
    return Client(
        dsn=str(dsn), default_integrations=False, include_local_variables=False, before_send=before_send, **shared
    )
