"""Whether Twilio signed a request, and over which URL."""

from __future__ import annotations

import pytest
from starlette.datastructures import ImmutableMultiDict

from sms_monitoring.webhooks.signature import is_signed, public_urls, without_secrets
from tests.webhooks.twilio import TOKEN, callback, signature

HERE = "http://127.0.0.1:8080/webhooks/twilio/status"
PUBLIC = "https://sms.example.com/webhooks/twilio/status"
UNDER_A_PATH = "https://sms.example.com/airflow/webhooks/twilio/status"


@pytest.mark.parametrize(
    ("configured", "airflow_url", "arrived_at", "expected"),
    [
        ("", "", HERE, [HERE]),
        ("", "https://sms.example.com", HERE, [PUBLIC, HERE]),
        (
            "",
            "https://sms.example.com/airflow/",
            HERE,
            [UNDER_A_PATH, HERE],
        ),
        ("", "/airflow", HERE, [HERE]),
        (PUBLIC, "https://other.example.com", HERE, [PUBLIC]),
        ("https://sms.example.com", "", HERE, [PUBLIC]),
        ("https://sms.example.com/", "", HERE, [PUBLIC]),
        ("https://sms.example.com/t/status", "", HERE, ["https://sms.example.com/t/status"]),
        (f"{PUBLIC}#rc=3&rp=all", "", HERE, [PUBLIC]),
        (PUBLIC, "", f"{HERE}?team=a", [f"{PUBLIC}?team=a"]),
        (f"{PUBLIC}?team=a", "", f"{HERE}?team=a", [f"{PUBLIC}?team=a"]),
        ("", "https://sms.example.com", f"{HERE}?team=a", [f"{PUBLIC}?team=a", f"{HERE}?team=a"]),
    ],
)
def test_the_urls_that_twilio_may_have_been_given(configured, airflow_url, arrived_at, expected):
    assert public_urls(configured, airflow_url, arrived_at) == expected


def test_the_example_of_twilios_documentation():
    parameters = ImmutableMultiDict(
        {
            "CallSid": "CA1234567890ABCDE",
            "Caller": "+14158675309",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
        }
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert is_signed("12345", [url], parameters, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not is_signed("12346", [url], parameters, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


def test_a_port_may_be_signed_or_not():
    parameters = callback()
    given = signature(parameters, "https://sms.example.com:443/webhooks/twilio/status")
    assert is_signed(TOKEN, [PUBLIC], ImmutableMultiDict(parameters), given)


def test_repeated_parameters_are_all_signed():
    parameters = [*callback(), ("Tag", "b"), ("Tag", "a")]
    given = signature(parameters, PUBLIC)
    assert is_signed(TOKEN, [PUBLIC], ImmutableMultiDict(parameters), given)
    assert not is_signed(TOKEN, [PUBLIC], ImmutableMultiDict(parameters[:-1]), given)


def test_a_host_that_is_none_is_not_signed_rather_than_an_error():
    parameters = callback()
    assert not is_signed(TOKEN, ["http://x:port/status"], ImmutableMultiDict(parameters), "x")


def test_a_log_has_no_password_of_the_url():
    assert (
        without_secrets("https://me:secret@sms.example.com:8443/status?key=1") == "https://sms.example.com:8443/status"
    )
