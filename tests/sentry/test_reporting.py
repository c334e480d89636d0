"""The scrubber in front of the real SDK, and reports from outside of tasks, to the local Sentry."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

from sms_monitoring.local.environment import ReceiverPorts, sentry_exports
from sms_monitoring.local.receivers import Receivers
from tests.conftest import REPOSITORY

BODY, PHONE = "Hi Ann, your table is ready", "+12025550143"


@pytest.fixture
def receivers():
    with Receivers() as running:
        yield running


def in_a_process(receivers: Receivers, code: str, *, on: bool = True, tmp_path, **more: str) -> str:
    """Run ``code`` where Airflow's [sentry] section leads to the receivers, and says ``more``; what it printed."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{REPOSITORY / 'plugins'}",
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__SENTRY__SENTRY_ON": str(on),
        "AIRFLOW__SENTRY__SENTRY_DSN": receivers.sentry_dsn,
        "NO_PROXY": "*",
        "BODY": BODY,
        "PHONE": PHONE,
        **more,
    }
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# As Airflow does it in a task: the plugin is loaded, then the SDK is made ready with whatever is configured.
IN_A_TASK = """
    import logging, os
    from sms_monitoring.sentry import install
    install()
    install()
    import sentry_sdk
    sentry_sdk.init(dsn=os.environ["AIRFLOW__SENTRY__SENTRY_DSN"], attach_stacktrace=True, send_default_pii=True)

    def deliver(body, phone):
        logging.getLogger("x").warning("about to send %s to %s", body, phone)
        raise ValueError(f"cannot send {body} to {phone}")

    with sentry_sdk.new_scope() as scope:
        scope.set_tag("dag_id", "sms_hourly_monitoring")
        try:
            deliver(os.environ["BODY"], os.environ["PHONE"])
        except ValueError as error:
            sentry_sdk.capture_exception(error)
    logging.getLogger("x").error("cannot send %s to %s", os.environ["BODY"], os.environ["PHONE"])
    sentry_sdk.flush()
"""

REPORTED = """
    import os, sys
    from sms_monitoring import sentry
    from sms_monitoring.sentry import reporting

    def route(phone):
        raise KeyError(phone)

    try:
        route(os.environ["PHONE"])
    except KeyError as error:
        sentry.report(error, method="GET", route="/user")
    print("sentry_sdk" in sys.modules)
    if client := reporting._client():
        client.flush()
"""


def events(receivers: Receivers) -> list[dict]:
    return [record["content"]["event"] for record in receivers.received("sentry", accepted=True)]


def no_person_in(receivers: Receivers) -> bool:
    sent = json.dumps(receivers.received("sentry"), ensure_ascii=False)
    return not any(canary in sent for canary in (BODY, "Ann", PHONE, PHONE[1:]))


def test_whatever_the_sdk_is_told_to_add_goes_through_the_scrubber(receivers, tmp_path):
    in_a_process(receivers, IN_A_TASK, tmp_path=tmp_path)
    error, logged = events(receivers)
    assert error["exception"]["values"][0]["type"] == "ValueError"
    assert error["tags"] == {"dag_id": "sms_hourly_monitoring"}
    assert logged["logentry"] == {"message": "cannot send %s to %s"}
    assert no_person_in(receivers)


def test_an_error_of_the_api_is_reported_with_its_route(receivers, tmp_path):
    in_a_process(receivers, REPORTED, tmp_path=tmp_path)
    [event] = events(receivers)
    assert event["exception"]["values"][0]["type"] == "KeyError"
    assert event["tags"] == {"method": "GET", "route": "/user"}
    assert no_person_in(receivers)


def test_switched_off_nothing_is_sent_and_nothing_imported(receivers, tmp_path):
    assert in_a_process(receivers, REPORTED, on=False, tmp_path=tmp_path).split() == ["False"]
    assert receivers.received("sentry") == []


def test_a_sentry_that_is_down_disturbs_nobody(receivers, tmp_path):
    receivers.fail("sentry", status=503)
    in_a_process(receivers, REPORTED, tmp_path=tmp_path)


ASKED = """
    import http.server, threading, urllib.request
    from airflow.sdk.execution_time.sentry.configured import ConfiguredSentry

    ConfiguredSentry().prepare_to_enrich_errors("")

    class FarSide(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            print(sorted(name.lower() for name in self.headers))
            self.send_response(200)
            self.end_headers()

    with http.server.HTTPServer(("127.0.0.1", 0), FarSide) as server:
        threading.Thread(target=server.handle_request).start()
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/").close()
"""


@pytest.mark.parametrize(("settings", "is_told"), [({}, True), (sentry_exports(ReceiverPorts("http://x", 25)), False)])
def test_with_the_settings_of_the_readme_no_other_service_is_told_of_sentry(receivers, tmp_path, settings, is_told):
    """By default the SDK puts the project's key and the release into every request."""
    more = {name: value for name, value in settings.items() if not name.endswith("DSN")}
    printed = in_a_process(receivers, ASKED, tmp_path=tmp_path, **more)
    assert ("sentry-trace" in printed, "baggage" in printed) == (is_told, is_told)
