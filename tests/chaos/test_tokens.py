"""Rows are recognised in what the far side got, whatever the channel makes of them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from chaos.plan import CHANNELS, MAX_ROWS
from chaos.tokens import Token, row_of, tokens_in, with_send

from tests.notify.samples import TRIGGER

# As the campaign writes them, in its last run of the default thousand.
ROWS = [
    replace(TRIGGER, title=str(Token(999, row, 12_001)), summary="", facts=(), links=(), dedup_key=f"key-{row}")
    for row in range(MAX_ROWS)
]


def test_a_token_is_found_again_with_the_send_put_in():
    title = with_send(str(Token(7, 3, 0)), 4001)
    assert tokens_in({"blocks": [{"text": f"*Critical*: {title}, and more"}]}) == {Token(7, 3, 4001)}
    assert row_of(title) == 3


def test_a_token_that_was_cut_is_none():
    assert tokens_in({"text": str(Token(7, 3, 4001))[:-1]}) == set()
    assert row_of("Notifications are not delivered") is None


@pytest.mark.parametrize("channel", [name for name in CHANNELS if name != "pagerduty"])
def test_a_group_of_the_largest_run_names_every_row(receivers, channel):
    module = import_module(f"sms_monitoring.notify.channels.{channel}")
    module.open_channel().send(ROWS)
    [record] = receivers.received(channel, accepted=True)
    assert tokens_in(record["content"]) == {Token(999, row, 12_001) for row in range(MAX_ROWS)}
