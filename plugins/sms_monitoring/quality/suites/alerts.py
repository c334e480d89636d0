"""What the alert engine wrote: states, evaluations, incidents, and what was said of them."""

from __future__ import annotations

from sms_monitoring.alerts.model import State
from sms_monitoring.quality.model import Suite
from sms_monitoring.quality.suites.build import (
    between,
    critical,
    filled,
    no_rows,
    none_of,
    one_of,
    true,
    unique,
    warning,
)

STATE = Suite(
    name="sms_alert_state",
    rows="sms_alert_state",
    checks=(
        critical("states_known", one_of("state", *State), "Nothing is decided from a state that is not known."),
        critical(
            "firing_has_incident",
            true("incident_is_known"),
            "An alert that fires without an incident is told to nobody, and never resolved.",
        ),
        critical(
            "not_judged_ahead",
            between("evaluated_seconds_ahead", 0, 300),
            "A window judged in the future makes every real one look old.",
        ),
        critical(
            "streaks_not_negative", between("breaches", 0, None), "Such a count never reaches what makes it fire."
        ),
        warning(
            "states_evaluated",
            no_rows("states_evaluated"),
            "A state without its evaluation was set by hand, or rows are lost.",
        ),
        warning(
            "transitions_unbroken",
            no_rows("transitions_unbroken"),
            "A change of state is missing from the record: an incident's story has a hole.",
        ),
    ),
)

EVALUATIONS = Suite(
    name="sms_alert_evaluations",
    rows="sms_alert_evaluations",
    checks=(
        critical("verdicts_known", none_of("unknown_verdicts"), "An unknown verdict is neither good nor bad."),
        critical(
            "judged_by_value", none_of("judged_without_value"), "What was judged was judged by a value and a threshold."
        ),
        critical("windows_not_empty", none_of("empty_windows"), "A window that ends before it begins holds nothing."),
        critical(
            "windows_were_over",
            none_of("before_its_end"),
            "A window judged before it was over was judged by a part of it.",
        ),
        critical("no_future_windows", none_of("in_the_future"), "What has not happened yet cannot be judged."),
        warning("hours_evaluated", no_rows("hours_evaluated"), "Hours that no alert judged: nobody watched."),
    ),
)

INCIDENTS = Suite(
    name="sms_alert_history",
    rows="sms_alert_history",
    checks=(
        critical("one_open_incident", no_rows("one_open_incident"), "Two open incidents of one alert page twice."),
        critical(
            "open_incidents_watched",
            no_rows("open_incidents_watched"),
            "An open incident that no state knows of is never resolved, and holds back others.",
        ),
        critical(
            "severities_known", one_of("severity", "info", "warning", "critical"), "Other severities page nobody."
        ),
        warning(
            "resolved_after_triggered",
            between("seconds_to_resolve", 0, None),
            "It ended before it began: a clock is wrong.",
        ),
        warning(
            "acknowledged_after_triggered",
            between("seconds_to_acknowledge", 0, None),
            "It was acknowledged before it began: a clock is wrong.",
        ),
        warning("not_triggered_ahead", between("seconds_ahead", 0, 300), "It begins in the future: a clock is wrong."),
        critical("resolver_known", true("resolver_is_known"), "Who resolved it is part of the record."),
        critical(
            "values_are_numbers", true("value_is_number"), "No value at all is null; not a number is a wrong sum."
        ),
        critical(
            "announced_incidents_told",
            no_rows("announced_incidents_told"),
            "By the books people were told of it; the outbox knows of no message.",
        ),
    ),
)

NOTIFICATIONS = Suite(
    name="sms_alert_notifications",
    rows="sms_alert_notifications",
    checks=(
        critical("ids_unique", unique("id"), "Two rows of one id are marked as one."),
        critical(
            "statuses_known",
            one_of("status", "pending", "sending", "sent", "failed", "suppressed"),
            "Nobody ever sends a row of another status.",
        ),
        critical("sent_has_a_time", true("sent_time_fits"), "What was sent has a time, and nothing else has."),
        critical("suppressed_has_a_reason", true("reason_fits"), "What was held back has a reason on record."),
        critical("incidents_known", true("incident_is_known"), "A message about an incident that there is not."),
        critical("channels_known", filled("known_channel"), "What goes to a channel that there is not reaches nobody."),
        critical("told_once", no_rows("told_once"), "The same was told twice in one channel."),
        critical(
            "keys_fit", between("key_length", 1, 255), "PagerDuty refuses longer keys, and folds nothing without one."
        ),
        warning("attempts_counted", between("attempts", 0, None), "Attempts below zero are tried for ever."),
        warning(
            "leases_taken_over", between("hours_since_lease", None, 1), "Its sender died, and nobody took it over."
        ),
    ),
)
