"""Keeps secrets out of errors: whatever a far side, a library or the network says is passed through here. Pure."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MASK = "***"
# Shorter ones are no secrets; replacing every "a" would only garble the sentence.
SHORTEST_SECRET = 4
# Shorter parts of an address are words: "services", "alerts".
SHORTEST_PART = 10
_SECRET_WORDS = ("password", "secret", "token", "key", "credential", "authorization")


def connection_secrets(
    *,
    password: str | None,
    login: str | None = None,
    host: str | None = None,
    extra: Mapping[str, object] | None = None,
) -> frozenset[str]:
    """All of an Airflow connection that must never be shown, in each form in which it may come back.

    :param password: a key, or a webhook's path or whole URL, of which every telling part is secret too.
    :param login: no secret in itself, but mail servers are told login and password as one Base64 word.
    :param host: may be a URL with credentials in it.
    :param extra: values under telling names (password, token, secret, key …) are secret.
    """
    secrets = {
        password or "",
        _url_password(password or ""),
        _url_password(host or ""),
        *_webhook_parts(password or ""),
    }
    for name, value in (extra or {}).items():
        if isinstance(value, str) and any(word in name.lower() for word in _SECRET_WORDS):
            secrets.add(value)
    if login and password:
        secrets |= {f"\0{login}\0{password}", f"{login}\0{login}\0{password}"}
    return frozenset(form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST_SECRET)


def redact(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every one of ``secrets`` replaced by ``***``."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def address_parts(address: str) -> frozenset[str]:
    """The parts of an address that are long enough to be a token: a far side may quote one of them alone.

    :param address: path, query or both.
    """
    split = (*re.split(r"[/?&=#;]", address), *re.split(r"[/?&=#;:,]", address))
    parts = frozenset(part for part in split if len(part) >= SHORTEST_PART)
    return parts | frozenset(map(unquote, parts))


def _webhook_parts(password: str) -> set[str]:
    """``https://hooks…/services/T/B/X`` may come back as ``/services/T/B/X``, ``T/B/X`` or ``X``."""
    path = password.split("://", 1)[-1].strip("/")
    if "/" not in path:
        return set()
    inner = path.split("/", 1)[1] if "://" in password else path
    return {inner, inner.removeprefix("services/"), inner.rsplit("/", 1)[-1]}


def _url_password(url: str) -> str:
    try:
        return urlsplit(url).password or "" if "://" in url else ""
    except ValueError:
        return ""


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode("utf-8", "replace")).decode()
    return {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], encoded, encoded.rstrip("=")}
