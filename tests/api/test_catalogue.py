"""The catalogue as a page in Airflow."""

from __future__ import annotations

from html.parser import HTMLParser

from sms_monitoring.links import CATALOGUE
from tests.api.conftest import BASE


def test_readers_see_every_alert_type_and_nobody_else_does(client):
    answer = client("vic").get("/catalogue")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<code>delivery_rate_critical</code>" in answer.text
    assert client("nell").get("/catalogue").status_code == 403
    assert client(None).get("/catalogue").status_code == 401


def test_it_is_where_the_documentation_of_each_dag_says():
    assert f"/{CATALOGUE}" == f"{BASE}/catalogue"


def test_its_policy_allows_what_it_loads_and_no_more(client):
    answer = client("ann").get("/catalogue")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")

    tags, attributes = set(), set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: (tags.add(tag), attributes.update(dict(attrs)))
    parser.feed(answer.text)
    assert "table" in tags
    assert not {"script", "style"} & tags
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
