from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sms_monitoring.digest.localday import local_day
from sms_monitoring.digest.model import Period, Slice
from sms_monitoring.digest.render import render
from sms_monitoring.digest.view import view
from tests.digest.days import DAY, burning, period, quiet
from tests.digest.rows import utc

VOID = {"meta", "br", "img"}


class Page(HTMLParser):
    """What a reader of the HTML gets: its words, and its pictures by Content-ID with their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.alts, self.tags, self._open = [], {}, set(), []
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "img":
            self.alts[dict(attrs)["src"]] = dict(attrs)["alt"]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open and "title" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def busy():
    """A day with something of everything."""
    today = period(
        user_days=40,
        scheduled=120,
        sent=100,
        delivered=95,
        failed=5,
        cancelled=2,
        llm_success=80,
        template_fallback=20,
        llm_cost_usd=0.5,
        sms_cost_usd=0.75,
        opt_out=1,
        quiet_hours_skip=6,
        daily_limit_hit=2,
    )
    times = {"avg_delivery_time_ms": 1500.0, "avg_generation_time_ms": 800.0}
    return quiet(
        today=replace(today, p50=times, p95={name: 3 * ms for name, ms in times.items()}),
        before=period(user_days=50, scheduled=120, sent=120, delivered=108, failed=2),
        week=period(days=7, user_days=280, scheduled=700, sent=700, delivered=665, llm_cost_usd=7, sms_cost_usd=0),
        trend=((DAY, today),),
        carriers=(
            Slice(name="AT&T", sent=60, delivered=57, failed=3, opt_outs=0, sent_before=50, delivered_before=50),
        ),
        campaigns=(
            Slice(name="Welcome", sent=60, delivered=57, failed=3, opt_outs=1, sent_before=None, delivered_before=0),
        ),
        incidents=(burning("critical", entity="carrier-a"), burning("warning", resolved=True)),
    )


EVERYTHING = [
    # delivery, against the day before and the average of the week
    "120", "100", "▼ 16.7%", "= same", "95.0%", "▲ 5.0 pts better", "▲ 150% worse", "1.5 s", "4.5 s",
    # LLM quality, cost, engagement
    "80.0%", "800 ms", "2.4 s", "$1.25", "▲ 25.0%", "$0.031", "$0.013", "2.50%", "5.00%",
    # slices
    "AT&T", "▼ 5.0 pts worse", "Welcome", "–",
    # incidents
    "Delivery rate, carrier-a", "08:00", "23 h", "2 h 30 min",
]  # fmt: skip


@pytest.fixture(scope="module")
def digest():
    return render(busy())


def test_the_parts_of_the_mail(digest):
    assert digest.subject == "SMS digest, Tue 10 Jun 2025: Critical, 95.0% delivered"
    page = Page(digest.html)
    assert set(page.alts) == {f"cid:{image.cid}" for image in digest.images}
    assert {image.cid.partition("-")[0] for image in digest.images} == {"hourly", "funnel", "rate", "cost"}
    assert all(alt.endswith(".") for alt in page.alts.values()), "each picture is told in a sentence"
    assert all(image.png.startswith(b"\x89PNG") and len(image.png) > 5_000 for image in digest.images)
    assert not page.tags & {"script", "link", "iframe", "svg"}


@pytest.mark.parametrize("said", EVERYTHING)
def test_both_parts_say_the_same(digest, said):
    assert said in Page(digest.html).text
    assert said in digest.text


def test_good_and_bad_are_told_in_words_too(digest):
    coloured = re.findall(r'<span class="(good|bad)"[^>]*>(.*?)</span>(?: (better|worse))?</span>', digest.html)
    assert coloured
    assert {(colour, word) for colour, _, word in coloured} == {("good", "better"), ("bad", "worse")}


def test_the_text_part_fits_a_line_and_its_columns_are_aligned(digest):
    lines = digest.text.splitlines()
    header = lines.index("DELIVERY") + 2
    assert lines[header : header + 3] == [
        "                       The day  Day before                    7-day avg",
        "Scheduled                  120         120  = same                  100  ▲ 20.0%",
        "Sent                       100         120  ▼ 16.7%                 100  = same",
    ]
    assert max(map(len, lines)) <= 100


def test_what_others_wrote_is_shown_and_never_run():
    evil = '<script>alert(1)</script> & "co"\nsecond line {{ 7*7 }}'
    slice_ = Slice(name=evil, sent=9, delivered=9, failed=0, opt_outs=0, sent_before=None, delivered_before=0)
    digest = render(
        quiet(campaigns=(slice_,), carriers=(slice_,), incidents=(burning("info", message=evil, entity=evil),))
    )
    page = Page(digest.html)
    assert "script" not in page.tags
    assert digest.html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") == 4
    assert '<script>alert(1)</script> & "co" second line {{ 7*7 }}' in digest.text, "the plain part is plain"


def test_a_first_day_compares_with_a_dash():
    digest = render(quiet())
    assert "Sent                       100           –            –" in digest.text.splitlines()
    assert re.search(r"Sent 100 – –", Page(digest.html).text)
    assert "none of them has data" in digest.text


def test_a_day_without_traffic_says_so_and_draws_nothing():
    digest = render(quiet(today=Period(), trend=((DAY, Period()),)))
    assert digest.subject == "SMS digest, Tue 10 Jun 2025: No traffic"
    assert digest.images == ()
    for part in (Page(digest.html).text, digest.text):
        assert "The tables show no message of this day." in re.sub(r"\s+", " ", part)
        assert "%" not in part
        assert "Scheduled" not in part


def test_a_day_without_traffic_still_shows_what_it_is_measured_by():
    digest = render(quiet(today=Period(), before=period(sent=120, delivered=60), trend=((DAY, Period()),)))
    assert re.search(r"Sent – 120 –", Page(digest.html).text)
    assert re.search(r"Delivery rate +– +50\.0%", digest.text)


def test_missing_hours_are_named():
    hours = tuple(replace(hour, missing=number in (2, 3, 17)) for number, hour in enumerate(quiet().hours))
    digest = render(quiet(hours=hours))
    for part in (Page(digest.html).text, digest.text):
        assert "02:00–04:00, 17:00–18:00 (3 of 24)" in part
    assert re.search(r"02:00 +– +– +–", digest.text)


@pytest.mark.parametrize(
    ("day", "note"),
    [
        ("2025-03-09", "Midnight to midnight in America/New_York, 23 hours: clocks went forward"),
        ("2025-11-02", "Midnight to midnight in America/New_York, 25 hours: clocks went back"),
        ("2025-06-10", "Midnight to midnight in America/New_York"),
    ],
)
def test_a_day_when_the_clocks_change_says_so(day, note):
    local = local_day(DAY.fromisoformat(day), "America/New_York")
    hours = tuple(replace(quiet().hours[0], start=start) for start in local.hours())
    assert view(quiet(day=local, hours=hours)).day_note == note


def test_what_still_burns_comes_first():
    shown = view(
        quiet(
            incidents=(
                burning("critical", resolved=True, triggered_at=utc("2025-06-09 23:00"), entity="old"),
                burning("warning", entity="open"),
                burning("critical", entity="worst"),
            )
        )
    ).incidents
    assert [each.name for each in shown] == ["Delivery rate, worst", "Delivery rate, open", "Delivery rate, old"]
    assert [each.began for each in shown] == ["08:00", "08:00", "Mon 9 Jun 23:00"]
    assert [(each.still_open, each.lasted) for each in shown] == [
        (True, "23 h"),
        (True, "23 h"),
        (False, "11 h 30 min"),
    ]


def test_long_lists_are_cut_and_say_so():
    slices = tuple(
        Slice(name=f"c{n}", sent=9, delivered=9, failed=0, opt_outs=0, sent_before=1, delivered_before=1)
        for n in range(11)
    )
    digest = render(quiet(carriers=slices))
    assert "and 3 more" in digest.text
    assert "and 3 more" in Page(digest.html).text
    assert "c8" not in digest.text


def test_the_largest_mail_is_not_cut_by_gmail_which_shows_102_kb():
    slices = tuple(
        Slice(name=f"{n} " + "x" * 60, sent=9, delivered=8, failed=1, opt_outs=0, sent_before=9, delivered_before=9)
        for n in range(20)
    )
    incidents = tuple(burning("critical", message="y" * 400, entity=f"carrier {n}") for n in range(20))
    digest = render(replace(busy(), carriers=slices, campaigns=slices, incidents=incidents))
    assert len(digest.html.encode()) < 100_000
