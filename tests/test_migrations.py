from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sms_monitoring import db as sms_db
from sms_monitoring.migrations import migrate
from sms_monitoring.sqlfiles import list_sql

ALL = [name.removeprefix("migrations/").removesuffix(".sql") for name in list_sql("migrations")]


def test_a_second_run_finds_nothing_to_do(empty_database_uri):
    def connect():
        return sms_db.connect(empty_database_uri)

    assert migrate(connect) == ALL
    assert migrate(connect) == []


def test_four_processes_at_once_apply_each_migration_once(empty_database_uri):
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate(lambda: sms_db.connect(empty_database_uri)), range(4)))
    assert sorted(applied, key=len) == [[], [], [], ALL]


def test_the_search_path_chooses_the_schema_and_nothing_else_is_touched(empty_database_uri):
    with sms_db.connect(empty_database_uri) as conn:
        conn.execute("CREATE SCHEMA monitoring")
        conn.execute("CREATE TABLE public.sms_messages (id int)")
        migrate(lambda: psycopg.connect(empty_database_uri, options="-c search_path=monitoring"))
        tables = conn.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'monitoring')"
        )
        schemas = {name: schema for schema, name in tables.fetchall()}
        assert schemas.pop("sms_messages") == "public"
        assert set(schemas.values()) == {"monitoring"}
        owner_only = "SELECT proconfig FROM pg_proc WHERE prosecdef AND proname LIKE 'record_sms_metric%'"
        assert {tuple(config) for (config,) in conn.execute(owner_only).fetchall()} == {
            ("search_path=monitoring, pg_temp",)
        }


def test_a_schema_that_does_not_exist_is_named_as_the_trouble(empty_database_uri):
    with pytest.raises(RuntimeError, match="nowhere, names no existing schema"):
        migrate(lambda: psycopg.connect(empty_database_uri, options="-c search_path=nowhere"))


def test_a_missing_first_schema_is_not_passed_over_for_the_next(empty_database_uri):
    with pytest.raises(RuntimeError, match="monitoring, names no existing schema"):
        migrate(lambda: psycopg.connect(empty_database_uri, options="-c search_path=monitoring,public"))
    with sms_db.connect(empty_database_uri) as conn:
        assert conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_file_that_fails_is_named_and_changes_nothing(empty_database_uri, tmp_path, monkeypatch):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_good.sql").write_text("CREATE TABLE good ()")
    (tmp_path / "migrations" / "0002_bad.sql").write_text("CREATE TABEL bad ()")
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"0002_bad\.sql failed, and nothing was changed: syntax error"):
        migrate(lambda: sms_db.connect(empty_database_uri))
    with sms_db.connect(empty_database_uri) as conn:
        assert conn.execute("SELECT to_regclass('good')").fetchone() == (None,)


def test_an_older_bundle_refuses_a_newer_schema(empty_database_uri):
    migrate(lambda: sms_db.connect(empty_database_uri))
    with sms_db.connect(empty_database_uri) as conn:
        conn.execute("UPDATE sms_schema_version SET version_num = '9999_from_the_future'")
    with pytest.raises(RuntimeError, match="9999_from_the_future, which include/sql/migrations does not have"):
        migrate(lambda: sms_db.connect(empty_database_uri))


def test_a_deployments_own_migrations_do_not_stand_in_the_way_of_the_bundles_next_one(
    empty_database_uri, tmp_path, monkeypatch
):
    folder = tmp_path / "migrations"
    (folder / "local").mkdir(parents=True)
    (folder / "0001_bundle.sql").write_text("CREATE TABLE bundle_1 ()")
    (folder / "local" / "0100_own.sql").write_text("CREATE TABLE own ()")
    monkeypatch.setenv("SMS_MONITORING_SQL_DIR", str(tmp_path))
    assert migrate(lambda: sms_db.connect(empty_database_uri)) == ["0001_bundle", "0100_own"]
    (folder / "0002_bundle.sql").write_text("CREATE TABLE bundle_2 ()")
    assert migrate(lambda: sms_db.connect(empty_database_uri)) == ["0002_bundle"]
    assert migrate(lambda: sms_db.connect(empty_database_uri)) == []
