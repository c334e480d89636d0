"""The Data Docs as pages behind the login: what there is, and nothing besides."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin
from uuid import uuid4

import pytest

from sms_monitoring.links import DATA_DOCS
from sms_monitoring.quality import docs
from sms_monitoring.quality.model import CheckResult, Plan, Report, Severity, Status
from sms_monitoring.timeframe import HOUR, Window, floor_hour
from tests.api.conftest import BASE

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where Data Docs are built to; nothing is there so far. Beside it, what nobody may have."""
    (tmp_path / "secret.html").write_text("secret")
    folder = tmp_path / "docs"
    monkeypatch.setenv("SMS_MONITORING_DATA_DOCS_DIR", str(folder))
    return folder


@pytest.fixture
def built(folder):
    """Pages as the full run lays them out, and what is not for readers."""
    (folder / "runs").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Data Docs</h1>")
    (folder / "runs" / "a b.html").write_text("<h1>A run</h1>")
    (folder / "docs.css").write_text("h1 {}")
    for name in ("notes.py", "runs/.half.html.k3x_9q", "runs/run.json"):
        (folder / name).write_text("secret")
    return folder


def test_the_first_page_with_a_policy_that_loads_only_our_own(client, built):
    answer = client("vic").get("/quality/docs/", headers=HTML)
    assert (answer.status_code, answer.text) == (200, "<h1>Data Docs</h1>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert not [word for word in ("script-src", "unsafe", "http") if word in policy]


def test_it_is_where_the_links_say(client, built):
    assert f"/{DATA_DOCS}" == f"{BASE}/quality/docs/"
    answer = client("vic").get("/quality/docs", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "docs/")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("runs/a%20b.html", "text/html; charset=utf-8"),
        ("docs.css", "text/css; charset=utf-8"),
    ],
)
def test_each_file_has_its_type(client, built, path, content_type):
    answer = client("vic").get(f"/quality/docs/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)


def test_a_file_that_the_browser_has_is_not_sent_again(client, built):
    tag = client("vic").get("/quality/docs/").headers["etag"]
    again = client("vic").get("/quality/docs/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    (built / "index.html").write_text("<h1>Built anew</h1>")
    assert client("vic").get("/quality/docs/", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["../secret.html", "%2e%2e/secret.html", "..%2fsecret.html", "runs/%2e%2e/%2e%2e/secret.html", "runs", "%00",
     "notes.py", "runs/.half.html.k3x_9q", "runs/run.json", "linked.html", "/etc/passwd",
     "%2fetc%2fpasswd", "x" * 400 + ".html", "runs%5c..%5csecret.html"],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(client, built, path):
    (built / "linked.html").symlink_to(built.parent / "secret.html")
    answer = client("ann").get(f"/quality/docs/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(path, "")


def test_the_folder_itself_may_be_a_link_to_the_newest(client, folder, tmp_path):
    (tmp_path / "built-7").mkdir()
    (tmp_path / "built-7" / "index.html").write_text("seven")
    folder.symlink_to(tmp_path / "built-7")
    assert client("vic").get("/quality/docs/").text == "seven"


def test_without_any_it_says_how_they_come_about(client, folder):
    answer = client("vic").get("/quality/docs/")
    assert answer.status_code == 404
    assert "The DAG sms_daily_quality builds them" in answer.json()["error"]["message"]
    page = client("vic").get("/quality/docs/", headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "The DAG sms_daily_quality builds them" in page.text
    assert client("vic").get("/quality").json()["data"]["data_docs"] == {"built_at": None, "url": "quality/docs/"}


def test_a_page_that_is_gone_leads_back_to_the_first(client, built):
    page = client("vic").get("/quality/docs/runs/old.html", headers=HTML)
    assert page.status_code == 404
    assert 'href="../index.html"' in page.text
    assert 'href="../../../dashboard/static/css/catalogue.css"' in page.text


def test_the_dashboard_is_told_when_they_were_built(client, built):
    assert client("vic").get("/quality").json()["data"]["data_docs"]["built_at"].endswith("Z")


def test_what_the_full_run_builds_is_served_with_all_that_it_links_to(client, folder):
    now = datetime.now(UTC)
    check = CheckResult(
        suite="sms_metrics", check="keys_are_unique", severity=Severity.CRITICAL, status=Status.FAILED,
        expectation="ExpectCompoundColumnsToBeUnique", observed=2, reason="A key twice counts twice.", owner="data",
    )  # fmt: skip
    window = Window(floor_hour(now) - HOUR, floor_hour(now))
    docs.build(Report(plan=Plan.FULL, window=window, results=(check,)), uuid4(), now, folder)
    vic, seen, to_see = client("vic"), {}, ["/quality/docs/"]
    while to_see:
        path = to_see.pop()
        answer = vic.get(path)
        seen[path] = answer.status_code
        linked = re.findall(r'href="([^"#:]+)"', answer.text) if "html" in answer.headers["content-type"] else []
        to_see += [found for each in linked if (found := urljoin(path, each)) not in seen]
    assert set(seen.values()) == {200}
    assert len([path for path in seen if "/runs/" in path]) == 1
    assert any(path.endswith(".css") for path in seen)


def test_they_are_for_who_may_read_metrics(client, built):
    assert client("nell").get("/quality/docs/").status_code == 403
    assert client(None).get("/quality/docs/").status_code == 401
    sent = client(None).get("/quality/docs/docs.css", headers=HTML, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (302, "/auth/login")
