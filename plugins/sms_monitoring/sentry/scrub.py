"""What of an event may go to Sentry. Pure: an event in, an event out.

An allow-list. Kept are the exceptions' types, the stack with its lines of source code, and tags by which a task is
found in Airflow, where its log has the rest. Gone are the values of variables, breadcrumbs but Airflow's, the request,
the user, ``extra`` and all that a later version of the SDK may add.

An exception's text goes, cleaned, where its class is one whose texts quote the values in them: those of this package,
Airflow, the database driver, the network and the interpreter. Of the first two, which anybody raises with any text, all
that is quoted goes; of an ``OSError`` nothing is told but its number and what that means. Of every other one, such as a
``ValueError`` of who knows where, only the length is told: the source line that raised it is in the stack.
"""

from __future__ import annotations

import builtins
import os
import re
from typing import Any

from sms_monitoring.sentry.text import clean

KEPT = {
    "contexts",
    "dist",
    "environment",
    "event_id",
    "level",
    "logger",
    "modules",
    "platform",
    "release",
    "sdk",
    "server_name",
    "start_timestamp",
    "timestamp",
    "type",
}
KEPT_CONTEXTS = {"runtime", "trace"}
KEPT_FRAME = {
    "abs_path",
    "context_line",
    "filename",
    "function",
    "in_app",
    "lineno",
    "module",
    "post_context",
    "pre_context",
}
KEPT_BREADCRUMB = {"dag_id", "duration", "operator", "run_id", "state", "task_id"}
KEPT_SPAN = {"op", "origin", "parent_span_id", "span_id", "start_timestamp", "status", "timestamp", "trace_id"}
HELD_BACK = "‹text of "
# Packages whose exceptions' texts are sent, cleaned.
TRUSTED = ("psycopg", "urllib", "socket", "ssl", "smtplib", "httpx")
# Those whose texts are anybody's: told without what is quoted.
FREE_WORDED = ("sms_monitoring", "airflow")
TRUSTED_BUILTINS = {
    "AttributeError",
    "ImportError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "RecursionError",
    "SyntaxError",
    "TypeError",
    "UnboundLocalError",
    "ZeroDivisionError",
}
_ERRNO = re.compile(r"\[Errno (-?\d{1,4})\]")
_HELD_BACK_TEXT = re.compile(rf"{HELD_BACK}\d+ characters, see the log›")


def scrub(event: dict[str, Any], _hint: object = None) -> dict[str, Any]:
    """The event without what may be about a person, or a secret.

    :param event: as of https://develop.sentry.dev/sdk/data-model/event-payloads/
    """
    kept = {key: value for key, value in event.items() if key in KEPT}
    kept["contexts"] = {key: value for key, value in _mapping(event.get("contexts")).items() if key in KEPT_CONTEXTS}
    kept["tags"] = {str(key): clean(str(value)) for key, value in _mapping(event.get("tags")).items()}
    kept["breadcrumbs"] = {"values": [_breadcrumb(crumb) for crumb in _values(event, "breadcrumbs") if _is_ours(crumb)]}
    if exceptions := _values(event, "exception"):
        kept["exception"] = {"values": [_exception(each) for each in exceptions]}
    else:
        # Also where there are none: the SDK would add them after this, with the variables' values.
        threads = [_stack(each.get("stacktrace")) for each in _values(event, "threads")]
        kept["threads"] = {"values": [{"current": True, "crashed": False, "stacktrace": stack} for stack in threads]}
    if said := _mapping(event.get("logentry")).get("message") or event.get("message"):
        # The template, not what was filled in.
        kept["logentry"] = {"message": clean(str(said))}
    if request := _mapping(event.get("request")):
        kept["request"] = {"method": str(request.get("method"))}
    if isinstance(event.get("transaction"), str):
        kept["transaction"] = clean(event["transaction"])
    if isinstance(event.get("spans"), list):
        kept["spans"] = [_pick(_mapping(span), KEPT_SPAN) for span in event["spans"]]
    return kept


def exception_text(kind: str, module: str | None, text: str) -> str:
    """What is told of an exception's text.

    :param kind: the name of its class.
    :param module: of its class; None: a builtin.
    """
    root = module.partition(".")[0] if module else ""
    if not text or _HELD_BACK_TEXT.fullmatch(text):
        return text
    if root in FREE_WORDED:
        return clean(text, is_ours=True)
    if root in TRUSTED or (not module and kind in TRUSTED_BUILTINS):
        return clean(text)
    if _is_os_error(kind, module) and (found := _ERRNO.match(text)):
        # Its number, in the system's words: whoever raised it may have used others, and a path follows.
        return f"{found[0]} {os.strerror(int(found[1]))}"
    return f"{HELD_BACK}{len(text)} characters, see the log›"


def _is_os_error(kind: str, module: str | None) -> bool:
    cause = None if module else getattr(builtins, kind, None)
    return isinstance(cause, type) and issubclass(cause, OSError)


def _exception(exception: dict[str, Any]) -> dict[str, Any]:
    kind, module = str(exception.get("type")), exception.get("module")
    module = None if module in (None, "builtins") else str(module)
    kept = {
        "type": kind,
        "module": exception.get("module"),
        "value": exception_text(kind, module, str(exception.get("value") or "")),
    }
    if mechanism := _mapping(exception.get("mechanism")):
        kept["mechanism"] = _pick(mechanism, {"type", "handled", "exception_id", "parent_id", "source"})
    if stack := exception.get("stacktrace"):
        kept["stacktrace"] = _stack(stack)
    return kept


def _stack(stack: object) -> dict[str, Any]:
    frames = _mapping(stack).get("frames") or []
    return {"frames": [_pick(_mapping(frame), KEPT_FRAME) for frame in frames]}


def _is_ours(crumb: dict[str, Any]) -> bool:
    return crumb.get("category") == "completed_tasks"


def _breadcrumb(crumb: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in _mapping(crumb.get("data")).items() if key in KEPT_BREADCRUMB}
    return {**_pick(crumb, {"category", "level", "timestamp", "type"}), "data": data}


def _pick(mapping: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key in keys}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _values(event: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The entries of an interface, which come as a list or under ``values``; none where the SDK cut them off."""
    entries = event.get(key)
    if isinstance(entries, dict):
        entries = entries.get("values")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, (list, tuple)) else []
