"""A small client of Airflow's REST API (v2), as far as the local stack needs it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from sms_monitoring.local.errors import LocalStackError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sms_monitoring.local.settings_file import Pool

Json = dict[str, Any]
TOKEN_SECONDS = 600  # renewed well before Airflow's tokens run out (a day by default)


class AirflowApiError(LocalStackError):
    """Airflow refused a request or did not answer; the message says which, and what it said."""


class AirflowApi:
    """Talks to the API server at ``url`` as one user of the SimpleAuthManager."""

    def __init__(self, url: str, *, username: str, password: str) -> None:
        self._login = {"username": username, "password": password}
        # trust_env: a proxy of the machine must not be asked for what runs on the machine.
        # A server's first task keeps it from answering anybody for seconds, on a busy machine for half a minute.
        self._http = httpx.Client(base_url=url, timeout=120, trust_env=False)
        self._token_until = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def health(self) -> dict[str, str]:
        """State of each component (``healthy``, ``unhealthy`` or ``absent``); empty while the server is not up."""
        try:
            answer = self._http.get("/api/v2/monitor/health", timeout=5)
        except httpx.TransportError:
            return {}
        if answer.status_code != httpx.codes.OK:
            return {}
        return {name: part.get("status") or "absent" for name, part in answer.json().items() if part}

    def dag_ids(self) -> set[str]:
        """Ids of the DAGs parsed so far."""
        return {dag["dag_id"] for dag in self._get("/dags", limit=100)["dags"]}

    def import_errors(self) -> list[str]:
        """DAG files that failed to import, each with its traceback."""
        return [f"{error['filename']}\n{error['stack_trace']}" for error in self._get("/importErrors")["import_errors"]]

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run a DAG."""
        self._request("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def pause(self, dag_id: str) -> None:
        """Keep the scheduler from making runs of a DAG."""
        self._request("PATCH", f"/dags/{dag_id}", json={"is_paused": True})

    def clear(self, dag_id: str, run_id: str) -> None:
        """Have all tasks of a run that is over run again."""
        self._request("POST", f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/clear", json={"dry_run": False})

    def trigger(self, dag_id: str, conf: Mapping[str, Any]) -> str:
        """Create a manual run with ``conf`` as its params; returns the run's id."""
        run: Json = self._request("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": dict(conf)})
        return str(run["dag_run_id"])

    def backfill(self, dag_id: str, first: datetime, last: datetime) -> None:
        """Create a backfill of the runs whose data intervals begin from ``first`` to ``last``, both included."""
        body = {"dag_id": dag_id, "from_date": first.isoformat(), "to_date": last.isoformat()}
        self._request("POST", "/backfills", json=body)

    def runs(self, dag_id: str = "~") -> list[Json]:
        """The runs of one DAG, by default of all, oldest first."""
        runs: list[Json] = self._get(f"/dags/{dag_id}/dagRuns", limit=100, order_by="run_after")["dag_runs"]
        return runs

    def run(self, dag_id: str, run_id: str) -> Json:
        """One run."""
        return self._get(f"/dags/{dag_id}/dagRuns/{run_id}")

    def task_instances(self, dag_id: str, run_id: str) -> list[Json]:
        """The task instances of one run."""
        tasks: list[Json] = self._get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=200)["task_instances"]
        return tasks

    def log(self, task: Json) -> list[str]:
        """The log lines of a task instance's newest try."""
        path = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/logs"
        answer = self._get(f"{path}/{max(1, task['try_number'])}", map_index=task["map_index"])
        return [_log_line(entry) for entry in answer["content"]]

    def set_pools(self, pools: Sequence[Pool]) -> None:
        """Create the pools, or bring them up to date."""
        entities = [{"name": pool.name, "slots": pool.slots, "description": pool.description} for pool in pools]
        actions = [{"action": "create", "entities": entities, "action_on_existence": "overwrite"}]
        result = self._request("PATCH", "/pools", json={"actions": actions})
        if errors := result["create"]["errors"]:
            raise AirflowApiError(f"Airflow did not take the pools: {errors}")

    def refusals_of(self, paths: Sequence[str]) -> list[str]:
        """What does not answer 200 of paths outside Airflow's own API, such as a plugin's; a sentence each."""
        found = []
        for path in paths:
            try:
                answer = self._request_any("GET", path)
            except AirflowApiError as error:
                found.append(str(error))
            else:
                if not answer.content:
                    found.append(f"GET {path}: the answer is empty")
        return found

    def extra_links(self, dag_id: str, run_id: str, task_id: str) -> dict[str, str | None]:
        """The buttons of a task instance and where they lead."""
        path = f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances/{task_id}/links"
        links: dict[str, str | None] = self._get(path)["extra_links"]
        return links

    def _get(self, path: str, **params: Any) -> Json:
        return self._request("GET", path, params=params)

    def _request(self, method: str, path: str, **arguments: Any) -> Json:
        answer = self._request_any(method, f"/api/v2{path}", **arguments)
        return answer.json() if answer.content else {}

    def _request_any(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        if time.monotonic() > self._token_until:
            self._log_in()
        try:
            answer = self._http.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise AirflowApiError(f"{method} {path}: Airflow did not answer: {error!r}") from error
        if answer.is_error:
            raise AirflowApiError(f"{method} {path}: Airflow answered {answer.status_code}: {answer.text[:500]}")
        return answer

    def _log_in(self) -> None:
        answer = self._http.post("/auth/token", json=self._login)
        if answer.is_error:
            raise AirflowApiError(f"logging in to Airflow: it answered {answer.status_code}: {answer.text[:500]}")
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self._token_until = time.monotonic() + TOKEN_SECONDS


def _log_line(entry: Any) -> str:
    """One entry of Airflow's structured logs as a line of text, with the traceback if it has one."""
    if not isinstance(entry, dict):
        return str(entry)
    text = " ".join(str(entry[key]) for key in ("timestamp", "level", "event") if entry.get(key))
    for error in entry.get("error_detail") or []:
        text += f"\n{error.get('exc_type')}: {error.get('exc_value')}"
        frames = [f"  {frame['filename']}:{frame['lineno']} in {frame['name']}" for frame in error.get("frames", [])]
        text += "".join(f"\n{frame}" for frame in frames[-8:])
    return text
