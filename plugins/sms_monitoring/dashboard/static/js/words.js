// What the API's codes mean, in words; a code that is not listed is shown as it is.
import { readable } from "./format.js";

const SUPPRESSED = {
  cooldown: "Too soon after the last one (cooldown)",
  silenced: "A silence holds it back",
  muted: "A mute window holds it back",
  inhibited: "A graver alert already speaks for it (inhibited)",
  trigger_not_delivered: "Nobody had been told that it began",
  superseded: "Something newer was sent in its place",
};
const EVENTS = {
  trigger: "Alert",
  repeat: "Reminder",
  escalate: "Escalation",
  acknowledge: "Acknowledgement",
  resolve: "All-clear",
  test: "Test",
  notice: "Notice",
};
const STATES = {
  ok: "OK",
  pending: "Pending",
  firing: "Firing",
  recovering: "Recovering",
  no_data: "No data",
  insufficient_data: "Too little data",
  error: "Error",
  disabled: "Disabled",
  never_evaluated: "Not evaluated yet",
  resolved: "Resolved",
  acknowledged: "Acknowledged",
};
const CHANNELS = { slack: "Slack", pagerduty: "PagerDuty", email: "E-mail", sms: "Text message", webhook: "Webhook" };

const REASONS = {
  within_threshold: "Within the threshold",
  not_recovered: "Within the threshold, but not yet good enough to be over",
  past_threshold: "Past the threshold",
  not_aggregated: "The hour is not aggregated yet",
  no_rows: "Nothing to judge",
  no_value: "Nothing to divide by",
  seen_at_last: "Others are watched in its place",
  sample_too_small: "The sample is too small",
  not_significant: "Past the threshold, but in a sample of this size that may be chance",
  query_failed: "The query failed",
  bad_data: "Its data failed quality checks",
};

const VERDICTS = {
  passed: "Passed",
  warning: "Warnings",
  critical: "Failed",
  error: "Could not be checked",
  late: "Overdue",
  never: "Not checked yet",
  running: "Running",
  killed: "Broke off",
};
const PLANS = { gate: "Hourly gate", full: "Daily full run" };

/** How a run of quality checks ended, or why it did not. */
export const verdictName = (code) => VERDICTS[code] ?? readable(code);
export const planName = (plan) => PLANS[plan] ?? readable(plan);

/** Why a verdict was reached. */
export const reasonWords = (reason) => REASONS[reason] ?? reason;
/** "resolved by ann", but "recovered by itself". */
export const resolution = (who) => (who === "recovered" ? "recovered by itself" : `resolved by ${who}`);
/** What the timeline says of a message: a code in words, any other text as it is. */
export const messageWords = (detail) => EVENTS[detail] ?? SUPPRESSED[detail] ?? detail;
export const suppression = (reason) => SUPPRESSED[reason] ?? readable(reason);
export const eventName = (event) => EVENTS[event] ?? readable(event);
export const stateName = (state) => STATES[state] ?? readable(state);
export const channelName = (channel) => CHANNELS[channel] ?? readable(channel);

/** Which of the looks (good, bad, warn, busy, quiet) a state, status or severity has. */
export const LOOKS = {
  ok: "good", sent: "good", resolved: "good", healthy: "good", passed: "good",
  firing: "bad", failed: "bad", error: "bad", critical: "bad", killed: "bad",
  warning: "warn", pending: "warn", recovering: "warn", no_data: "warn", stale: "warn", attention: "warn", late: "warn",
  info: "busy", sending: "busy", acknowledged: "busy", running: "busy",
};
export const look = (code) => LOOKS[code] ?? "quiet";

export const OPERATORS = { "<": "below", "<=": "at or below", ">": "above", ">=": "at or above" };
