"""Secrets never come back out, in whatever form they are quoted."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from sms_monitoring.notify.redaction import connection_secrets, redact

KEY = "canary/key+with=signs"


@pytest.mark.parametrize(
    "quoted",
    [
        KEY,
        quote(KEY),
        quote(KEY, safe=""),
        json.dumps({"k": KEY}),
        base64.b64encode(KEY.encode()).decode(),
        base64.b64encode(f"\0ann\0{KEY}".encode()).decode(),
    ],
)
def test_a_password_in_every_form(quoted: str) -> None:
    shown = redact(f"refused: {quoted}!", connection_secrets(password=KEY, login="ann"))

    assert "***" in shown
    assert "canary" not in shown
    assert quoted not in shown


@pytest.mark.parametrize(
    "password",
    [
        "https://hooks.slack.example/services/TEAM1/HOOK2/canaryTOKEN",
        "TEAM1/HOOK2/canaryTOKEN",
        "/TEAM1/HOOK2/canaryTOKEN/",
    ],
)
@pytest.mark.parametrize(
    "quoted",
    [
        "https://hooks.slack.example/services/TEAM1/HOOK2/canaryTOKEN",
        "POST /services/TEAM1/HOOK2/canaryTOKEN HTTP/1.1",
        "TEAM1/HOOK2/canaryTOKEN",
        "canaryTOKEN",
    ],
)
def test_a_webhook_however_it_is_configured_and_quoted(password: str, quoted: str) -> None:
    shown = redact(f"failed: {quoted}", connection_secrets(password=password))

    assert "canary" not in shown
    assert "HOOK2" not in shown


def test_secrets_of_the_extra_and_of_a_url_in_the_host() -> None:
    secrets = connection_secrets(
        password=None,
        host="https://ann:hostCANARY@relay.example",
        extra={
            "access_token": "tokenCANARY",
            "client_secret": "clientCANARY",
            "from_email": "sms@example.com",
            "timeout": 5,
        },
    )

    shown = redact("hostCANARY tokenCANARY clientCANARY sms@example.com", secrets)

    assert shown == "*** *** *** sms@example.com"


def test_without_secrets_nothing_changes() -> None:
    assert redact("a plain error", connection_secrets(password="")) == "a plain error"
    assert redact("a plain error", connection_secrets(password="a")) == "a plain error"
