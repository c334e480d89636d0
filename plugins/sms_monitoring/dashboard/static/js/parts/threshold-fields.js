// What can be changed of a threshold, and how it is asked for. A new column is one line here.
const SEVERITIES = [["info", "Info"], ["warning", "Warning"], ["critical", "Critical"]];
const OPERATOR_OPTIONS = [["<", "is below"], ["<=", "is at or below"], [">", "is above"], [">=", "is at or above"]];
const POLICIES = [["keep", "says so, and changes nothing"], ["alert", "is a breach"], ["ok", "means all is well"]];

/**
 * Groups of {column, label, kind, hint}; kinds: number, whole, flag, select, channel, channels, text, url.
 * `judges`: its fields decide when the alert fires.
 */
export const GROUPS = [
  {
    title: "Fires when",
    judges: true,
    open: true,
    fields: [
      { column: "comparison_operator", label: "The value", kind: "select", options: OPERATOR_OPTIONS },
      { column: "threshold_value", label: "Threshold", kind: "number", unit: true },
      { column: "severity", label: "Severity", kind: "select", options: SEVERITIES },
      { column: "enabled", label: "Enabled", kind: "flag", hint: "Off: it is not judged at all." },
    ],
  },
  {
    title: "Who is told",
    open: true,
    fields: [
      { column: "notification_channel", label: "Channel", kind: "channel" },
      { column: "cooldown_minutes", label: "Cooldown", kind: "whole", suffix: "minutes", hint: "Between two alerts of it." },
      { column: "additional_channels", label: "Also", kind: "channels" },
      { column: "repeat_interval_minutes", label: "Remind every", kind: "whole", suffix: "minutes", nullable: true, hint: "While nobody has acknowledged it. Empty: never." },
      { column: "escalation_channel", label: "Escalate to", kind: "channel", nullable: true },
      { column: "escalate_after_minutes", label: "Escalate after", kind: "whole", suffix: "minutes", nullable: true, hint: "Without an acknowledgement." },
    ],
  },
  {
    title: "Against false alarms",
    judges: true,
    fields: [
      { column: "minimum_sample", label: "Smallest sample", kind: "whole", hint: "Less is “too little data”, not OK." },
      { column: "confidence", label: "Confidence", kind: "number", hint: "With which a rate must be past the threshold: 0.95." },
      { column: "pending_evaluations", label: "Fires after", kind: "whole", suffix: "breaches", hint: "In a row." },
      { column: "recovery_evaluations", label: "Over after", kind: "whole", suffix: "good values", hint: "In a row." },
      { column: "recovery_threshold", label: "Good again at", kind: "number", unit: true, nullable: true, hint: "Empty: at the threshold." },
      { column: "no_data_policy", label: "No data", kind: "select", options: POLICIES },
    ],
  },
  {
    title: "Which hours are judged",
    judges: true,
    fields: [
      { column: "widen_to_hours", label: "Widen to", kind: "whole", suffix: "hours", hint: "When the sample is too small." },
      { column: "long_window_hours", label: "Then up to", kind: "whole", suffix: "hours" },
      { column: "long_window_minimum_sample", label: "With at least", kind: "whole", suffix: "in the sample" },
      { column: "evaluation_delay_hours", label: "Delay", kind: "whole", suffix: "hours", hint: "For data that arrive late." },
    ],
  },
  {
    title: "Whose it is",
    fields: [
      { column: "owner", label: "Owner", kind: "text", nullable: true },
      { column: "runbook_url", label: "Runbook", kind: "url", nullable: true, hint: "https://…" },
    ],
  },
];

export const FIELDS = GROUPS.flatMap((group) => group.fields);

/** What a control shows: text, but for flags and lists. */
export function shown(field, value) {
  if (field.kind === "flag") return Boolean(value);
  if (field.kind === "channels") return value ?? [];
  return value === null || value === undefined ? "" : String(value);
}

/** What the API is given for what a control shows. */
function meant(field, value) {
  if (field.kind === "flag" || field.kind === "channels") return value;
  const text = value.trim();
  if (text === "") return null;
  return field.kind === "number" || field.kind === "whole" ? Number(text) : text;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Column → new value, of all that differ from the threshold as it is. */
export function changesOf(threshold, values) {
  const changed = FIELDS.filter((field) => field.column in values)
    .map((field) => [field.column, meant(field, values[field.column]), threshold[field.column] ?? null])
    .filter(([, after, before]) => !same(after, before));
  return Object.fromEntries(changed.map(([column, after]) => [column, after]));
}

const JUDGING = GROUPS.filter((group) => group.judges).flatMap((group) => group.fields.map((field) => field.column));

/** Those of the changes that decide when the alert fires, as text to compare. */
export const judgedOf = (changes) => JSON.stringify(Object.entries(changes).filter(([column]) => JUDGING.includes(column)));
