"""From the digest's data to the parts of a mail: subject, HTML, plain text and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sms_monitoring.charts.png import render_png
from sms_monitoring.digest.pictures import charts
from sms_monitoring.digest.texttable import columns, rule, wrapped
from sms_monitoring.digest.view import view

if TYPE_CHECKING:
    import jinja2

    from sms_monitoring.digest.model import DigestData


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineImage:
    """A PNG that the HTML shows as ``cid:<cid>``."""

    cid: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDigest:
    """What is sent."""

    subject: str
    html: str
    text: str
    images: tuple[InlineImage, ...]


def render(data: DigestData) -> RenderedDigest:
    """Lay the digest out in both parts and draw its charts."""
    words, drawn = view(data), charts(data)
    cids = {chart.name: f"{chart.name}-{data.day.date}@sms-digest" for chart in drawn}
    context = {"digest": words, "charts": {chart.name: chart for chart in drawn}, "cids": cids}
    return RenderedDigest(
        subject=words.subject,
        html=_template("digest.html.j2").render(context),
        text=_template("digest.txt.j2").render(context),
        images=tuple(InlineImage(cid=cids[chart.name], png=render_png(chart.spec)) for chart in drawn),
    )


@cache
def _template(name: str) -> jinja2.Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("sms_monitoring.digest"),
        # The HTML is escaped; the plain text is plain.
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"columns": columns, "wrapped": wrapped}
    environment.globals["rule"] = rule
    return environment.get_template(name)
