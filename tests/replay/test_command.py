"""``python -m sms_monitoring replay``."""

from __future__ import annotations

import json

import pytest

from sms_monitoring.__main__ import main


@pytest.fixture
def command(live, database_uri, monkeypatch):
    """The command on two days of history in March 2026."""
    live.run("97/300x24 40/300x3 97/300x10 84/300x2 97/300x9")
    monkeypatch.setenv("SMS_MONITORING_DB_URI", database_uri)

    def command(*arguments):
        return main(
            [
                "replay",
                "delivery_rate_critical",
                "--start",
                live.start.isoformat(),
                "--end",
                live.now.isoformat(),
                *arguments,
            ]
        )

    return command


def test_it_prints_the_table(command, capsys):
    assert command("--threshold", "80") == 0
    assert "Fires 1 time, instead of 2; catches 1 of 2 known incidents; 2 messages." in capsys.readouterr().out


def test_any_column_may_be_set_and_the_result_may_be_json_and_a_chart(command, capsys, tmp_path):
    picture = tmp_path / "replay.png"
    arguments = ["--set", "pending_evaluations=2", "--set", 'additional_channels=["slack"]', "--set", "owner=ann"]
    assert command(*arguments, "--json", "--chart", str(picture)) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["changes"] == {"pending_evaluations": 2, "additional_channels": ["slack"], "owner": "ann"}
    assert printed["totals"]["proposed"]["messages_by_channel"]["slack"] == {"resolve": 2, "trigger": 2}
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threshold", "NaN"], "demands CHECK"),
        (["--threshold", "high"], 'threshold_value: invalid input syntax for type numeric: "high"'),
        (["--set", "pending_evaluations"], "write it like --set pending_evaluations=2"),
        (["--set", "confidence=NaN"], "demands CHECK"),
        (["--end", "2100-01-01"], "lies in the future"),
        (["--chart", "/nowhere/replay.png"], "the chart could not be written"),
    ],
)
def test_what_cannot_be_replayed_is_one_line_on_standard_error(command, capsys, arguments, message):
    assert command(*arguments) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert message in printed.err
    assert printed.out == ""
