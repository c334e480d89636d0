"""Run by itself, as test_fab.py does: the API behind Airflow's FAB auth manager, asked by users of several roles.

Prints, as JSON, for each user the status of each request, and what ``/me`` said. The auth manager is one for a whole
process, so this cannot stand beside the other tests.
"""

from __future__ import annotations

import json
import sys

ROLES = {
    # Airflow's own roles.
    "admin": ["Admin"],
    "operator": ["User"],
    "viewer": ["Viewer"],
    "public": ["Public"],
    # May log in, and may edit the one DAG.
    "editor": ["Editor of the DAG"],
}
REQUESTS = {
    "own metrics": ("GET", "/user"),
    "metrics of another": ("GET", "/user?user_id=somebody"),
    "read": ("GET", "/summary"),
    "act": ("POST", "/alerts"),
}
BASE = "/api/sms/metrics"


def make_users() -> dict[str, object]:
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        security = builder.sm
        security.sync_roles()
        editor = security.add_role("Editor of the DAG")
        for action in ("can_read", "can_edit"):
            permission = security.create_permission(action, "DAG:sms_hourly_monitoring")
            security.add_permission_to_role(editor, permission)
        users = {}
        for name, roles in ROLES.items():
            found = [security.find_role(role) for role in roles]
            users[name] = security.add_user(name, name, name, f"{name}@example.com", found, password="secret")
        return {name: user.id for name, user in users.items()}


def main() -> None:
    from airflow.api_fastapi.app import create_app, get_auth_manager
    from airflow.utils.db import initdb
    from fastapi.testclient import TestClient

    initdb()
    ids = make_users()
    app = create_app(apps="core")
    manager = get_auth_manager()
    answers = {}
    for name, user_id in ids.items():
        token = manager.generate_jwt(manager.deserialize_user({"sub": str(user_id)}))
        asked = TestClient(app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)
        answers[name] = {
            what: asked.request(method, BASE + path, json=None if method == "GET" else {}).status_code
            for what, (method, path) in REQUESTS.items()
        } | {"me": asked.get(f"{BASE}/me").json()["data"]}
    print(json.dumps({"manager": type(manager).__name__, "answers": answers}), file=sys.__stdout__)


if __name__ == "__main__":
    main()
