from __future__ import annotations

import json
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sms_monitoring.local import environment, settings_file
from sms_monitoring.local.credentials import Credentials, load_or_create, write_private
from sms_monitoring.local.layout import Layout
from sms_monitoring.local.receivers.connections import TWILIO_SERVICE, WEBHOOK_SECRET
from sms_monitoring.local.settings_file import read_settings
from sms_monitoring.notify.channels import channel_names, load_channel
from sms_monitoring.notify.channels.base import Delivered
from tests.notify.samples import TRIGGER

METRICS_URI = "postgresql://postgres@/sms?host=%2Fsrv%2Fa%20b%2F.local%2Fpostgres"
AIRFLOW_URI = "postgresql://postgres@/airflow?host=%2Fsrv%2Fa%20b%2F.local%2Fpostgres"


@pytest.fixture
def variables():
    layout = Layout.of_this_checkout()
    return environment.exports(
        layout=layout,
        credentials=Credentials.generate(),
        settings=read_settings(layout.settings_file),
        metrics_uri=METRICS_URI,
        airflow_uri=AIRFLOW_URI,
        airflow_port=18080,
        receivers=environment.ReceiverPorts("http://127.0.0.1:18025", 12525),
        start_date=datetime(2026, 11, 21, 8, tzinfo=UTC),
    )


def read_back(text: str, *names: str) -> list[str]:
    """The values that a POSIX shell has after reading ``text``."""
    script = "\n".join([text, *(f"printf '%s\\0' \"${name}\"" for name in names)])
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True)
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "",
        "it's",
        'say "hi"',
        "$HOME `id` $(id)",
        "100% %2F",
        "back\\slash",
        "a;b&c|d",
        "two\nlines",
        "münchen ☃",
    ],
)
def test_any_value_survives_the_shell(value):
    text = environment.render({"SOME_VALUE": value}, programs=Path("/bin"), postgres_programs=Path("/opt/pg"))
    assert read_back(text, "SOME_VALUE") == [value]


def test_the_shell_finds_the_environments_programs_first_and_the_embedded_psql_last(tmp_path):
    venv = tmp_path / "it's here" / "bin"
    text = environment.render({}, programs=venv, postgres_programs=Path("/opt/pg/bin"))
    (path,) = read_back(text, "PATH")
    assert path.startswith(f"{venv}:")
    assert path.endswith(":/opt/pg/bin")


def test_airflow_listens_and_is_reached_on_this_machine_only(variables):
    assert variables["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert variables["AIRFLOW__API__PORT"] == "18080"
    assert variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"


def test_both_drivers_of_airflow_go_over_the_unix_socket(variables):
    rest = "://postgres@/airflow?host=%2Fsrv%2Fa%20b%2F.local%2Fpostgres"
    assert variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"postgresql+psycopg2{rest}"
    assert variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == f"postgresql+asyncpg{rest}"


def test_the_connections_lead_to_the_embedded_database_and_the_local_receivers(variables):
    connections = {
        name: json.loads(variables[f"AIRFLOW_CONN_SMS_MONITORING_{name}"])
        for name in ("DB", "SLACK", "PAGERDUTY", "SMTP", "SMS", "WEBHOOK", "HEARTBEAT", "WATCHDOG_HEARTBEAT")
    }
    assert connections["DB"]["host"] == "/srv/a b/.local/postgres"
    assert connections["DB"]["schema"] == "sms"
    assert connections["SLACK"]["host"] == "http://127.0.0.1:18025/services"
    assert connections["PAGERDUTY"]["host"] == "http://127.0.0.1:18025"
    assert connections["SMS"]["host"] == "http://127.0.0.1:18025"
    assert connections["SMS"]["extra"]["config"]["path"] == TWILIO_SERVICE
    assert connections["WEBHOOK"]["host"] == "http://127.0.0.1:18025/webhook"
    assert connections["WEBHOOK"]["password"] == WEBHOOK_SECRET
    assert connections["HEARTBEAT"]["host"] == "http://127.0.0.1:18025/ping"
    assert connections["HEARTBEAT"]["password"] != connections["WATCHDOG_HEARTBEAT"]["password"]
    assert (connections["SMTP"]["host"], connections["SMTP"]["port"]) == ("127.0.0.1", 12525)
    assert not any("<" in value for value in variables.values()), "a placeholder of airflow_settings.yaml is left"


def test_errors_of_tasks_go_to_the_local_sentry(variables):
    assert variables["AIRFLOW__SENTRY__SENTRY_ON"] == "True"
    assert variables["AIRFLOW__SENTRY__SENTRY_DSN"].endswith("@127.0.0.1:18025/1")
    # Airflow 3.3 would hand the function's name to Sentry, which drops every event then.
    assert "AIRFLOW__SENTRY__BEFORE_SEND" not in variables


@pytest.mark.parametrize("channel", channel_names())
def test_each_channel_of_the_demo_reaches_its_local_receiver(receivers, monkeypatch, channel):
    layout = Layout.of_this_checkout()
    settings = read_settings(layout.settings_file)
    ports = environment.ReceiverPorts(receivers.url, receivers.smtp_port)
    overrides = environment.connection_overrides(METRICS_URI, ports)
    for name, value in settings_file.exports(settings, overrides).items():
        monkeypatch.setenv(name, value)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)

    assert load_channel(channel).send([TRIGGER]) == Delivered()
    assert len(receivers.received(channel, accepted=True)) == 1


def test_the_hourly_dag_begins_where_it_is_told(variables):
    assert variables["SMS_MONITORING_START_DATE"] == "2026-11-21T08:00:00+00:00"


def test_a_proxy_of_the_machine_is_kept_but_not_asked_for_the_machine_itself():
    assert environment.with_localhost("intranet.example.com, localhost") == "intranet.example.com,localhost,127.0.0.1"


def test_the_users_own_airflow_settings_do_not_reach_the_stack(monkeypatch):
    monkeypatch.setenv("AIRFLOW_HOME", "/home/someone/airflow")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_THEIRS", "http://example.com")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    own = environment.child_environment(Layout.of_this_checkout(), {"AIRFLOW_HOME": "/ours"})
    assert own["AIRFLOW_HOME"] == "/ours"
    assert own["SOMETHING_ELSE"] == "stays"
    assert not {"AIRFLOW__CORE__EXECUTOR", "AIRFLOW_CONN_THEIRS"} & set(own)


def test_credentials_are_made_once_private_and_not_printable(tmp_path):
    credentials_file, passwords_file = tmp_path / "credentials.json", tmp_path / "passwords.json"
    first = load_or_create(credentials_file, passwords_file)
    assert load_or_create(credentials_file, passwords_file) == first
    passwords = json.loads(passwords_file.read_text())
    assert passwords == first.passwords
    assert set(passwords) == {"admin", "oncall", "viewer"}
    assert len(set(passwords.values())) == 3
    for path in (credentials_file, passwords_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(password in repr(first) for password in passwords.values())


def test_one_logs_in_to_look_one_to_act_and_one_to_administer(variables):
    assert variables["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin,oncall:user,viewer:viewer"


def test_airflow_may_be_served_below_a_path():
    layout = Layout.of_this_checkout()
    variables = environment.exports(
        layout=layout,
        credentials=Credentials.generate(),
        settings=read_settings(layout.settings_file),
        metrics_uri=METRICS_URI,
        airflow_uri=AIRFLOW_URI,
        airflow_port=18080,
        base_path="/airflow",
    )
    assert variables["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:18080/airflow"
    assert variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/airflow/execution/"


def test_a_second_stack_of_a_checkout_shares_only_the_bytecode(tmp_path):
    one, other = Layout(tmp_path), Layout(tmp_path, ".local/other")
    assert other.local == tmp_path / ".local" / "other"
    assert one.bytecode == other.bytecode
    assert one.lock_file != other.lock_file


OUTDATED = [
    '{"fernet_key":',
    '{"fernet_key": "f", "jwt_secret": "j", "api_secret_key": "a", "admin_password": "p"}',
    '{"fernet_key": "f", "jwt_secret": "j", "api_secret_key": "a", "passwords": {"admin": "p"}}',
]


@pytest.mark.parametrize("text", OUTDATED)
def test_broken_or_outdated_credentials_are_replaced(tmp_path, text):
    (tmp_path / "credentials.json").write_text(text)
    assert load_or_create(tmp_path / "credentials.json", tmp_path / "passwords.json").fernet_key not in ("", "f")


def test_a_private_file_that_others_could_read_is_made_private(tmp_path):
    path = tmp_path / "env"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
