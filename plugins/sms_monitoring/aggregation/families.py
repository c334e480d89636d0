"""The metric families: each is aggregated by itself, so that one broken source never stops the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_monitoring.sources import DERIVED_METRICS

if TYPE_CHECKING:
    from sms_monitoring.db import Connection


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics that come from one source view.

    :param name: the folder under ``include/sql/aggregates`` with ``facts.sql`` and, for a view,
        ``changes.sql``.
    :param source_view: the view of the source contract; None for what applications recorded themselves.
    """

    name: str
    source_view: str | None

    def metric_types(self, conn: Connection) -> list[str]:
        """The metric types this family owns now: people move one by setting its ``origin``."""
        if self.source_view is None:
            query, names = "SELECT metric_type FROM sms_metric_types WHERE origin = 'recorded'", []
        else:
            query = "SELECT metric_type FROM sms_metric_types WHERE origin = 'derived' AND metric_type = ANY(%s)"
            names = [list(DERIVED_METRICS[self.source_view])]
        return sorted(name for (name,) in conn.execute(query, names).fetchall())

    def sql(self, part: str) -> str:
        """Name of one of the family's SQL files."""
        return f"aggregates/{self.name}/{part}.sql"


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("delivery", "source_messages"),
        Family("generation", "source_generations"),
        Family("engagement", "source_engagement"),
        Family("recorded", None),
    )
}
