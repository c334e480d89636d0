"""What is written in the binary format is what PostgreSQL reads."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from uuid import UUID

import numpy as np

from sms_monitoring.db import Connection
from sms_monitoring.simulator import pgcopy
from sms_monitoring.simulator.arrays import NEVER, to_micros

MOMENT = datetime(1999, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)


def test_every_type_and_null_arrives_as_it_was(db: Connection) -> None:
    db.execute(
        "CREATE TABLE sample (n integer, t timestamptz, d time, b boolean, small numeric(12, 8), price numeric(12, 6),"
        " id uuid, word text, sid text)"
    )
    present = np.array([True, False, True])
    columns = [
        pgcopy.integers(np.array([-1, 5, 2**31 - 1]), present),
        pgcopy.timestamps(np.array([to_micros(MOMENT), NEVER, 0])),
        pgcopy.times_of_day(np.array([0, 1, 86_399_999_999])),
        pgcopy.booleans(np.array([True, False, True])),
        pgcopy.numerics(np.array([1, 7, 123_400_000_001]), 8, present),
        pgcopy.numerics(np.array([7_900, 7, 1_000_000]), 6, present),
        pgcopy.uuids(np.array([1, 2, 2**64 - 1], dtype=np.uint64), np.array([9, 8, 7], dtype=np.uint64)),
        pgcopy.Pooled(["", "Grüße"], np.array([1, -1, 0])),
        pgcopy.texts(np.frombuffer(b"ABCDEF", dtype=np.uint8).reshape(3, 2), present),
    ]
    with db.cursor() as cursor, cursor.copy("COPY sample FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(pgcopy.HEADER)
        copy.write(pgcopy.rows(columns))
        copy.write(pgcopy.TRAILER)
    db.execute("SET timezone = 'UTC'")
    assert db.execute("SELECT * FROM sample").fetchall() == [
        (-1, MOMENT, time(0), True, Decimal("0.00000001"), Decimal("0.007900"), UUID(int=(1 << 64) + 9), "Grüße", "AB"),
        (None, None, time(0, 0, 0, 1), False, None, None, UUID(int=(2 << 64) + 8), None, None),
        (
            2**31 - 1,
            datetime(1970, 1, 1, tzinfo=UTC),
            time(23, 59, 59, 999999),
            True,
            Decimal("1234.00000001"),
            Decimal("1.000000"),
            UUID(int=((2**64 - 1) << 64) + 7),
            "",
            "EF",
        ),
    ]


def test_no_rows_are_no_bytes() -> None:
    none = np.array([], dtype=np.int64)
    assert pgcopy.rows([pgcopy.integers(none), pgcopy.Pooled(["x"], none), pgcopy.timestamps(none)]) == b""
