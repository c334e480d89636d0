from __future__ import annotations

import pytest

from sms_monitoring.sentry.text import MAX_TEXT, clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        # phone numbers, as people write them
        ("no route to +12025550143", "no route to ***"),
        ("no route to +1 (202) 555-0143 now", "no route to *** now"),
        ("no route to 202.555.0143", "no route to ***"),
        ("no route to 0049 171 1234567", "no route to ***"),
        ("user 12025550143 is unknown", "user *** is unknown"),
        ("no route to 202‑555‑0143", "no route to ***"),
        ("no route to 202–555–0143", "no route to ***"),
        ("no route to \u202a+1\u200b202\u00a0555\u20110143\u202c", "no route to \u202a***\u202c"),
        # … also those in the shape of an IP address or a date
        ("no route to 06.12.34.56.78", "no route to ***"),
        ("no route to 12.34.56.78.90", "no route to ***"),
        ("no route to 12.025.550.143", "no route to ***"),
        ("no route to 120.255.501.43", "no route to ***"),
        ("no route to 0312-34-5678", "no route to ***"),
        ("no route to 2025-55-0143", "no route to ***"),
        ("no route to 2025-05-0143", "no route to ***"),
        ("no route to 2025-11-01-43", "no route to ***"),
        ("at 10:00:00.2025550143", "at 10:00:***"),
        # what only looks like one
        ("day 2026-03-10, then 2026-12-31.", "day 2026-03-10, then 2026-12-31."),
        ("at 2026-03-10 10:00:00.123456+00:00", "at 2026-03-10 10:00:00.123456+00:00"),
        ("connection to 10.0.0.255:5432 refused.", "connection to 10.0.0.255:5432 refused."),
        ("hour 2026-03-10 10:00:00+00:00 is not over", "hour 2026-03-10 10:00:00+00:00 is not over"),
        ("run 2026-03-10T10:00:00Z", "run 2026-03-10T10:00:00Z"),
        ("run 018f3c1e-7b2a-7c3d-9e4f-123456789012", "run 018f3c1e-7b2a-7c3d-9e4f-123456789012"),
        ("waited 30 s, 3 of 12 rows, 850 %", "waited 30 s, 3 of 12 rows, 850 %"),
        ("connection to 192.168.100.200 refused", "connection to 192.168.100.200 refused"),
        # values and identifiers
        ('invalid input for type integer: "Hi Ann"', "invalid input for type integer: ‹6 characters›"),
        ("key 'Ann' is missing", "key ‹3 characters› is missing"),
        ('relation "sms_metrics_hourly" does not exist', 'relation "sms_metrics_hourly" does not exist'),
        ("no module named 'sms_monitoring.quality'", "no module named 'sms_monitoring.quality'"),
        ('no user "jane.doe"', "no user ‹8 characters›"),
        ('column "sms_messages.phone" is ambiguous', 'column "sms_messages.phone" is ambiguous'),
        ("no module named 'airflow.providers'", "no module named 'airflow.providers'"),
        ("don't send 'Hi Ann' again", "don't send ‹6 characters› again"),
        ("cannot send 'I'm Ann'", "cannot send ‹7 characters›"),
        ("refused: b'Hi Ann'", "refused: b‹6 characters›"),
        ("cannot send „Hi Ann“", "cannot send ‹6 characters›"),
        # a quote that ends in a later line, or was cut
        ("cannot send 'Hi Ann,\nyour table is ready'", "cannot send ‹7 characters›"),
        # addresses and secrets
        (
            "Max retries exceeded with url: /services/T0AAA/B0BBB/SECRETWEBHOOK (Caused by x)",
            "Max retries exceeded with url: /… (Caused by x)",
        ),
        ("POST hooks.slack.com/services/T0/B0/X failed", "POST hooks.slack.com/… failed"),
        ("POST localhost:8080/services?key=1 failed", "POST localhost:8080/… failed"),
        ("POST /services/T0/B0/X failed", "POST /services/… failed"),
        ("cannot reach https://me:1/x@example.com/y", "cannot reach https://…"),
        ("Authorization: Bearer eyJhbGciOi.x.y refused", "Authorization: *** refused"),
        ("{'Authorization': 'Basic bWU6cHc='}", "{‹13 characters›: ***}"),
        ("Authorization: Basic bWU6cHc= refused", "Authorization: *** refused"),
        ("sent Bearer eyJhbGciOi.x.y", "sent Bearer ***"),
        ("basic authentication failed", "basic authentication failed"),
        ("password='my secret pw' host=db", "password=*** host=db"),
        ('{"password": "my secret pw"}', "{‹8 characters›: ***}"),
        ("password='my secr", "password=***"),
        ("x-api-key: sk-live-abc refused", "x-api-key: *** refused"),
        (
            "cannot reach postgresql://me:pw@db.example.com:5432/sms?x=1",
            "cannot reach postgresql://db.example.com:5432/…",
        ),
        ("POST https://hooks.slack.com/services/T0/B0/XX failed", "POST https://hooks.slack.com/… failed"),
        ("connection failed: password=hunter2 host=db", "connection failed: password=*** host=db"),
        ("routing_key: abcdef is wrong", "routing_key: *** is wrong"),
        ("mail to ann.b@example.com bounced", "mail to ***@*** bounced"),
        # what libraries put after the first line: the row, the statement, its parameters
        ("duplicate key\nDETAIL:  Key (phone)=(+12025550143) exists.", "duplicate key"),
        ("syntax error\nLINE 1: SELECT 'Hi Ann'\n               ^", "syntax error"),
        ("(psycopg.Error) bad\n[SQL: SELECT %s]\n[parameters: ('Hi Ann',)]", "(psycopg.Error) bad"),
        ("", ""),
    ],
)
def test_what_is_left_of_a_text(text, cleaned):
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned, "what is clean stays as it is"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("cannot send 'Hi Ann'", "cannot send ‹6 characters›"),
        ('no recipient "jane_doe"', "no recipient ‹8 characters›"),
        (
            "Airflow connection 'sms_monitoring_slack' is missing",
            "Airflow connection 'sms_monitoring_slack' is missing",
        ),
        ("slack: Slack answered 500", "slack: Slack answered 500"),
        ("slack: Slack answered 400: no Hi Ann here", "slack: Slack answered 400 …"),
    ],
)
def test_of_free_words_nothing_quoted_is_left(text, cleaned):
    assert clean(text, is_ours=True) == cleaned
    assert clean(cleaned, is_ours=True) == cleaned


def test_what_the_limit_would_cut_in_half_is_found_before():
    cleaned = clean("x " * (MAX_TEXT // 2 - 3) + "+12025550143")
    assert "1202" not in cleaned
    assert len(cleaned) <= MAX_TEXT
