"""What the simulated messages are about: campaigns, and made-up texts for each."""

from __future__ import annotations

from itertools import product

_THINGS = (
    "Team stand-up", "Dentist appointment", "Quarterly review", "Yoga class", "Call with Sam", "Project kick-off",
    "Lunch with Priya", "Flight check-in", "Piano lesson", "Budget meeting", "Site visit", "Book club",
)  # fmt: skip

# Campaign → share of the usual traffic. None: a message that belongs to no campaign. `welcome_series` is fixed
# text, and so are the two that only incidents bring: nothing is generated for them.
CAMPAIGNS: dict[str | None, float] = {
    "event_reminder": 0.46,
    "daily_brief": 0.20,
    "task_nudge": 0.12,
    "weekly_review": 0.05,
    None: 0.14,
    "welcome_series": 0.03,
    "flash_sale": 0,
    "bulk_reminder": 0,
}
FIXED_TEXT = frozenset({"welcome_series", "flash_sale", "bulk_reminder"})

_TEMPLATES: dict[str | None, tuple[str, ...]] = {
    "event_reminder": (
        "Reminder: {} starts in 30 minutes.",
        "Coming up: {}. Everything you need is in your notes.",
        "{} is next. Leave now to be there on time.",
        "Heads-up: {} begins soon. Reply STOP to opt out.",
    ),
    "daily_brief": (
        "Good morning! First today: {}. Two more things are on your list.",
        "Your day at a glance: {}, then a free afternoon.",
    ),
    "task_nudge": ("Still open: preparing {}. Ten minutes would do.", "Nudge: {} has no agenda yet."),
    "weekly_review": ("Your week: 12 tasks done, 3 open. The longest: {}.",),
    None: ("{} was moved. Please check your calendar.", "A note was added to {}."),
    "welcome_series": ("Welcome to BuildOS! Text HELP for help, STOP to opt out.",),
    "flash_sale": ("FLASH SALE! 50% off BuildOS Pro for one hour only!!! Reply STOP to opt out.",),
    "bulk_reminder": ("You have overdue tasks. Open BuildOS to see them.",),
}


def texts_by_campaign() -> list[list[str]]:
    """The texts of each campaign, in the order of :data:`CAMPAIGNS`."""
    return [
        [template.format(thing) for template, thing in product(_TEMPLATES[campaign], _THINGS) if "{}" in template]
        or list(_TEMPLATES[campaign])
        for campaign in CAMPAIGNS
    ]
