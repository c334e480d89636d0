"""The dashboard page and its files, as Airflow serves them."""

from __future__ import annotations

import pytest

HTML = {"Accept": "text/html,application/xhtml+xml"}


def test_the_page_comes_with_a_strict_policy(client):
    answer = client("vic").get("/dashboard/", headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert 'src="static/js/main.js"' in answer.text


def test_who_has_no_rights_gets_the_page_which_says_so(client):
    assert client("nell").get("/dashboard/", headers=HTML).status_code == 200


def test_a_browser_that_is_not_logged_in_is_sent_to_the_login_and_back(client):
    answer = client(None).get("/dashboard/?incident=7&range=7d", headers=HTML, follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"] == (
        "/auth/login?next=%2Fapi%2Fsms%2Fmetrics%2Fdashboard%2F%3Fincident%3D7%26range%3D7d"
    )


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/static/js/main.js"])
def test_a_program_that_is_not_logged_in_gets_401(client, path):
    assert client(None).get(path, headers={"Accept": "*/*"}).status_code == 401


def test_the_slash_may_be_left_out(client):
    answer = client("ann").get("/dashboard?range=7d", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "dashboard/?range=7d")


def test_a_file_that_the_browser_has_is_not_sent_again(client):
    first = client("ann").get("/dashboard/static/js/main.js")
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    again = client("ann").get("/dashboard/static/js/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_vendored_files_are_cached_for_good(client):
    answer = client("ann").get("/dashboard/static/vendor/htm-3.1.1/htm.js")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["../page.py", "%2e%2e/page.py", "..%2f..%2fapi%2fapp.py", "js", "nothing.js", "%00"])
def test_no_path_leads_out_of_the_folder(client, path):
    answer = client("ann").get(f"/dashboard/static/{path}")
    assert answer.status_code == 404
    assert "import" not in answer.text
