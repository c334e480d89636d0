from __future__ import annotations

import pytest

from sms_monitoring.sentry.text import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        # phone numbers, as people write them
        ("no route to +12025550143", "no route to ***"),
        ("no route to +1 (202) 555-0143 now", "no route to *** now"),
        ("no route to 202.555.0143", "no route to ***"),
        ("no route to 0049 171 1234567", "no route to ***"),
        ("user 12025550143 is unknown", "user *** is unknown"),
        # what only looks like one
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
        # addresses and secrets
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
