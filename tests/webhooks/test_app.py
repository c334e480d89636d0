"""The route: who is heard, and what is refused."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.webhooks.twilio import FORM, SID, TOKEN, URL, callback, send, signature

NOT_FOUND = {"code": "not_found", "message": "There is nothing here.", "parameter": None, "problems": []}


def stored(db):
    return db.execute("SELECT message_sid, status::text, error_code FROM sms_delivery_receipts").fetchall()


def error_of(answer, status):
    body = answer.json()
    assert answer.status_code == status
    assert body["success"] is False
    assert body.keys() == {"success", "error"}
    return body["error"]


def test_a_callback_is_stored_and_no_number_with_it(client, db):
    answer = send(client, callback("undelivered", ErrorCode="30005"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert stored(db) == [(SID, "undelivered", 30005)]
    [(kept,)] = db.execute("SELECT r::text FROM sms_delivery_receipts AS r").fetchall()
    assert "+1555" not in kept


def test_callbacks_out_of_order_and_repeated_are_taken_alike(client, db):
    for status in ("delivered", "sent", "delivered", "queued"):
        assert send(client, callback(status)).status_code == 204
    assert stored(db) == [(SID, "delivered", None)]


def test_the_same_callback_many_times_at_once_is_one_row(client, db):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, callback()), range(24)))
    assert {answer.status_code for answer in answers} == {204}
    assert stored(db) == [(SID, "delivered", None)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "forged"},
        {"X-Twilio-Signature": "gefälscht".encode("latin-1")},
        {"X-Twilio-Signature": signature(callback("sent"))},
        {"X-Twilio-Signature": signature(callback(), token="f" * 32)},
        {"X-Twilio-Signature": signature(callback(), url=f"{URL}/")},
    ],
    ids=["none", "no signature", "no ASCII", "of another callback", "with another token", "for another URL"],
)
def test_a_forged_callback_is_refused_and_leaves_no_trace(client, db, headers, caplog):
    caplog.set_level(logging.DEBUG)
    error = error_of(send(client, callback(), headers=headers), 403)
    assert error["message"] == "X-Twilio-Signature is not the signature of this request."
    assert error["code"] == "not_allowed"
    assert stored(db) == []
    assert TOKEN not in caplog.text
    assert signature(callback()) not in caplog.text
    assert "a status callback without a valid signature" in caplog.text


def test_without_a_signature_it_is_refused(client, db):
    answer = client.post("/webhooks/twilio/status", content=urlencode(callback()), headers={"Content-Type": FORM})
    assert error_of(answer, 403)["code"] == "not_allowed"
    assert stored(db) == []


def test_a_parameter_that_was_changed_added_or_dropped_on_the_way_is_refused(client, db):
    for tampered in (callback("delivered"), [*callback("sent"), ("ErrorCode", "30003")], callback("sent")[:-1]):
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signature(callback("sent"))}
        answer = client.post("/webhooks/twilio/status", content=urlencode(tampered), headers=headers)
        assert answer.status_code == 403
    assert stored(db) == []


@pytest.mark.parametrize("connection", [{}, {"host": "https://sms.example.com"}], ids=["no connection", "no password"])
def test_without_a_secret_there_is_nothing_here(client, db, configure, connection):
    configure(**connection)
    assert error_of(send(client, callback()), 404) == NOT_FOUND
    assert error_of(client.post("/webhooks/twilio/nothing"), 404) == NOT_FOUND
    assert stored(db) == []


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ([("MessageStatus", "sent")], "MessageSid"),
        ([("MessageSid", SID)], "MessageStatus"),
        ([*callback(), ("MessageSid", "SM1")], "MessageSid"),
        ([], "MessageSid"),
    ],
)
def test_what_is_missing_or_ambiguous_is_named(client, db, parameters, parameter):
    error = error_of(send(client, parameters), 422)
    assert (error["code"], error["parameter"]) == ("invalid_parameter", parameter)
    assert stored(db) == []


def test_a_parameter_given_twice_is_signed_twice_and_does_no_harm(client, db):
    assert send(client, [*callback(), ("Tag", "b"), ("Tag", "a"), ("MessageSid", SID)]).status_code == 204
    assert stored(db) == [(SID, "delivered", None)]


def test_the_names_of_before_are_understood(client, db):
    assert send(client, [("SmsSid", SID), ("SmsStatus", "sent")]).status_code == 204
    assert stored(db) == [(SID, "sent", None)]


def test_a_status_that_we_do_not_know_is_taken_and_dropped(client, db, caplog):
    caplog.set_level(logging.INFO)
    assert send(client, callback("teleported")).status_code == 204
    assert stored(db) == []
    assert "'teleported'" in caplog.text


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_only_forms_are_read(client, db, content_type):
    assert error_of(send(client, callback(), headers={"Content-Type": content_type}), 415)["message"].endswith(
        FORM + "."
    )
    assert stored(db) == []


def test_a_form_may_name_its_charset(client, db):
    assert send(client, callback(), headers={"Content-Type": f"{FORM.title()}; charset=UTF-8"}).status_code == 204


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
def test_a_body_of_10_megabytes_is_refused_unread(client, db, declared):
    megabyte, taken = b"a" * 2**20, []

    def chunks():
        for number in range(10):
            taken.append(number)
            yield megabyte

    headers = {"Content-Type": FORM, "X-Twilio-Signature": "x"}
    content = megabyte * 10 if declared else chunks()
    began = time.monotonic()
    answer = client.post("/webhooks/twilio/status", content=content, headers=headers)
    assert error_of(answer, 413)["message"] == "The body has more than 64 KB."
    assert time.monotonic() - began < 5
    assert stored(db) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_do_nothing(client, method):
    assert error_of(client.request(method, "/webhooks/twilio/status"), 405)["code"] == "method_not_allowed"


def test_behind_a_proxy_the_signature_is_for_the_url_that_twilio_was_given(client, db, configure):
    public = "https://sms.example.com/hooks/status"
    configure(password=TOKEN, host=public)
    assert send(client, callback("sent")).status_code == 403, "signed for the inner URL"
    assert send(client, callback("sent"), url=public, headers={"Host": "10.0.0.7:8080"}).status_code == 204
    assert stored(db) == [(SID, "sent", None)]


def test_behind_a_proxy_airflows_base_url_is_enough(client, db, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://sms.example.com/airflow")
    public = "https://sms.example.com/airflow/webhooks/twilio/status"
    assert send(client, callback(), url=public).status_code == 204
    assert stored(db) == [(SID, "delivered", None)]


def test_the_query_of_the_url_is_signed_too(client, db):
    to = "/webhooks/twilio/status?team=a"
    assert send(client, callback(), url=URL, to=to).status_code == 403
    assert send(client, callback(), url=f"{URL}?team=a", to=to).status_code == 204


def test_while_the_database_is_away_twilio_is_asked_to_come_again(client, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", "postgres://nobody@127.0.0.1:1/none")
    monkeypatch.setattr("sms_monitoring.api.database.WAIT_SECONDS", 0.5)
    answer = send(client, callback())
    assert error_of(answer, 503)["code"] == "unavailable"
    assert answer.headers["Retry-After"] == "5"


def test_a_fault_of_ours_tells_nothing_of_the_inside(client, monkeypatch):
    monkeypatch.setattr("sms_monitoring.webhooks.receipts.store", lambda *_: 1 / 0)
    answer = send(client, callback())
    assert error_of(answer, 500)["code"] == "internal_error"
    assert "division" not in answer.text


def test_the_application_has_this_one_route_and_no_documentation(client):
    from sms_monitoring.webhooks.app import create_app

    assert [(route.path, route.methods) for route in create_app().routes] == [("/status", {"POST"})]
    for path in ("docs", "redoc", "openapi.json"):
        assert client.get(f"/webhooks/twilio/{path}").status_code == 404
