"""A channel is a module, a row, and a contract that it keeps."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from sms_monitoring.notify.channels import channel_names, load_channel
from sms_monitoring.notify.channels.base import UnknownChannelError
from tests.notify.channels.contract import GOLDEN, ChannelContract, child_environment


def contracts_of(channel: str) -> list[type]:
    """The contract tests that pytest collects for a channel."""
    name = f"{__package__}.test_{channel}"
    if find_spec(name) is None:
        return []
    return [
        found
        for found in vars(import_module(name)).values()
        if isinstance(found, type)
        and issubclass(found, ChannelContract)
        and found.__name__.startswith("Test")
        and getattr(found, "channel", None) == channel
    ]


def test_a_channel_is_a_module_and_a_row(db) -> None:
    rows = [name for (name,) in db.execute("SELECT channel FROM sms_notification_channels ORDER BY channel")]

    assert channel_names() == rows == ["email", "pagerduty", "slack", "sms", "webhook"]


@pytest.mark.parametrize("channel", channel_names())
def test_each_channel_keeps_the_contract(channel: str) -> None:
    assert len(contracts_of(channel)) == 1, (
        f"channel {channel!r} wants one class Test… in tests/notify/channels/test_{channel}.py that inherits"
        f" ChannelContract and has channel = {channel!r}"
    )


def test_each_golden_file_is_of_some_channel() -> None:
    known = {
        f"{channel}_{case}"
        for channel in channel_names()
        for (found,) in [contracts_of(channel)]
        for case in found().golden_cases()
    }
    assert {file.stem for file in GOLDEN.iterdir()} == known


def test_a_channel_without_a_contract_is_found_out() -> None:
    assert contracts_of("pigeon") == []


def test_a_channel_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UnknownChannelError, match="'pigeon'; there are: email, pagerduty, slack, sms, webhook"):
        load_channel("pigeon")


def test_naming_the_channels_imports_none_of_their_libraries() -> None:
    program = (
        "import sys; from sms_monitoring.notify import channels; channels.channel_names();"
        "heavy = ('airflow', 'slack', 'pagerduty', 'apprise', 'standardwebhooks', 'jinja2', 'httpx', 'psycopg');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=child_environment()
    )

    assert done.stdout.strip() == "[]"
