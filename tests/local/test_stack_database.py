"""``make db`` and ``make db-stop``, on a checkout of their own."""

from __future__ import annotations

import io
import shutil
import stat
import subprocess

import psutil
import psycopg
import pytest
from rich.console import Console

from sms_monitoring.local import database
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.lock import AlreadyRunningError, exclusive
from sms_monitoring.local.postgres import EmbeddedPostgres
from sms_monitoring.local.progress import Steps


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    shutil.copy(Layout.of_this_checkout().settings_file, layout.settings_file)
    yield layout
    EmbeddedPostgres(layout.postgres_data).stop()
    assert not EmbeddedPostgres(layout.postgres_data).is_running()


@pytest.fixture
def steps():
    return Steps(Console(file=io.StringIO()))


def test_it_starts_a_migrated_database_with_the_products_tables_and_says_where(layout, steps):
    uri = database.start(layout, steps)
    with psycopg.connect(uri) as conn:
        assert conn.execute("SELECT count(*) > 0 FROM sms_alert_thresholds").fetchone() == (True,)
        assert conn.execute("SELECT count(*) FROM source_messages").fetchone() == (0,)


def test_the_env_file_leads_any_shell_to_it_and_is_private(layout, steps):
    uri = database.start(layout, steps)
    assert stat.S_IMODE(layout.env_file.stat().st_mode) == 0o600
    script = (
        f'. "{layout.env_file}" && printf %s "$SMS_MONITORING_DB_URI" && psql "$SMS_MONITORING_DB_URI" -Atc "SELECT 42"'
    )
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout == f"{uri}42\n"


def test_started_again_it_keeps_its_data(layout, steps):
    with psycopg.connect(database.start(layout, steps)) as conn:
        conn.execute("UPDATE sms_alert_thresholds SET cooldown_minutes = 7")
    database.stop(layout, steps)
    with psycopg.connect(database.start(layout, steps)) as conn:
        assert conn.execute("SELECT DISTINCT cooldown_minutes FROM sms_alert_thresholds").fetchone() == (7,)


def test_it_starts_again_after_a_kill_9(layout, steps):
    database.start(layout, steps)
    postmaster = psutil.Process(int((layout.postgres_data / "postmaster.pid").read_text().split()[0]))
    postmaster.kill()
    psutil.wait_procs([postmaster], timeout=10)
    assert not EmbeddedPostgres(layout.postgres_data).is_running()
    script = (
        "import sys; from sms_monitoring.local import database; from sms_monitoring.local.layout import Layout, Path;"
    )
    script += (
        "from sms_monitoring.local.progress import Steps; print(database.start(Layout(Path(sys.argv[1])), Steps()))"
    )
    command = [Layout.of_this_checkout().bin / "python", "-c", script, layout.root]
    environment = {"PYTHONPATH": str(Layout.of_this_checkout().plugins)}
    uri = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout.strip()
    with psycopg.connect(uri) as conn:
        assert conn.execute("SELECT count(*) > 0 FROM sms_alert_thresholds").fetchone() == (True,)


def test_a_data_folder_that_was_never_finished_is_made_anew(layout, steps):
    layout.postgres_data.mkdir(parents=True)
    (layout.postgres_data / "PG_VERSION").write_text("18\n")
    with psycopg.connect(database.start(layout, steps)) as conn:
        assert conn.execute("SELECT count(*) > 0 FROM sms_alert_thresholds").fetchone() == (True,)


def test_stop_stops_it_and_may_be_said_twice(layout, steps):
    database.start(layout, steps)
    database.stop(layout, steps)
    assert not EmbeddedPostgres(layout.postgres_data).is_running()
    database.stop(layout, steps)


def test_it_is_not_taken_from_under_a_running_demo(layout, steps):
    uri = database.start(layout, steps)
    with exclusive(layout.lock_file), pytest.raises(AlreadyRunningError, match="stop it first"):
        database.stop(layout, steps)
    with psycopg.connect(uri) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_beside_a_running_demo_it_names_the_demos_database(layout, steps):
    uri = database.start(layout, steps)
    with exclusive(layout.lock_file):
        assert database.start(layout, steps) == uri
