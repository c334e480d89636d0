// Numbers and times as text. Times are UTC, which the page says once; the reader's own time stands in the tooltip.
const LOCALE = "en-GB";

const plain = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });
const zone = { timeZone: "UTC" };
const clock = new Intl.DateTimeFormat(LOCALE, { ...zone, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { ...zone, day: "numeric", month: "short" });
const dayWithYear = new Intl.DateTimeFormat(LOCALE, { ...zone, day: "numeric", month: "short", year: "numeric" });
const local = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "long" });

// A unit never stands alone on the next line.
const NBSP = "\u00a0";
export const MISSING = "–";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number with its unit: 1,234 · 97.3 % · $ 0.0042 · 1.8 × a usual day. */
export function quantity(value, unit = "") {
  if (value === null || value === undefined || value === "" || Number.isNaN(Number(value))) return MISSING;
  const number = Number(value);
  if (/^(usd|\$)$/i.test(unit)) return dollars(number);
  if (unit === "ms") return milliseconds(number);
  if (unit === "%") return `${plain.format(number)}${NBSP}%`;
  const text = Math.abs(number) >= 1e6 ? compact.format(number) : plain.format(number);
  return unit && unit !== "count" ? `${text}${NBSP}${unit.replace(" ", NBSP)}` : text;
}

/** 840 ms, 8.4 s, 2 min 5 s. */
function milliseconds(number) {
  if (Math.abs(number) < 1000) return `${Math.round(number)} ms`;
  if (number < MINUTE) return `${(number / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 })} s`;
  return `${Math.floor(number / MINUTE)} min ${Math.round((number % MINUTE) / 1000)} s`;
}

function dollars(number) {
  const digits = number !== 0 && Math.abs(number) < 1 ? 4 : 2;
  const text = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: digits });
  return `${number < 0 ? "−" : ""}$${text.format(Math.abs(number))}`;
}

const fraction = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });

/** What was measured, as exact as people read it: 14.2857142 → 14.29, 0.00123456 → 0.00123. */
export const rounded = (value) => (typeof value === "number" ? (Math.abs(value) < 1 ? fraction : plain).format(value) : value);

export const exact = (value) => (typeof value === "number" ? new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 6 }).format(value) : value);

const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${plain.format(Math.abs(value))}`;

export const percent = (value) => `${signed(value)}${NBSP}%`;

/** The difference of two percentages: −34.7 points. */
export const points = (difference) => `${signed(difference)}${NBSP}${Math.abs(difference) === 1 ? "point" : "points"}`;

/** How many times as much: × 182. */
export const times = (ratio) => `×${NBSP}${plain.format(Math.round(ratio))}`;

export const count = (number, one, many = `${one}s`) => `${plain.format(number)} ${number === 1 ? one : many}`;

const asDate = (moment) => (moment instanceof Date ? moment : new Date(moment));

export const timeOfDay = (moment) => clock.format(asDate(moment));
export const date = (moment) => dayWithYear.format(asDate(moment));
export const localTime = (moment) => `${local.format(asDate(moment))} (your time)`;

const dayAndTime = (at, now) => `${(at.getUTCFullYear() === now.getUTCFullYear() ? day : dayWithYear).format(at)} ${clock.format(at)}`;

/** 14:05 today, 3 Oct 14:05 this year, 3 Oct 2025 14:05 before. */
export function dateTime(moment, now = new Date()) {
  const at = asDate(moment);
  if (Number.isNaN(at.getTime())) return MISSING;
  if (at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)) return clock.format(at);
  return dayAndTime(at, now);
}

/** The two ends of a range: [20 Nov 16:00, 17:00], and with both days [20 Nov 16:00, 21 Nov 16:00]. */
export function ends(from, to, now = new Date()) {
  const [start, end] = [asDate(from), asDate(to)];
  const dayOf = (at) => at.toISOString().slice(0, 10);
  if (dayOf(start) === dayOf(end)) return [dateTime(start, now), timeOfDay(end)];
  return [dayAndTime(start, now), dayAndTime(end, now)];
}

/** The whole of a time, with its zone. */
export const fullTime = (moment) => `${date(moment)} ${timeOfDay(moment)} UTC`;

/** 5 minutes ago, in 2 hours. */
export function ago(moment, now = new Date()) {
  const passed = asDate(moment) - now;
  const size = Math.abs(passed);
  if (size < MINUTE) return "just now";
  if (size < HOUR) return relative.format(Math.round(passed / MINUTE), "minute");
  if (size < 2 * DAY) return relative.format(Math.round(passed / HOUR), "hour");
  return relative.format(Math.round(passed / DAY), "day");
}

/** 90 minutes → 1 h 30 min. */
export function duration(minutes) {
  if (minutes === null || minutes === undefined) return MISSING;
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor((minutes % 1440) / 60), "h"],
    [Math.round(minutes % 60), "min"],
  ].filter(([number]) => number);
  return parts.map(([number, unit]) => `${number} ${unit}`).join(" ") || "0 min";
}

export const span = (from, to) => duration(Math.max(0, Math.round((asDate(to) - asDate(from)) / MINUTE)));

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** daily_limit_hit → Daily limit hit. */
export const readable = (name) => capital(String(name ?? "").replaceAll("_", " "));
