from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from sms_monitoring import db as sms_db
from sms_monitoring.digest.mail import DigestSendError
from sms_monitoring.digest.send import send_digest
from sms_monitoring.notify.channels.base import ConfigurationError
from tests.digest.conftest import SMTP_CONNECTION
from tests.digest.interrupted import Interrupted
from tests.digest.rows import in_hour

DAY = date(2025, 6, 10)
REPOSITORY = Path(__file__).resolve().parents[2]


def send(conn, recipients="team@example.com", **options):
    return send_digest(conn, DAY, recipients, "UTC", **{"worker": "task", **options})


def log_row(conn):
    query = "SELECT status, recipients, attempts, last_error, message_id, sent_at FROM sms_digest_log"
    (row,) = conn.execute(query).fetchall()
    return dict(zip(("status", "recipients", "attempts", "last_error", "message_id", "sent_at"), row, strict=True))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kill_before(file, database_uri, worker="task"):
    command = [sys.executable, "-m", "tests.digest.interrupted", database_uri, worker, file]
    path = os.pathsep.join([str(REPOSITORY / "plugins"), str(REPOSITORY)])
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, check=False, capture_output=True, timeout=120
    )
    assert done.returncode == -9, done.stderr.decode()


def test_one_mail_with_both_parts_and_its_pictures(db, mail_server):
    in_hour(db, "2025-06-10 08:00", scheduled=100, sent=100, delivered=95)
    assert send(db, ["Boss@Example.com", "team@example.com", "boss@example.com"]) == "sent"

    (arrived,) = mail_server.received("email")
    mail = arrived["content"]
    assert mail["envelope_to"] == mail["to"] == ["boss@example.com", "team@example.com"]
    assert mail["subject"] == "SMS digest, Tue 10 Jun 2025: Healthy, 95.0% delivered"
    assert "95.0% of 100 messages delivered" in mail["html"]
    assert "95.0% of 100 messages delivered" in mail["text"]
    assert [image["cid"] for image in mail["inline"]] == [
        f"{name}-2025-06-10@sms-digest" for name in ("hourly", "funnel", "rate")
    ]
    assert all(base64.b64decode(image["data"]).startswith(b"\x89PNG") for image in mail["inline"])
    assert arrived["warnings"] == []
    assert mail["attachments"] == []


def test_once_per_day_and_recipients_however_often_and_by_whom(db, mail_server):
    assert send(db, ["a@example.com", "b@example.com"]) == "sent"
    assert send(db, ["B@example.com ", "a@example.com"]) == "already_sent"
    assert send(db, "a@example.com; b@example.com", worker="someone else") == "already_sent"
    assert len(mail_server.received("email")) == 1

    assert send(db, ["a@example.com"]) == "sent", "another list is another mail"
    assert send_digest(db, DAY - timedelta(days=1), "a@example.com", "UTC", worker="task") == "sent", "another day too"


def test_many_at_once_send_one_mail(database_uri, db, mail_server):
    outcomes, start = [], threading.Barrier(4)

    def run(worker):
        with sms_db.connect(database_uri) as conn:
            start.wait()
            outcomes.append(send(conn, worker=worker))

    threads = [threading.Thread(target=run, args=(f"worker-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["already_sent"] * 3 + ["sent"]
    assert len(mail_server.received("email")) == 1


def test_who_comes_second_waits_for_the_first_and_takes_over_where_it_fails(database_uri, db, mail_server):
    """The server keeps the first one waiting; the second finds it busy and waits; then the server fails the first."""
    mail_server.fail("email", stall=8, times=1)
    first, waited = [], []

    def run():
        with sms_db.connect(database_uri) as conn:
            try:
                first.append(send(conn, worker="first"))
            except DigestSendError as error:
                first.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not mail_server.received("email"):
        assert thread.is_alive()

    def sleep(seconds):
        waited.append(seconds)
        mail_server.recover("email")  # lets the stalled one go: its connection closes without an answer
        thread.join()

    assert send(db, worker="second", sleep=sleep) == "sent"
    assert len(waited) == 1
    assert isinstance(first[0], DigestSendError)
    assert len(mail_server.received("email", accepted=True)) == 1
    assert log_row(db)["attempts"] == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 554}, "SMTPDataError.*554"),
        ({"status": 451}, "SMTPDataError.*451"),
        ({"status": 550, "at": "rcpt"}, "SMTPRecipientsRefused.*550"),
        ({"refuse": True}, "did not take the digest"),
    ],
)
def test_a_server_that_refuses_leaves_the_digest_unsent_and_the_next_try_sends(db, mail_server, fault, said):
    mail_server.fail("email", **fault)
    with pytest.raises(DigestSendError, match=said):
        send(db)
    assert (log_row(db)["status"], log_row(db)["sent_at"]) == ("failed", None)
    assert "did not take the digest" in log_row(db)["last_error"]

    mail_server.recover("email")
    assert send(db, worker="anyone") == "sent"
    assert (log_row(db)["status"], log_row(db)["attempts"], log_row(db)["last_error"]) == ("sent", 2, None)
    assert len(mail_server.received("email", accepted=True)) == 1


def test_a_server_that_is_not_there(db, mail_server, monkeypatch):
    extra = "disable_ssl=true&disable_tls=true&from_email=sms%40example.com"
    monkeypatch.setenv(SMTP_CONNECTION, f"smtp://mailer:hunter2secret@127.0.0.1:1/?{extra}")
    with pytest.raises(DigestSendError, match=r"127.0.0.1:1 .* did not take the digest: ConnectionRefusedError"):
        send(db)
    assert log_row(db)["status"] == "failed"


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(db, mail_server):
    mail_server.fail("email", status=550, at="rcpt", times=1)
    assert send(db, ["gone@example.com", "here@example.com"]) == "sent"
    (arrived,) = mail_server.received("email", accepted=True)
    assert arrived["content"]["envelope_to"] == ["here@example.com"]
    assert "gone@example.com: 550" in log_row(db)["last_error"]
    assert send(db, ["gone@example.com", "here@example.com"]) == "already_sent"


def test_a_lost_answer_may_bring_the_mail_twice_under_one_message_id(db, mail_server):
    mail_server.fail("email", drop=True, times=1)
    with pytest.raises(DigestSendError, match="SMTPServerDisconnected"):
        send(db)
    before = log_row(db)["message_id"]
    assert send(db) == "sent"
    assert len(mail_server.received("email", accepted=True)) == 2
    assert log_row(db)["message_id"] == before


def test_killed_before_it_is_sent_the_same_task_sends_at_once(database_uri, db, mail_server):
    kill_before("digest/begin_snapshot.sql", database_uri)
    assert log_row(db)["status"] == "sending"
    assert mail_server.received("email") == []

    assert send(db, sleep=_must_not_wait) == "sent"
    assert len(mail_server.received("email")) == 1


def test_killed_after_it_was_sent_the_mail_comes_twice_at_most_and_under_one_message_id(database_uri, db, mail_server):
    kill_before("digest/mark_sent.sql", database_uri)
    before = log_row(db)["message_id"]
    assert len(mail_server.received("email")) == 1

    assert send(db, sleep=_must_not_wait) == "sent"
    assert send(db) == "already_sent"
    assert len(mail_server.received("email")) == 2
    assert log_row(db)["message_id"] == before


def test_another_worker_takes_over_from_a_dead_one_when_its_lease_is_out(database_uri, db, mail_server):
    kill_before("digest/renew_claim.sql", database_uri)

    def sleep(seconds):
        db.execute("UPDATE sms_digest_log SET lease_until = now() - interval '1 second'")

    assert send(db, worker="another", sleep=sleep) == "sent"
    assert len(mail_server.received("email")) == 1


def test_one_that_lost_its_claim_does_not_send(database_uri, db, mail_server):
    def another_takes_over():
        db.execute("UPDATE sms_digest_log SET lease_until = now() - interval '1 second'")
        assert send(db, worker="quick") == "sent"

    with sms_db.connect(database_uri) as conn:
        slow = Interrupted(conn, "digest/renew_claim.sql", another_takes_over)
        with pytest.raises(DigestSendError, match="another worker took this digest over"):
            send(slow, worker="slow")
    assert len(mail_server.received("email")) == 1
    assert log_row(db)["status"] == "sent"


def test_a_missing_connection_says_how_to_set_it_and_marks_nothing_sent(db, mail_server, monkeypatch):
    monkeypatch.delenv(SMTP_CONNECTION)
    with pytest.raises(
        ConfigurationError, match=r"'sms_monitoring_smtp' is missing .* airflow connections add"
    ) as error:
        send(db)
    assert '{"from_email": "sms-monitoring@example.com", "disable_ssl": true}' in str(error.value)
    assert log_row(db)["status"] == "failed"


def test_a_connection_without_a_sender_says_what_it_lacks(db, mail_server, monkeypatch):
    monkeypatch.setenv(SMTP_CONNECTION, "smtp://127.0.0.1:25/?disable_ssl=true")
    with pytest.raises(ConfigurationError, match="has no mail address as from_email in its extra"):
        send(db)


def test_no_error_holds_the_password(db, monkeypatch, caplog):
    """A server that turns the login away and repeats all it was told."""
    words = base64.b64encode(b"\0mailer\0hunter2secret").decode()

    def turn_away(*_):
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 no: mailer hunter2secret {words}")

    port = free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port, authenticator=turn_away, auth_require_tls=False)
    server.start()
    try:
        extra = "disable_ssl=true&disable_tls=true&from_email=sms%40example.com"
        monkeypatch.setenv(SMTP_CONNECTION, f"smtp://mailer:hunter2secret@127.0.0.1:{port}/?{extra}")
        with pytest.raises(DigestSendError, match=r"SMTPAuthenticationError.* mailer \*\*\* \*\*\*") as error:
            send(db)
    finally:
        server.stop()
    for text in (str(error.value), log_row(db)["last_error"], caplog.text):
        assert "hunter2secret" not in text
        assert words not in text
    assert error.value.__context__ is None, "no traceback shows the original"


@pytest.mark.parametrize(
    ("day", "recipients", "zone", "said"),
    [
        (DAY, "nobody", "UTC", "malformed e-mail address 'nobody'"),
        (DAY, "team@example.com", "Mars/Olympus", "no IANA time zone"),
        (datetime.now(UTC).date() + timedelta(days=1), "team@example.com", "UTC", "is not over in UTC"),
    ],
)
def test_bad_input_is_refused_before_anything_happens(db, mail_server, day, recipients, zone, said):
    with pytest.raises(ValueError, match=said):
        send_digest(db, day, recipients, zone, worker="task")
    assert db.execute("SELECT count(*) FROM sms_digest_log").fetchone() == (0,)


def _must_not_wait(_seconds):
    raise AssertionError("it waits for a lease that is its own")
