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


def test_a_lookup_that_fails_is_not_remembered():
    answers = iter([None])

    def find():
        if next(answers, "found"):
            return Account("a")
        raise ConnectionError("the secrets backend is away")

    lookup = Lookup(find)

    async def story():
        with pytest.raises(ConnectionError):
            await lookup.account()
        return await lookup.account()

    assert asyncio.run(story()) == Account("a")
