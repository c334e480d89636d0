"""The receivers as a process of their own, and what they keep over a restart."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sms_monitoring.local.receivers import Receivers, ReceiversClient
from sms_monitoring.local.receivers.__main__ import main
from sms_monitoring.local.receivers.connections import ROUTING_KEY, SLACK_SERVICE, SLACK_TOKEN
from tests.local.posts import HTTP, post

if TYPE_CHECKING:
    from pathlib import Path


def say(receivers: ReceiversClient, text: str) -> None:
    HTTP.post(f"{receivers.url}/services/{SLACK_SERVICE}/{SLACK_TOKEN}", json={"text": text})


def trigger(receivers: ReceiversClient) -> None:
    payload = {"summary": "s", "source": "s", "severity": "info"}
    event = {"routing_key": ROUTING_KEY, "event_action": "trigger", "dedup_key": "k", "payload": payload}
    HTTP.post(f"{receivers.url}/v2/enqueue", json=event)


def texts(receivers: ReceiversClient) -> list[str]:
    return [record["content"]["text"] for record in receivers.received("slack")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    ready_file = tmp_path / "ready.json"
    command = [sys.executable, "-m", "sms_monitoring.local.receivers", "--ready-file", str(ready_file)]
    with subprocess.Popen(command, cwd="plugins", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = json.loads(process.stdout.readline())
        client = ReceiversClient(printed["url"])
        say(client, "from another process")
        assert texts(client) == ["from another process"]
        assert printed["url"].endswith(f":{printed['http_port']}")
        assert printed["smtp_port"] == client.smtp_port
        assert f"127.0.0.1:{client.smtp_port}" in client.smtp_connection_uri
        process.send_signal(number)
        assert process.wait(20) == 0
    assert not ready_file.exists()


def test_a_restart_keeps_what_the_log_holds(tmp_path: Path) -> None:
    log = tmp_path / "received.jsonl"
    with Receivers(log=log) as receivers:
        say(receivers, "before")
        receivers.clear()
        say(receivers, "after")
        receivers.fail("slack", status=500)
        say(receivers, "refused")
        trigger(receivers)
        trigger(receivers)
        before, incidents = receivers.received(), receivers.incidents()
    with Receivers(log=log) as receivers:
        assert receivers.received() == before
        assert receivers.incidents() == incidents
        assert [(i["trigger_events"], i["status"]) for i in incidents] == [(2, "triggered")]
        say(receivers, "later")
        ids = [record["id"] for record in receivers.received()]
        assert ids == sorted(set(ids))
        receivers.clear("slack")
        assert [record["channel"] for record in receivers.received()] == ["pagerduty"] * 2


def test_a_repeated_webhook_is_known_after_a_restart_and_forgotten_with_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "received.jsonl"
    with Receivers(log=log) as receivers:
        post(receivers, "webhook")
    with Receivers(log=log) as receivers:
        post(receivers, "webhook")
        receivers.clear("webhook")
        post(receivers, "webhook")
        post(receivers, "webhook")
        assert [len(record["warnings"]) for record in receivers.received("webhook")] == [0, 1]


def test_a_line_that_a_kill_cut_short_is_dropped(tmp_path: Path) -> None:
    log = tmp_path / "new" / "received.jsonl"
    with Receivers(log=log) as receivers:
        say(receivers, "whole")
    with log.open("a") as file:
        file.write('{"record": {"id": 2, "chan')
    with Receivers(log=log) as receivers:
        say(receivers, "next")
    with Receivers(log=log) as receivers:
        assert texts(receivers) == ["whole", "next"]


def test_without_a_log_nothing_is_kept() -> None:
    with Receivers() as receivers:
        say(receivers, "x")
    with Receivers() as receivers:
        assert receivers.received() == []


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "other.txt"
    log.write_text('{"cleared": null}\nhello\n')
    with pytest.raises(ValueError, match=r"other\.txt, line 2: not a line of a receivers' log"):
        Receivers(log=log)


@pytest.mark.parametrize("which", ["http", "smtp"])
def test_a_taken_port_is_named(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([f"--{which}-port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"port {port} is not free" in error
    assert f"--{which}-port" in error


def test_ports_can_be_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with Receivers(http_port=port) as receivers:
        assert receivers.url == f"http://127.0.0.1:{port}"
        say(receivers, "x")
        assert texts(receivers) == ["x"]


def test_two_sets_run_side_by_side() -> None:
    with Receivers() as one, Receivers() as other:
        say(one, "x")
        assert (texts(one), texts(other)) == (["x"], [])
