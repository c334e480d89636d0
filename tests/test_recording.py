"""What applications may record, and what is refused with which words."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sms_monitoring import db as sms_db
from tests.product import ANN, BOB

NOW = datetime.now(UTC)


@pytest.fixture
def db(db):
    """No preset owns a metric: applications record all of them."""
    db.execute("UPDATE sms_metric_types SET origin = 'recorded'")
    return db


def recorded(db):
    return db.execute(
        "SELECT user_id, metric_type, metric_value, sample_count FROM sms_metrics ORDER BY 1, 2"
    ).fetchall()


def test_values_of_one_hour_add_up(db):
    for value in (0.25, 0.5):
        db.execute("SELECT record_sms_metric('llm_cost_usd', %s, %s)", (value, ANN))
    db.execute("SELECT record_sms_metric('sent_count')")
    assert recorded(db) == [(ANN, "llm_cost_usd", 0.75, 2), (None, "sent_count", 1, 1)]


def test_a_batch_is_recorded_whole(db):
    batch = [{"metric_type": "sent_count", "user_id": user} for user in (ANN, BOB, ANN)]
    assert db.execute("SELECT record_sms_metrics(%s)", (json.dumps(batch),)).fetchone() == (3,)
    assert sorted(recorded(db)) == sorted([(ANN, "sent_count", 2, 2), (BOB, "sent_count", 1, 1)])


def test_a_batch_with_one_bad_item_records_nothing(db):
    batch = [{"metric_type": "sent_count"}, {"metric_type": "sent_cuont"}]
    with pytest.raises(psycopg.errors.InvalidParameterValue, match='unknown metric type "sent_cuont"'):
        db.execute("SELECT record_sms_metrics(%s)", (json.dumps(batch),))
    assert recorded(db) == []


def test_it_is_atomic_under_concurrency(db, database_uri):
    def worker(_):
        with sms_db.connect(database_uri) as conn:
            for _ in range(50):
                conn.execute("SELECT record_sms_metric('sent_count', 1, 'one user')")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert recorded(db) == [("one user", "sent_count", 200, 200)]


def test_batches_over_the_same_hours_and_new_days_never_deadlock(db, database_uri):
    days = [NOW - timedelta(days=age) for age in (3, 2, 1)]
    types = ["sent_count", "failed_count"]

    def worker(seed):
        draw = random.Random(seed)
        with sms_db.connect(database_uri) as conn:
            for _ in range(25):
                batch = [
                    {
                        "metric_type": draw.choice(types),
                        "at": str(draw.choice(days) + timedelta(minutes=draw.randrange(20))),
                    }
                    for _ in range(6)
                ]
                conn.execute("SELECT record_sms_metrics(%s)", (json.dumps(batch),))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert db.execute("SELECT sum(metric_value) FROM sms_metrics").fetchone() == (4 * 25 * 6,)


def test_a_partition_itself_shows_a_product_role_nothing(db):
    db.execute("SELECT record_sms_metric('sent_count', 1, %s)", (ANN,))
    [(partition,)] = db.execute("SELECT DISTINCT tableoid::regclass::text FROM sms_metrics").fetchall()
    role = f"product_{db.info.dbname}"
    db.execute(f'CREATE ROLE "{role}"')
    try:
        db.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"')
        with db.transaction():
            db.execute(f'SET LOCAL ROLE "{role}"')
            assert db.execute(f"SELECT count(*) FROM {partition}").fetchone() == (0,)
            assert db.execute(f"DELETE FROM {partition}").rowcount == 0
    finally:
        db.execute(f'DROP OWNED BY "{role}"')
        db.execute(f'DROP ROLE "{role}"')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric_type": "no_such_metric"}, 'unknown metric type "no_such_metric"'),
        ({"metric_type": "sent_count", "value": -1}, 'value -1 of metric "sent_count" is not a number from 0 to 1e12'),
        ({"metric_type": "sent_count", "value": "NaN"}, "value NaN"),
        ({"metric_type": "sent_count", "at": NOW + timedelta(hours=1)}, "lies in the future"),
        ({"metric_type": "sent_count", "at": NOW - timedelta(days=200)}, "the oldest day that retention keeps"),
        ({"metric_type": "sent_count", "sample_count": 0}, "sample count 0"),
        ({"metric_type": "sent_count", "value": 1e13}, "is not a number from 0 to 1e12"),
        ({"metric_type": "sent_count", "sample_count": 2**62}, "is not from 1 to 1e9"),
        ({"metric_type": "sent_count", "user_id": "u" * 201}, "has 201 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_is_refused_with_its_reason(db, arguments, message):
    item = {key: str(value) if isinstance(value, datetime) else value for key, value in arguments.items()}
    with pytest.raises(psycopg.errors.InvalidParameterValue) as error:
        db.execute("SELECT record_sms_metrics(%s)", (json.dumps([item]),))
    assert message in str(error.value)
    assert recorded(db) == []


def test_a_derived_metric_is_refused_so_that_nothing_counts_twice(db):
    db.execute("UPDATE sms_metric_types SET origin = 'derived' WHERE metric_type = 'sent_count'")
    with pytest.raises(
        psycopg.errors.InvalidParameterValue, match="derived from the source views and cannot be recorded"
    ):
        db.execute("SELECT record_sms_metric('sent_count')")


def test_row_level_security_shows_a_product_user_only_their_own_metrics(db):
    for user in (ANN, BOB, None):
        db.execute("SELECT record_sms_metric('sent_count', 1, %s)", (user,))
    role = f"product_{db.info.dbname}"
    db.execute(f'CREATE ROLE "{role}"')
    try:
        db.execute(f'GRANT SELECT ON sms_metrics TO "{role}"')
        with db.transaction():
            db.execute(f'SET LOCAL ROLE "{role}"')
            assert recorded(db) == [], "who says no name sees nothing"
            db.execute("SELECT set_config('app.user_id', %s, true)", (ANN,))
            assert [user for user, *_ in recorded(db)] == [ANN]
            db.execute("SELECT set_config('app.user_id', '', true)")
            db.execute("SELECT set_config('request.jwt.claims', %s, true)", (json.dumps({"sub": BOB}),))
            assert [user for user, *_ in recorded(db)] == [BOB]
        with db.transaction(), pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(f'SET LOCAL ROLE "{role}"')
            db.execute("SELECT record_sms_metric('sent_count')")
    finally:
        db.execute(f'DROP OWNED BY "{role}"')
        db.execute(f'DROP ROLE "{role}"')
