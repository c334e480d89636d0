"""Where the tests keep their databases: in memory, if there is enough and it is ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sms_monitoring.local import in_memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(in_memory, "MEMORY", folder)
    monkeypatch.setattr(in_memory, "ROOM", 0)
    return folder


def test_a_checkout_has_one_folder_that_nobody_else_may_enter(memory: Path) -> None:
    assert in_memory.find(Path("/a")) is None
    folder = in_memory.make(Path("/a"))
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert in_memory.make(Path("/a")) == in_memory.find(Path("/a")) == folder
    assert in_memory.make(Path("/b")) != folder


def test_without_room_there_is_none_but_one_that_is_there_is_used(memory: Path, monkeypatch) -> None:
    folder = in_memory.make(Path("/a"))
    monkeypatch.setattr(in_memory, "ROOM", 1 << 60)
    assert in_memory.make(Path("/a")) == folder
    assert in_memory.make(Path("/b")) is None


def test_without_such_a_file_system_there_is_none(memory: Path, monkeypatch) -> None:
    monkeypatch.setattr(in_memory, "MEMORY", memory / "nowhere")
    assert in_memory.make(Path("/a")) is None


def test_what_somebody_else_has_put_there_is_not_used(memory: Path, monkeypatch) -> None:
    folder = in_memory.make(Path("/a"))
    assert folder is not None
    folder.rmdir()
    folder.symlink_to(memory)
    assert in_memory.make(Path("/a")) is None
    folder.unlink()
    folder.mkdir()
    status = os.stat_result([*folder.stat()[:4], os.getuid() + 1, *folder.stat()[5:10]])
    monkeypatch.setattr(Path, "lstat", lambda _: status)
    assert in_memory.make(Path("/a")) is None


def test_it_is_deleted_with_all_that_is_in_it(memory: Path) -> None:
    in_memory.delete(Path("/a"))
    folder = in_memory.make(Path("/a"))
    assert folder is not None
    (folder / "file").touch()
    in_memory.delete(Path("/a"))
    assert list(memory.iterdir()) == []
