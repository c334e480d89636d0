"""What stands below every route: entity tags, limits of size, the connection pool, the application made late."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from types import SimpleNamespace

import anyio.to_thread
import httpx
import psycopg
import pytest

from sms_monitoring.api import headers, lazy, paging
from sms_monitoring.api.errors import ApiError
from tests.api.conftest import BASE
from tests.api.rows import day

# ── Entity tags and headers ──────────────────────────────────────────────────────────────────

DAILY = "/daily?start_date=2025-10-08"


def test_what_the_caller_has_already_is_not_sent_again(db, client):
    day(db, "2025-10-08", sent=1)
    first = client().get(DAILY)
    tag = first.headers["etag"]
    again = client().get(DAILY, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "private, no-cache"


def test_what_changed_is_sent_with_another_tag(db, client):
    tag = client().get(DAILY).headers["etag"]
    day(db, "2025-10-08", sent=1)
    changed = client().get(DAILY, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_tag_opens_no_door(client):
    tag = client().get(DAILY).headers["etag"]
    assert client(None).get(DAILY, headers={"If-None-Match": tag}).status_code == 401


def test_errors_have_no_tag(client):
    assert "etag" not in client().get("/daily").headers


@pytest.mark.parametrize("path", ["/me", "/nothing", "/daily"])
def test_every_answer_carries_the_security_headers(client, path):
    answer = client().get(path)
    assert {name: answer.headers[name] for name in headers.DEFAULTS} == headers.DEFAULTS


# ── The size of a body ───────────────────────────────────────────────────────────────────────


def in_chunks(amount):
    for _ in range(amount):
        yield b" " * 1024


def test_a_body_in_chunks_is_measured_as_it_comes(client):
    """It declares no length."""
    asked = client()
    asked.headers["Content-Type"] = "application/json"
    assert asked.post("/alerts", content=in_chunks(64)).status_code == 400
    assert asked.post("/alerts", content=in_chunks(65)).status_code == 413


def test_no_more_of_a_body_is_read_than_may_be(monkeypatch):
    """Whoever sends for ever is not listened to for ever."""
    read, sent = [], []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/alerts", "headers": []}
    asyncio.run(headers.BodyLimit(None)(scope, receive, send))
    assert (sent[0]["status"], len(read)) == (413, 65)


def test_a_length_that_is_no_number_is_measured_too():
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        await send(await receive())

    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", "²".encode("latin-1"))]}
    asyncio.run(headers.BodyLimit(app)(scope, receive, send))
    assert sent == [{"type": "http.request", "body": b"", "more_body": False}]


# ── Cursors ──────────────────────────────────────────────────────────────────────────────────


def test_a_cursor_gives_back_what_it_was_made_of():
    assert paging.decode(paging.encode("2026-03-10T10:00:00Z", 7), 2) == ["2026-03-10T10:00:00Z", 7]
    assert paging.decode(None, 2) == [None, None]


@pytest.mark.parametrize(
    "forged",
    [
        *("", "x", "é", "!!!!", "bnVsbA", "W1tbW1s"),
        *(paging.encode(*key) for key in [(1,), (1, 2, 3), (1, None), (1, 0.5), (True, 1)]),
    ],
)
def test_a_forged_cursor_is_refused(forged):
    with pytest.raises(ApiError) as refused:
        paging.decode(forged, 2)
    assert (refused.value.status, refused.value.parameter) == (422, "cursor")


# ── The pool ─────────────────────────────────────────────────────────────────────────────────


def kill_connections(db):
    return db.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'sms_monitoring_api'"
        " AND datname = current_database()"
    ).fetchone()[0]


def test_a_connection_that_was_cut_is_replaced_unnoticed(db, client):
    asked = client()
    assert asked.get("/today").status_code == 200
    assert kill_connections(db) == 1
    assert asked.get("/today").status_code == 200


def test_connections_are_kept(db, client):
    asked = client()
    pids = set()
    for _ in range(5):
        asked.get("/today")
        pids |= {
            pid
            for (pid,) in db.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'sms_monitoring_api'"
                " AND datname = current_database()"
            )
        }
    assert len(pids) == 1


def test_a_transaction_left_open_is_rolled_back(client):
    from sms_monitoring.api import database

    client()
    with pytest.raises(ZeroDivisionError), database.connection() as conn, conn.transaction():
        raise ZeroDivisionError
    with database.connection() as conn:
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


@pytest.fixture
def nowhere(client, monkeypatch):
    """The API with a database that is away; ``nowhere.back()`` brings it back."""
    import os

    from sms_monitoring.api import database

    asked = client()
    there = os.environ["AIRFLOW_CONN_SMS_MONITORING_DB"]
    away = '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "schema": "x", "login": "x"}'
    monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", away)
    database.close_pool()
    return SimpleNamespace(get=asked.get, back=lambda: monkeypatch.setenv("AIRFLOW_CONN_SMS_MONITORING_DB", there))


def test_a_database_that_is_away_is_503_at_once(nowhere):
    from sms_monitoring.api import database

    nowhere.get("/me")
    began = time.monotonic()
    answer = nowhere.get("/today")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert time.monotonic() - began < database.WAIT_SECONDS
    assert nowhere.get("/health").status_code == 503


def test_the_overview_says_that_the_database_is_away(nowhere):
    answer = nowhere.get("/overview")
    assert answer.status_code == 200
    assert answer.json()["data"]["health"]["status"] == "unknown"
    assert answer.json()["data"]["health"]["headline"] == "The metrics database does not answer."


def test_when_it_is_back_the_next_request_finds_it(nowhere):
    assert nowhere.get("/today").status_code == 503
    nowhere.back()
    assert nowhere.get("/today").status_code == 200


def test_more_readers_than_connections_wait_for_one_another(client):
    from sms_monitoring.api import database

    client()
    done = []

    def read():
        with database.connection() as conn:
            done.append(conn.execute("SELECT pg_sleep(0.05)").rowcount)

    threads = [threading.Thread(target=read) for _ in range(3 * database.POOL_SIZE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1] * len(threads)


def test_who_waits_for_a_connection_keeps_no_thread_from_who_has_one(client, airflow_app, token, monkeypatch):
    """Else all of the server's threads would wait for a connection, and who has one for a thread."""
    from sms_monitoring.api import database

    client()
    monkeypatch.setattr(database, "POOL_SIZE", 2)
    monkeypatch.setattr(database, "PLACES", 1)

    async def crowd():
        anyio.to_thread.current_default_thread_limiter().total_tokens = 2
        headers = {"Authorization": f"Bearer {token('ann')}"}
        asking = httpx.ASGITransport(airflow_app)
        async with httpx.AsyncClient(transport=asking, base_url=f"http://testserver{BASE}", headers=headers) as asked:
            paths = ["today", "overview"] * 6
            return await asyncio.gather(*(asked.get(path) for path in paths))

    began = time.monotonic()
    answers = asyncio.run(crowd())
    assert [answer.status_code for answer in answers] == [200] * 12
    assert {answer.json()["data"].get("health", {}).get("status") for answer in answers} == {None, "no_data"}
    assert time.monotonic() - began < database.WAIT_SECONDS


def test_who_finds_no_place_is_told_to_come_back(monkeypatch):
    from sms_monitoring.api import database

    monkeypatch.setattr(database, "PLACES", 1)
    monkeypatch.setattr(database, "PLACE_SECONDS", 0.01)

    async def scenario():
        async with database.place():
            with pytest.raises(ApiError) as refused:
                async with database.place():
                    pass
        async with database.place():
            return refused.value

    error = asyncio.run(scenario())
    assert (error.status, error.headers) == (503, {"Retry-After": "5"})


def test_a_request_that_is_broken_off_gives_its_connection_back(client):
    from sms_monitoring.api import database

    client()

    async def scenario():
        for _ in range(2 * database.POOL_SIZE):
            with pytest.raises(asyncio.CancelledError):
                async with contextlib.asynccontextmanager(database._of_request)():
                    raise asyncio.CancelledError

    asyncio.run(scenario())
    with database.connection() as conn:
        assert not conn.closed


# ── The application made late ────────────────────────────────────────────────────────────────

made = []


def application():
    made.append(1)

    async def app(scope, receive, send):
        await send(scope["number"])

    return app


def broken_at_first():
    made.append(1)
    if len(made) == 1:
        raise ImportError("not yet")
    return application()


async def ask(app, number):
    answers = []

    async def send(message):
        answers.append(message)

    await app({"number": number}, None, send)
    return answers


def test_of_many_first_requests_one_makes_the_application():
    made.clear()
    app = lazy.LazyApp(f"{__name__}:application")

    async def all_at_once():
        return await asyncio.gather(*(ask(app, number) for number in range(20)))

    assert asyncio.run(all_at_once()) == [[number] for number in range(20)]
    assert made == [1]


def test_a_first_request_that_is_broken_off_breaks_no_other():
    made.clear()
    app = lazy.LazyApp(f"{__name__}:application")

    async def one_gives_up():
        impatient, patient = asyncio.create_task(ask(app, 1)), asyncio.create_task(ask(app, 2))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert asyncio.run(one_gives_up()) == [2]


def test_an_application_that_could_not_be_made_is_tried_again():
    made.clear()
    app = lazy.LazyApp(f"{__name__}:broken_at_first")

    async def twice():
        with pytest.raises(ImportError):
            await ask(app, 1)
        return await ask(app, 2)

    assert asyncio.run(twice()) == [2]
