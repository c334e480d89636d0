"""What every channel keeps to: found by its module, clear about its connection, silent about secrets."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from sms_monitoring.notify.channels import channel_names, load_channel
from sms_monitoring.notify.channels.base import (
    ConfigurationError,
    Delivered,
    Misconfigured,
    Permanent,
    RetryLater,
    UnknownChannelError,
)
from tests.notify.samples import TRIGGER

if TYPE_CHECKING:
    from sms_monitoring.local.receivers import Receivers
    from tests.notify.far_sides import HttpFarSide, SmtpFarSide

REPOSITORY = Path(__file__).resolve().parents[2]
ALL = ["email", "pagerduty", "slack"]
CONN_IDS = {"email": "sms_monitoring_smtp", "pagerduty": "sms_monitoring_pagerduty", "slack": "sms_monitoring_slack"}
VARIABLES = {name: f"AIRFLOW_CONN_{conn_id.upper()}" for name, conn_id in CONN_IDS.items()}
CANARIES = {
    "email": "CANARYpassw0rd",
    "pagerduty": "CANARY0123456789abcdef0123456789",
    "slack": "CANARYtokenCANARYtoken00",
}


# ── Found by their modules ───────────────────────────────────────────────────────────────────


def test_a_channel_is_a_module_and_a_row(db) -> None:
    rows = [name for (name,) in db.execute("SELECT channel FROM sms_notification_channels ORDER BY channel")]

    assert channel_names() == rows == ALL


def test_a_channel_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UnknownChannelError, match="'pigeon'; there are: email, pagerduty, slack"):
        load_channel("pigeon")


def test_naming_the_channels_imports_none_of_their_libraries() -> None:
    program = (
        "import sys; from sms_monitoring.notify import channels; channels.channel_names();"
        "heavy = ('airflow', 'slack', 'pagerduty', 'jinja2', 'httpx', 'psycopg');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=child_environment()
    )

    assert done.stdout.strip() == "[]"


# ── Delivered, and what is answered otherwise ────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ALL)
def test_delivered(receivers: Receivers, channel: str) -> None:
    assert load_channel(channel).send(TRIGGER) == Delivered()

    (record,) = receivers.received(channel)
    assert (record["accepted"], record["warnings"]) == (True, [])


RETRIED = {
    "slack": [408, 500, 502, 503, 504],
    "pagerduty": [408, 500, 502, 503, 504],
    "email": [450, 451, 452],
}
WHOLE_CHANNEL = {"slack": 429, "pagerduty": 429, "email": 421}
FINAL = {"slack": [400, 404, 410, 413], "pagerduty": [400, 402, 413], "email": [550, 552, 554]}


@pytest.mark.parametrize(("channel", "status"), [(name, status) for name in ALL for status in RETRIED[name]])
def test_retried(receivers: Receivers, channel: str, status: int) -> None:
    receivers.fail(channel, status=status)

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert (outcome.after_seconds, outcome.whole_channel) == (None, False)
    assert str(status) in outcome.reason
    assert len(receivers.received(channel)) == 1, "a channel asks once"


@pytest.mark.parametrize("channel", ALL)
def test_retried_and_all_others_with_it(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, status=WHOLE_CHANNEL[channel])

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert outcome.whole_channel


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("channel", ["slack", "pagerduty"])
def test_retry_after_is_honoured(receivers: Receivers, channel: str, status: int) -> None:
    receivers.fail(channel, status=status, retry_after=37)

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert (outcome.after_seconds, outcome.whole_channel) == (37, True)


@pytest.mark.parametrize(("channel", "status"), [(name, status) for name in ALL for status in FINAL[name]])
def test_final(receivers: Receivers, channel: str, status: int) -> None:
    receivers.fail(channel, status=status)

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, Permanent)
    assert str(status) in outcome.reason
    assert len(receivers.received(channel)) == 1


@pytest.mark.parametrize("channel", ALL)
def test_an_answer_that_is_lost_is_retried(receivers: Receivers, channel: str) -> None:
    receivers.fail(channel, drop=True)

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert len(receivers.received(channel)) == 1, "no library sends again what may have been taken"


@pytest.mark.parametrize("channel", ALL)
def test_a_far_side_that_is_not_there_is_no_matter_of_the_message(
    receivers: Receivers, free_port: int, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLES[channel], connection(channel, port=free_port))

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert outcome.whole_channel
    assert "refused" in outcome.reason.lower()


@pytest.mark.parametrize("channel", ALL)
def test_a_far_side_that_stalls_is_given_up_on(
    receivers: Receivers, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The real time-out is ten seconds: here its size is not what is tested.
    monkeypatch.setattr(f"sms_monitoring.notify.channels.{channel}.TIMEOUT_SECONDS", 1, raising=False)
    monkeypatch.setattr("sms_monitoring.hooks.smtp.TIMEOUT_SECONDS", 1)
    receivers.fail(channel, stall=60)

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, RetryLater)
    assert "time" in outcome.reason.lower()


def test_a_recipient_refused_is_noted_and_all_refused_is_final(receivers: Receivers) -> None:
    receivers.fail("email", status=550, at="rcpt", times=1)
    outcome = load_channel("email").send(TRIGGER)
    assert isinstance(outcome, Delivered)
    assert "oncall@example.com: 550" in str(outcome.note)

    receivers.fail("email", status=550, at="rcpt", times=2)
    assert isinstance(load_channel("email").send(TRIGGER), Permanent)

    receivers.fail("email", status=450, at="rcpt", times=2)
    assert isinstance(load_channel("email").send(TRIGGER), RetryLater)


# ── Connections ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ALL)
def test_a_missing_connection_is_named_with_how_to_set_it(no_connections, channel: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_channel(channel)

    assert f"Airflow connection '{CONN_IDS[channel]}' is missing" in str(caught.value)
    assert f"airflow connections add {CONN_IDS[channel]} --conn-type" in str(caught.value)


MALFORMED = [
    ("slack", "slackwebhook://hooks.slack.com", "has no password"),
    ("slack", "slackwebhook://:CANARYtoken@ftp%3A%2F%2Fhooks.example", "no http or https address"),
    ("slack", "slackwebhook://:gopher%3A%2F%2Fhooks.example%2FCANARYtoken@", "no http or https address"),
    ("slack", "slackwebhook://:T0%2FB0%2FCANARY%20token@", "no http or https address"),
    ("slack", "slackwebhook://:T0%2FB0%2FCANARY@hooks.example%3Aport", "no http or https address"),
    ("pagerduty", "pagerduty-events://", "no integration key of 32 letters and digits"),
    ("pagerduty", "pagerduty-events://:CANARYshort@", "no integration key of 32 letters and digits"),
    (
        "pagerduty",
        "pagerduty-events://:CANARY0123456789abcdef0123456789@ftp%3A%2F%2Fx",
        "host that is no http or https",
    ),
    ("email", "smtp://:25", "has no host"),
    ("email", "smtp://ann:CANARYpassword@127.0.0.1:25", "no mail address as from_email"),
    ("email", "smtp://127.0.0.1:25/?from_email=nobody", "no mail address as from_email"),
    ("email", "smtp://127.0.0.1:25/?from_email=a%40example.com&ssl_context=mine", "ssl_context"),
]


@pytest.mark.parametrize(("channel", "uri", "fault"), MALFORMED)
def test_a_malformed_connection_is_explained(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, channel: str, uri: str, fault: str
) -> None:
    monkeypatch.setenv(VARIABLES[channel], uri)

    with pytest.raises(ConfigurationError) as caught:
        load_channel(channel)

    assert CONN_IDS[channel] in str(caught.value)
    assert fault in str(caught.value)
    assert "airflow connections add" in str(caught.value)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("recipients", "fault"),
    [(None, "missing or empty"), (" , ", "missing or empty"), ("a@b.example, nobody", "nobody")],
)
def test_recipients_that_make_no_sense_are_explained(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, recipients: str | None, fault: str
) -> None:
    monkeypatch.delenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO")
    if recipients is not None:
        monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", recipients)

    with pytest.raises(ConfigurationError) as caught:
        load_channel("email")

    assert fault in str(caught.value)
    assert "airflow variables set sms_monitoring_alert_email_to" in str(caught.value)


def test_each_recipient_gets_it_once(receivers: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO", "a@example.com,b@example.com , a@example.com,")

    load_channel("email").send(TRIGGER)

    assert receivers.received("email")[0]["content"]["envelope_to"] == ["a@example.com", "b@example.com"]


WRONG = [
    ("slack", lambda uri: uri.replace("XXXXXXXXXXXXXXXXXXXXXXXX", "CANARYtokenCANARYtoken00"), "403"),
    ("slack", lambda uri: uri.replace("B00000000", "B99999999"), "404"),
    ("pagerduty", lambda uri: uri.replace("0123456789abcdef" * 2, "CANARY0123456789abcdef0123456789"), "400"),
]


@pytest.mark.parametrize(("channel", "wrong", "status"), WRONG)
def test_a_wrong_connection_is_no_matter_of_the_message(
    receivers: Receivers, monkeypatch: pytest.MonkeyPatch, channel: str, wrong, status: str
) -> None:
    uri = {"slack": receivers.slack_connection_uri, "pagerduty": receivers.pagerduty_connection_uri}[channel]
    monkeypatch.setenv(VARIABLES[channel], wrong(uri))

    outcome = load_channel(channel).send(TRIGGER)

    assert isinstance(outcome, Misconfigured)
    assert status in outcome.reason
    assert f"airflow connections add {CONN_IDS[channel]}" in outcome.reason
    assert "CANARY" not in outcome.reason


def test_a_login_that_the_mail_server_refuses_is_no_matter_of_the_message(
    receivers: Receivers, smtp_far_side: SmtpFarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp_far_side.answers["AUTH"] = "535 5.7.8 wrong password"
    monkeypatch.setenv(VARIABLES["email"], connection("email", port=smtp_far_side.port))

    outcome = load_channel("email").send(TRIGGER)

    assert isinstance(outcome, Misconfigured)
    assert "535" in outcome.reason


def test_a_mail_server_without_tls_is_no_matter_of_the_message(
    receivers: Receivers, smtp_far_side: SmtpFarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLES["email"], connection("email", port=smtp_far_side.port, disable_tls=False))

    outcome = load_channel("email").send(TRIGGER)

    assert isinstance(outcome, Misconfigured)
    assert "STARTTLS" in outcome.reason


# ── Secrets ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
@pytest.mark.parametrize("channel", ["slack", "pagerduty"])
def test_a_far_side_that_quotes_our_secret(
    http_far_side: HttpFarSide, channel: str, status: int, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = CANARIES[channel]
    http_far_side.status, http_far_side.body = (
        status,
        f"no routing_key {secret} at /services/T0/B0/{secret} {secret * 90}",
    )
    monkeypatch.setenv(VARIABLES[channel], connection(channel, port=http_far_side.port))

    outcome = load_channel(channel).send(TRIGGER)

    assert str(status) in outcome.reason
    assert "CANARY" not in repr(outcome) + caplog.text


@pytest.mark.parametrize("command", ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "message"])
@pytest.mark.parametrize("code", [421, 451, 550])
def test_a_mail_server_that_quotes_our_secret(
    receivers: Receivers, smtp_far_side: SmtpFarSide, command: str, code: int, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = CANARIES["email"]
    smtp_far_side.answers[command] = f"{code} no {secret} {base64_login(secret)}"
    monkeypatch.setenv(VARIABLES["email"], connection("email", port=smtp_far_side.port))

    outcome = load_channel("email").send(TRIGGER)

    assert not isinstance(outcome, Delivered)
    assert "CANARY" not in repr(outcome) + caplog.text
    assert base64_login(secret) not in repr(outcome) + caplog.text


@pytest.mark.parametrize("channel", ALL)
def test_an_unreachable_far_side_and_our_secret(
    receivers: Receivers, free_port: int, channel: str, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(VARIABLES[channel], connection(channel, port=free_port))

    outcome = load_channel(channel).send(TRIGGER)

    assert "CANARY" not in repr(outcome) + caplog.text


@pytest.mark.parametrize("channel", ALL)
def test_a_deployment_that_logs_everything_logs_no_secret(http_far_side, smtp_far_side, channel: str, tmp_path) -> None:
    far_side = smtp_far_side if channel == "email" else http_far_side
    program = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from sms_monitoring.notify.channels import load_channel\n"
        "from tests.notify.samples import TRIGGER\n"
        f"print(load_channel({channel!r}).send(TRIGGER))"
    )
    environment = {
        **child_environment(),
        VARIABLES[channel]: connection(channel, port=far_side.port),
        "AIRFLOW_VAR_SMS_MONITORING_ALERT_EMAIL_TO": "oncall@example.com",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
        "AIRFLOW_HOME": str(tmp_path),
    }

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    assert "DEBUG" in done.stderr
    assert "CANARY" not in done.stdout + done.stderr


def base64_login(password: str) -> str:
    return base64.b64encode(f"\0ann\0{password}".encode()).decode()


def connection(channel: str, *, port: int, disable_tls: bool = True) -> str:
    """A connection with a canary for its secret, to a port of this machine."""
    secret, host = CANARIES[channel], quote(f"127.0.0.1:{port}", safe="")
    if channel == "slack":
        return (
            f"slackwebhook://http://:{quote(f'T0/B0/{secret}', safe='')}@{quote(f'127.0.0.1:{port}/services', safe='')}"
        )
    if channel == "pagerduty":
        return f"pagerduty-events://http://:{secret}@{host}"
    extra = {"from_email": "sms@example.com", "disable_ssl": True, "disable_tls": disable_tls}
    return f"smtp://ann:{secret}@127.0.0.1:{port}/?__extra__={quote(json.dumps(extra), safe='')}"


def child_environment() -> dict[str, str]:
    """For a Python of its own, with the package and the tests importable."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{REPOSITORY / 'plugins'}:{REPOSITORY}"}
