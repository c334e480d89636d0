"""The connection that switches the webhook on."""

from __future__ import annotations

import asyncio

import pytest

from sms_monitoring.webhooks.account import CONN_ID, Account, Lookup, find_account
from tests.webhooks.twilio import TOKEN


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ({}, None),
        ({"host": "https://sms.example.com"}, None),
        ({"password": " "}, None),
        ({"password": TOKEN}, Account(TOKEN)),
        ({"password": f"{TOKEN}\n"}, Account(TOKEN)),
        (
            {"password": TOKEN, "host": "https://sms.example.com/webhooks/twilio/status"},
            Account(TOKEN, "https://sms.example.com/webhooks/twilio/status"),
        ),
        ({"password": TOKEN, "host": "sms.example.com"}, Account(TOKEN, "https://sms.example.com")),
    ],
)
def test_the_account_of_a_connection(configure, connection, expected):
    configure(**connection)
    assert find_account() == expected


def test_a_connection_in_airflows_database_counts_in_its_api_server(configure, monkeypatch):
    from airflow.models import Connection
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    configure()
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")
    initdb()
    with create_session() as session:
        session.add(Connection(conn_id=CONN_ID, conn_type="http", password=TOKEN))
    try:
        assert find_account() == Account(TOKEN)
    finally:
        with create_session() as session:
            session.query(Connection).filter_by(conn_id=CONN_ID).delete()
    assert find_account() is None


def test_the_token_is_not_shown():
    assert TOKEN not in repr(Account(TOKEN))


def test_however_many_ask_the_connection_is_looked_up_once_a_minute():
    now, answers = [0.0], [Account("new"), None]
    lookup = Lookup(answers.pop, lambda: now[0])

    async def ask(count):
        return await asyncio.gather(*(lookup.account() for _ in range(count)))

    async def story():
        assert await ask(50) == [None] * 50
        now[0] = 59
        assert await ask(50) == [None] * 50
        now[0] = 60
        assert await ask(50) == [Account("new")] * 50

    asyncio.run(story())
    assert answers == []


def test_while_it_cannot_be_looked_up_callers_come_back_and_few_of_them_ask():
    now, asked = [0.0], []

    def find():
        asked.append(now[0])
        if now[0] < 5:
            raise ConnectionError(f"cannot connect with {TOKEN}")
        return Account("a")

    lookup = Lookup(find, lambda: now[0])

    async def story():
        refused = await asyncio.gather(*(lookup.account() for _ in range(50)), return_exceptions=True)
        assert {(error.status, TOKEN in str(error)) for error in refused} == {(503, False)}
        now[0] = 5
        assert await lookup.account() == Account("a")

    asyncio.run(story())
    assert asked == [0, 5]


@pytest.mark.parametrize("known", [Account("a"), None])
def test_what_was_found_last_counts_while_it_cannot_be_looked_up(known, caplog):
    now, answers = [0.0], iter([known])

    def find():
        try:
            return next(answers)
        except StopIteration:
            raise ConnectionError(TOKEN) from None

    lookup = Lookup(find, lambda: now[0])

    async def story():
        assert await lookup.account() == known
        now[0] = 60
        assert await lookup.account() == known

    asyncio.run(story())
    assert "could not be looked up (ConnectionError)" in caplog.text
    assert TOKEN not in caplog.text
