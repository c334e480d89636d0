from __future__ import annotations

import json

import pytest

from sms_monitoring.local.layout import Layout
from sms_monitoring.local.settings_file import Pool, SettingsFileError, exports, read_settings

GOOD = """
airflow:
  connections:
    - conn_id: my_db
      conn_type: postgres
      conn_host: db.example.com
      conn_port: 5432
      conn_schema: sms
      conn_login: monitor
      conn_password: "it's 100% 'quoted'"
      conn_extra:
        sslmode: require
  pools:
    - pool_name: my_pool
      pool_slot: 3
      pool_description: three at a time
  variables:
    - variable_name: my_list
      variable_value: [1, 2]
    - variable_name: my_empty
      variable_value:
"""


@pytest.fixture
def settings_file(tmp_path):
    def write(text):
        path = tmp_path / "airflow_settings.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_in_astros_format_becomes_what_plain_airflow_reads(settings_file):
    settings = read_settings(settings_file(GOOD))
    variables = exports(settings)
    assert json.loads(variables.pop("AIRFLOW_CONN_MY_DB")) == {
        "conn_type": "postgres",
        "host": "db.example.com",
        "port": 5432,
        "schema": "sms",
        "login": "monitor",
        "password": "it's 100% 'quoted'",
        "extra": {"sslmode": "require"},
    }
    assert variables == {"AIRFLOW_VAR_MY_LIST": "[1, 2]", "AIRFLOW_VAR_MY_EMPTY": ""}
    assert settings.pools == (Pool("my_pool", 3, "three at a time"),)


def test_airflow_itself_reads_the_exported_connection_as_the_file_says(settings_file, monkeypatch):
    from airflow.sdk import Connection

    for name, value in exports(read_settings(settings_file(GOOD))).items():
        monkeypatch.setenv(name, value)
    connection = Connection.get("my_db")
    assert (connection.host, connection.port, connection.schema) == ("db.example.com", 5432, "sms")
    assert connection.password == "it's 100% 'quoted'"
    assert connection.extra_dejson == {"sslmode": "require"}


def test_overrides_replace_single_fields_of_a_connection(settings_file):
    settings = read_settings(settings_file(GOOD))
    connection = json.loads(
        exports(settings, {"my_db": {"host": "/run/postgres", "password": ""}})["AIRFLOW_CONN_MY_DB"]
    )
    assert (connection["host"], connection["password"], connection["schema"]) == ("/run/postgres", "", "sms")


def test_an_override_of_an_unknown_connection_is_an_error(settings_file):
    with pytest.raises(SettingsFileError, match="no connection their_db"):
        exports(read_settings(settings_file(GOOD)), {"their_db": {"host": "x"}})


def test_extra_may_be_json_text(settings_file):
    text = "airflow: {connections: [{conn_id: a, conn_type: http, conn_extra: '{\"timeout\": 5}'}]}"
    assert read_settings(settings_file(text)).connections["a"]["extra"] == {"timeout": 5}


def test_a_section_may_be_absent_or_empty(settings_file):
    settings = read_settings(settings_file("airflow:\n  connections:\n  pools: []\n"))
    assert (settings.connections, settings.pools, settings.variables) == ({}, (), {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("airflow: [", "is not valid YAML"),
        ("", "the file is empty, not a mapping with: airflow"),
        ("connections: []", "the file has the unknown key connections; known are: airflow"),
        ("airflow:", "airflow is empty, not a mapping"),
        ("airflow: {connections: {a: b}}", "airflow.connections is a dict, not a list"),
        ("airflow: {connections: [a]}", r"airflow.connections\[0\] is a str, not a mapping"),
        ("airflow: {connections: [{conn_type: http}]}", r"airflow.connections\[0\].conn_id is missing or empty"),
        (
            "airflow: {connections: [{conn_id: a, conn_type: ''}]}",
            r"airflow.connections\[0\].conn_type is missing or empty",
        ),
        (
            "airflow: {connections: [{conn_id: 7, conn_type: http}]}",
            r"airflow.connections\[0\].conn_id is 7, not a text",
        ),
        (
            "airflow: {connections: [{conn_id: a, conn_type: http, host: x}]}",
            r"connections\[0\] has the unknown key host; known",
        ),
        (
            "airflow: {connections: [{conn_id: a, conn_type: http, conn_port: http}]}",
            "conn_port is 'http', not a whole number",
        ),
        (
            "airflow: {connections: [{conn_id: a, conn_type: http, conn_extra: '{'}]}",
            "conn_extra is neither a mapping nor a JSON",
        ),
        (
            "airflow: {connections: [{conn_id: a, conn_type: x}, {conn_id: A, conn_type: x}]}",
            "names A, a more than once",
        ),
        (
            "airflow: {pools: [{pool_name: p, pool_slot: 0}]}",
            r"airflow.pools\[0\].pool_slot is 0, not a whole number above 0",
        ),
        ("airflow: {pools: [{pool_name: p}]}", r"airflow.pools\[0\].pool_slot is None"),
        (
            "airflow: {variables: [{variable_name: v}]}",
            r"airflow.variables\[0\].variable_value is missing \(it may be empty\)",
        ),
    ],
)
def test_a_wrong_file_says_where_and_what(settings_file, text, says):
    path = settings_file(text)
    with pytest.raises(SettingsFileError, match=says) as error:
        read_settings(path)
    assert str(error.value).startswith(str(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsFileError, match=r"nowhere.yaml does not exist"):
        read_settings(tmp_path / "nowhere.yaml")


def test_the_shipped_file_has_what_the_bundle_asks_for():
    settings = read_settings(Layout.of_this_checkout().settings_file)
    assert set(settings.connections) == {
        "sms_monitoring_db",
        "sms_monitoring_slack",
        "sms_monitoring_pagerduty",
        "sms_monitoring_smtp",
        "sms_monitoring_sms",
        "sms_monitoring_webhook",
        "sms_monitoring_heartbeat",
        "sms_monitoring_watchdog_heartbeat",
    }
    assert settings.pools[0].name == "sms_monitoring"
    assert set(settings.variables) == {
        "sms_monitoring_alert_email_to",
        "sms_monitoring_alert_sms_to",
        "sms_monitoring_digest_email_to",
        "sms_monitoring_archive_url",
    }
