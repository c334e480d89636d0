from __future__ import annotations

import socket

import pytest

from sms_monitoring.local.ports import PortError, choose_port, free_port


@pytest.fixture
def taken():
    """A port of 127.0.0.1 that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_without_a_wish_a_free_port_is_chosen(monkeypatch):
    monkeypatch.delenv("AIRFLOW_PORT", raising=False)
    with socket.create_server(("127.0.0.1", choose_port("AIRFLOW_PORT"))):
        pass


def test_two_stacks_do_not_get_the_same_port():
    with socket.create_server(("127.0.0.1", free_port())) as first:
        assert free_port() != first.getsockname()[1]


def test_a_wish_is_granted(monkeypatch):
    wished = free_port()
    monkeypatch.setenv("AIRFLOW_PORT", str(wished))
    assert choose_port("AIRFLOW_PORT") == wished


def test_a_taken_port_is_an_error_that_names_variable_and_port(monkeypatch, taken):
    monkeypatch.setenv("RECEIVERS_PORT", str(taken))
    with pytest.raises(PortError, match=f"RECEIVERS_PORT={taken}: that port of 127.0.0.1 is in use"):
        choose_port("RECEIVERS_PORT")


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_said_to_be_none(monkeypatch, value):
    monkeypatch.setenv("AIRFLOW_PORT", value)
    with pytest.raises(PortError, match="is not a port number"):
        choose_port("AIRFLOW_PORT")
