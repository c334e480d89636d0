// What is shown stands in the address: deep links, back and forward work.
import { signal } from "./lib.js";

export const DEFAULTS = { view: "overview", range: "24h" };

const read = () => Object.fromEntries(new URLSearchParams(window.location.search));

const parameters = signal(read());
window.addEventListener("popstate", () => (parameters.value = read()));

/** A parameter of the address, else its default, else "". */
export const place = (name) => parameters.value[name] ?? DEFAULTS[name] ?? "";

/** The view; an incident in the address is one by itself. */
export const view = () => parameters.value.view ?? (parameters.value.incident ? "incidents" : DEFAULTS.view);

/** The address of this page with other parameters: those of `kept` stay, null leaves one out. */
export function address(changed, kept = ["range", "dimension", "value"]) {
  const next = {};
  for (const name of kept) if (parameters.value[name]) next[name] = parameters.value[name];
  Object.assign(next, changed);
  const given = Object.entries(next).filter(([name, value]) => value && value !== DEFAULTS[name]);
  return given.length ? `?${new URLSearchParams(given)}` : "?";
}

/** Go there: a step for the back button, or (`replace`) a setting of what is seen already. */
export function go(search, { replace = false } = {}) {
  const url = new URL(search, window.location.href);
  if (search === "?") url.search = "";
  url.hash = "";
  window.history[replace ? "replaceState" : "pushState"](null, "", url);
  parameters.value = read();
}

/** Set parameters where we are. */
export const set = (changed) => go(address(changed, Object.keys(parameters.value)), { replace: true });
