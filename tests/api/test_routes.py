"""Walks the routes that there are: each asks for a login, each change for the permission to act, and nothing else is
served."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

SAFE = {"GET", "HEAD"}


@pytest.fixture(scope="module")
def routes(airflow_app):
    """The table of our own application, not of the stand-in that Airflow mounts."""
    from sms_monitoring.api.app import create_app

    return create_app().router.routes


def callables(dependant):
    """A route's dependencies, and theirs."""
    for each in dependant.dependencies:
        yield each.call
        yield from callables(each)


def test_there_are_only_routes(routes):
    """No mount, no documentation page, no static folder: those would be open to anybody."""
    assert [route for route in routes if type(route) is not APIRoute and not isinstance(route, APIRoute)] == []


def test_every_route_asks_who_is_there(routes):
    from sms_monitoring.api import access

    open_to_all = [route.path for route in routes if not set(callables(route.dependant)) & set(access.ACCESS)]
    assert open_to_all == []


def test_every_change_asks_for_the_permission_to_act(routes):
    from sms_monitoring.api import access

    lenient = [
        (route.methods, route.path)
        for route in routes
        if route.methods - SAFE and access.may_act not in set(callables(route.dependant))
    ]
    # It changes nothing: it tells what a threshold would have done.
    replays = [each for each in lenient if each == ({"POST"}, "/thresholds/{alert_type}/replay")]
    assert lenient == replays


def test_every_kind_of_access_begins_with_the_login(airflow_app):
    from airflow.api_fastapi.core_api.security import get_user
    from fastapi.dependencies.utils import get_dependant

    from sms_monitoring.api import access

    for each in access.ACCESS:
        assert get_user in set(callables(get_dependant(path="/", call=each)))


def test_every_route_tells_which_errors_it_answers(routes):
    incomplete = [
        (route.path, status)
        for route in routes
        for status in (401, 403, 429)
        if route.include_in_schema and status not in route.responses
    ]
    assert incomplete == []


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.yaml", "/app.py"])
def test_nothing_else_is_served(client, path):
    answer = client("ann").get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
