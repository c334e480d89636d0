"""Where a connection leads to, and whether anyone could read along."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sms_monitoring.hooks.address import base_url, is_confidential

DEFAULT = "https://events.pagerduty.com"


@pytest.mark.parametrize(
    ("host", "schema", "port", "expected"),
    [
        (None, None, None, DEFAULT),
        ("", None, None, DEFAULT),
        ("https://events.eu.pagerduty.com", None, None, "https://events.eu.pagerduty.com"),
        ("https://events.eu.pagerduty.com/", None, None, "https://events.eu.pagerduty.com"),
        ("events.eu.pagerduty.com", None, None, "https://events.eu.pagerduty.com"),
        ("relay.internal", "http", 8080, "http://relay.internal:8080"),
        ("http://127.0.0.1", None, 9000, "http://127.0.0.1:9000"),
    ],
)
def test_the_address_comes_from_the_connection(host, schema, port, expected: str) -> None:
    assert base_url(SimpleNamespace(host=host, schema=schema, port=port), DEFAULT) == expected


@pytest.mark.parametrize(
    ("url", "confidential"),
    [
        ("https://a.example/", True),
        ("http://a.example/", False),
        ("http://10.0.0.1/", False),
        ("http://127.0.0.1:8080/", True),
        ("http://127.1.2.3/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://localhost.example/", False),
        ("http://127.0.0.1.example/", False),
    ],
)
def test_plain_http_is_confidential_on_this_machine_only(url: str, confidential: bool) -> None:
    assert is_confidential(url) is confidential
