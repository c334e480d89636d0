"""Who may do what, and how the API says no."""

from __future__ import annotations


def test_a_user_with_rights_may_read_and_act(client):
    answer = client("ann").get("/me")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": {"name": "ann", "may_read": True, "may_act": True}}


def test_a_viewer_may_read_only(client):
    assert client("vic").get("/me").json()["data"] == {"name": "vic", "may_read": True, "may_act": False}


def test_a_user_without_rights_may_nothing(client):
    assert client("nell").get("/me").json()["data"] == {"name": "nell", "may_read": False, "may_act": False}


def test_nobody_is_told_to_log_in(client):
    answer = client(None).get("/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_logged_in")


def test_the_openapi_document_is_behind_the_login(client):
    assert client(None).get("/openapi.json").status_code == 401
    assert client("nell").get("/openapi.json").json()["openapi"].startswith("3.1")
