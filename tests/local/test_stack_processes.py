"""Real processes, real signals; everything waits on pipes, nothing on the clock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress

import psutil
import pytest

from sms_monitoring.local.layout import Layout
from sms_monitoring.local.lock import AlreadyRunningError, exclusive
from sms_monitoring.local.processes import ProcessDiedError, ProcessGroup

# Tells its own pid and that of a child, which is in a process group of its own as Airflow's tasks are; then waits.
FAMILY = """
    import os, signal, sys
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        {child}
        signal.pause()
    {parent}
    with open(sys.argv[1], "w") as pipe:
        pipe.write(f"{{os.getpid()}} {{child}}")
    signal.pause()
"""
pytestmark = pytest.mark.timeout(60)  # a process that does not start leaves its pipe without a writer
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Layout.of_this_checkout().plugins)}
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.fixture
def group(tmp_path):
    group = ProcessGroup(run_dir=tmp_path / "run", log_dir=tmp_path / "logs")
    yield group
    group.stop(grace=0)


@pytest.fixture
def start_family(group, tmp_path):
    """Starts a parent and its child; returns both, once they run."""

    def start(name="family", *, parent="pass", child="pass"):
        pipe = tmp_path / f"{name}.pipe"
        os.mkfifo(pipe)
        script = textwrap.dedent(FAMILY).format(parent=parent, child=child)
        group.start(name, [sys.executable, "-c", script, str(pipe)], os.environ)
        return [psutil.Process(int(pid)) for pid in pipe.read_text().split()]

    return start


def alive(processes):
    # A zombie, whose parent did not wait for it yet, does not run.
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_stop_ends_the_whole_family(group, start_family):
    family = start_family()
    group.stop()
    assert not alive(family)


def test_what_ignores_sigterm_is_killed(group, start_family):
    family = start_family(parent=STUBBORN, child=STUBBORN)
    group.stop(grace=0.2)
    assert not alive(family)


def test_the_log_holds_the_output_and_the_record_goes_with_the_process(group, tmp_path):
    group.run("hello", [sys.executable, "-c", "print('hello')"], os.environ)
    assert group.log_file("hello").read_text() == "hello\n"
    assert list((tmp_path / "run").iterdir()) == []


def test_a_process_that_died_is_named_with_the_end_of_its_log(group):
    script = "print('line before'); raise SystemExit('no such database')"
    with pytest.raises(ProcessDiedError, match=r"migrate ended with exit code 1; the end of .*migrate.log") as error:
        group.run("migrate", [sys.executable, "-c", script], os.environ)
    assert "no such database" in str(error.value)


def test_a_process_that_was_killed_is_told_apart(group, start_family):
    parent, _ = start_family("scheduler")
    group.check()
    parent.kill()
    os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)  # its exit status stays there for the group
    with pytest.raises(ProcessDiedError, match="scheduler was killed by SIGKILL"):
        group.check()


def test_the_next_start_stops_what_a_killed_supervisor_left(tmp_path):
    """A kill -9 of the supervisor, whose processes ignore the signal that its death sends them."""
    pipe = tmp_path / "family.pipe"
    os.mkfifo(pipe)
    family_script = textwrap.dedent(FAMILY).format(parent=STUBBORN, child=STUBBORN)
    supervisor_script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from sms_monitoring.local.processes import ProcessGroup
        group = ProcessGroup(run_dir=Path(sys.argv[1], "run"), log_dir=Path(sys.argv[1], "logs"))
        group.start("family", [sys.executable, "-c", sys.argv[2], sys.argv[3]], os.environ)
        signal.pause()
    """)
    supervisor = subprocess.Popen(
        [sys.executable, "-c", supervisor_script, str(tmp_path), family_script, str(pipe)], env=ENVIRONMENT
    )
    family = [psutil.Process(int(pid)) for pid in pipe.read_text().split()]
    supervisor.kill()
    supervisor.wait()
    assert alive(family) == family

    again = ProcessGroup(run_dir=tmp_path / "run", log_dir=tmp_path / "logs")
    assert again.stop_leftovers(grace=0.2) == ["family"]
    assert not alive(family)
    assert again.stop_leftovers() == []


def test_an_orphan_is_found_after_its_parent_died(group, start_family, tmp_path):
    parent, child = start_family()
    parent.kill()
    psutil.wait_procs([parent], timeout=5)
    assert alive([child]) == [child]
    again = ProcessGroup(run_dir=tmp_path / "run", log_dir=tmp_path / "logs")
    assert again.stop_leftovers() == ["family"]
    assert not alive([child])


def test_a_stranger_with_the_pid_of_a_dead_process_is_left_alone(group, tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    try:
        (tmp_path / "run").mkdir()
        record = {"pid": stranger.pid, "create_time": psutil.Process(stranger.pid).create_time() - 100}
        (tmp_path / "run" / "scheduler.json").write_text(json.dumps(record))
        assert group.stop_leftovers() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_half_a_record_is_no_obstacle(group, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "scheduler.json").write_text('{"pid": 1')
    assert group.stop_leftovers() == []
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_the_processes_die_with_a_killed_supervisor(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child_script = "import os, signal, sys; open(sys.argv[1], 'w').write(str(os.getpid())); signal.pause()"
    supervisor_script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from sms_monitoring.local.processes import ProcessGroup
        group = ProcessGroup(run_dir=Path(sys.argv[1], "run"), log_dir=Path(sys.argv[1], "logs"))
        group.start("child", [sys.executable, "-c", *sys.argv[2:]], os.environ)
        signal.pause()
    """)
    supervisor = subprocess.Popen(
        [sys.executable, "-c", supervisor_script, str(tmp_path), child_script, str(pipe)], env=ENVIRONMENT
    )
    child = psutil.Process(int(pipe.read_text()))
    supervisor.kill()
    supervisor.wait()
    with suppress(psutil.NoSuchProcess):
        child.wait(timeout=10)
    assert not alive([child])


def test_only_one_stack_runs_in_a_checkout(tmp_path):
    with (
        exclusive(tmp_path / "stack.lock"),
        pytest.raises(AlreadyRunningError, match=rf"runs already \(process {os.getpid()}\); stop it first"),
        exclusive(tmp_path / "stack.lock"),
    ):
        pass
    with exclusive(tmp_path / "stack.lock"):
        pass


def test_a_killed_holder_leaves_no_lock(tmp_path):
    script = textwrap.dedent("""
        import signal, sys
        from pathlib import Path
        from sms_monitoring.local.lock import exclusive
        with exclusive(Path(sys.argv[1])):
            print("held", flush=True)
            signal.pause()
    """)
    command = [sys.executable, "-c", script, str(tmp_path / "stack.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with exclusive(tmp_path / "stack.lock"):
        pass
