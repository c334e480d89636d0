"""The words that may be shown in clear: those of the shipped SQL and code. Nothing in it comes from data.

A value that is one of these words tells nothing about a person; every other text is masked, whatever it looks like.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

from sms_monitoring.aggregation.families import FAMILIES
from sms_monitoring.alerts.model import Reason
from sms_monitoring.sources import CONTRACT, DERIVED_METRICS
from sms_monitoring.sqlfiles import sql_root

# Where the words are: the schema, the checks and the views' own columns.
FOLDERS = ("migrations", "quality", "aggregates")

_COMMENT = re.compile(r"--[^\n]*")
_LITERAL = re.compile(r"'([A-Za-z_][A-Za-z_0-9]*)'")
_SNAKE_CASE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
_COLUMN = re.compile(
    r"^\s+([a-z_]+)\s+(?:text|uuid|date|integer|bigint|numeric|boolean|jsonb|timestamptz|time)\b", re.M
)
# An object's own name, with the days and columns that PostgreSQL and retention append to a partition's.
_OBJECT = re.compile(r"(?P<table>[a-z_]+?)(?:_20\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?(?P<tail>(?:_[a-z]+)*\d{0,2})")
_TAILS = frozenset({"", "idx", "key", "pkey", "check", "not", "null", "fkey", "seq", "excl"})

# Of PostgreSQL, SQLAlchemy and Great Expectations: what types are called, and what an error message is made of.
_TYPES_TEXT = """
array BIGINT bigint bool BOOLEAN boolean BYTEA bytea character DATE date DECIMAL decimal double DOUBLE
DOUBLE_PRECISION enum ENUM float FLOAT int INT INTEGER integer interval INTERVAL json JSON jsonb JSONB name NullType
NUMERIC numeric oid precision PRECISION real REAL regclass SMALLINT smallint TEXT text time TIME timestamp TIMESTAMP
timestamptz TIMESTAMPTZ unknown UUID uuid VARCHAR varchar varying
"""
TYPES = frozenset(_TYPES_TEXT.split())
# Of thresholds.
OPERATORS = frozenset({"<", "<=", ">", ">="})
_SPOKEN_TEXT = """
computed aggregated evaluated resolved
module import great_expectations read-only disk space left device full attribute keyword initial final
a about accepting actual administrator after aggregation already ambiguous an and any argument arguments array as at
authentication available batchdata be because been before being between but by called cannot cast cause check clause
clients closed column columns command compare comparison condition connect connection connections constraint contain
contains context conversion could crash current data database defined denied descriptor do does down due duplicate
element elements empty encoding end ended error errors exceeded exist exists expectation expected expression failed
fatal field file for found from function functions given great has have hint hit however if in index input
insufficient interrupted invalid is it its key language limit line list lock lost made many match matches may memory
message metric metrics missing more multiple must name named names need needed negative no not null number object
occurred of on one only open operator or order out outside over parameter partition password permission permitted
policy port possible privilege privileges query range read recovery reference referenced refused relation requests
reserved reset resolve restart result row rows running schema select server shutting slots socket sorry specified sql
starting startup statement subquery support supported syntax table temporary terminated terminating than that the
there this timeout to too transaction transition trigger type types undefined unexpected unknown unrecognized up use
used user using value values view was when where which while with without you
create checks first grant views timed interval canceling due terminate
"""
SPOKEN = frozenset(_SPOKEN_TEXT.split())


@cache
def words() -> frozenset[str]:
    """Every word that may stand as a whole value: metric types, states, channels, columns, tables …"""
    code = "\n".join(
        _COMMENT.sub("", path.read_text(encoding="utf-8"))
        for folder in FOLDERS
        for path in sorted((sql_root() / folder).rglob("*.sql"))
    )
    contract = chain.from_iterable((view, *columns, *columns.values()) for view, columns in CONTRACT.items())
    return frozenset(
        chain(
            _LITERAL.findall(code),
            _SNAKE_CASE.findall(code),
            _COLUMN.findall(code),
            contract,
            chain.from_iterable(DERIVED_METRICS.values()),
            FAMILIES,
            map(str, Reason),
            TYPES,
            OPERATORS,
        )
    )


def is_known(text: str) -> bool:
    """Whether ``text`` may be shown in clear: a known word, or the name of one of our own database objects."""
    if text in words():
        return True
    found = _OBJECT.fullmatch(text)
    return bool(
        found
        and text.startswith(("sms_", "source_"))
        and _is_object(found["table"], found["tail"].rstrip("0123456789").strip("_"))
    )


def _is_object(table: str, tail: str) -> bool:
    """``sms_metrics`` with ``metric_date_idx``, say: a table we know, then its columns and PostgreSQL's suffixes."""
    parts = tail.split("_") if tail else [""]
    known = _parts() | _TAILS
    return table in words() and all(part in known for part in parts)


@cache
def _parts() -> frozenset[str]:
    return frozenset(part for word in words() if word.islower() for part in word.split("_"))
