"""Keys and passwords of the local Airflow: made once for each checkout, never in git."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sms_monitoring.files import replace_text

if TYPE_CHECKING:
    from pathlib import Path

ADMIN = "admin"
ONCALL = "oncall"
VIEWER = "viewer"
# User name → role of Airflow's SimpleAuthManager: who may do everything, who acts on alerts, who only looks.
LOGINS = {ADMIN: "admin", ONCALL: "user", VIEWER: "viewer"}


@dataclass(frozen=True, repr=False)
class Credentials:
    """What the local Airflow signs, encrypts and logs in with. Not printable by accident: no repr."""

    fernet_key: str
    jwt_secret: str
    api_secret_key: str
    passwords: dict[str, str]

    @classmethod
    def generate(cls) -> Credentials:
        """New random ones."""
        return cls(
            fernet_key=base64.urlsafe_b64encode(os.urandom(32)).decode(),
            jwt_secret=secrets.token_urlsafe(48),
            api_secret_key=secrets.token_urlsafe(32),
            passwords={user: secrets.token_urlsafe(9) for user in LOGINS},
        )


def load_or_create(credentials_file: Path, passwords_file: Path) -> Credentials:
    """The checkout's credentials, generated on the first call; also writes Airflow's password file.

    An unreadable or outdated file is replaced: nothing that outlives a demo depends on it.
    """
    try:
        credentials = Credentials(**json.loads(credentials_file.read_text(encoding="utf-8")))
        if set(credentials.passwords) != set(LOGINS):
            raise ValueError("made for other logins")
    except (FileNotFoundError, ValueError, TypeError):
        credentials = Credentials.generate()
        write_private(credentials_file, json.dumps(asdict(credentials), indent=1))
    write_private(passwords_file, json.dumps(credentials.passwords))
    return credentials


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` in one step, readable by its owner only from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, text)
