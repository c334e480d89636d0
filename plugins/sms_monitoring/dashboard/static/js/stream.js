// What changed on the server: live events while the stream is up, every minute while it is not.
// A component says which topics it shows, and asks the API again when one of them changes.
import { batch, signal } from "./lib.js";
import { apiUrl } from "./places.js";
import { sessionExpired } from "./api.js";

const TOPICS = ["incident", "hour", "threshold", "silence", "quality"];
const DEBOUNCE_MS = 400;
const POLL_MS = 60_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 60_000;
// The server ends a stream every few minutes, and the browser connects again at once: that is no outage.
const PATIENCE_MS = 6_000;

/** Per topic how often it changed; to read one in a component is to follow it. */
export const changes = Object.fromEntries(TOPICS.map((topic) => [topic, signal(0)]));
/** connecting, live, or paused: then numbers come by polling. */
export const connection = signal("connecting");
/** The newest incident event, for whoever announces it. */
export const newest = signal(null);
/** What the server says about its database while it is away, else null. */
export const databaseAway = signal(null);

const waiting = new Set();
let timer = null;

/** Say that something changed: by the stream, or by what the user just did. */
export function announce(...topics) {
  for (const topic of topics) waiting.add(topic);
  timer ??= setTimeout(() => {
    timer = null;
    const due = [...waiting];
    waiting.clear();
    batch(() => due.forEach((topic) => (changes[topic].value += 1)));
  }, DEBOUNCE_MS);
}

export function follow() {
  let source = null;
  let poll = null;
  let retry = FIRST_RETRY_MS;
  let lost = false;
  let patience = null;

  const pause = () => {
    connection.value = "paused";
    lost = true;
    poll ??= setInterval(() => announce(...TOPICS), POLL_MS);
  };
  const connect = () => {
    if (sessionExpired.value) return;
    source = new EventSource(apiUrl("stream"));
    source.addEventListener("open", () => {
      connection.value = "live";
      clearTimeout(patience);
      patience = null;
      retry = FIRST_RETRY_MS;
      clearInterval(poll);
      poll = null;
      // Whatever happened while nobody listened.
      if (lost) announce(...TOPICS);
      lost = false;
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) {
        patience ??= setTimeout(pause, PATIENCE_MS);
        return;
      }
      // After an answer other than 200 the browser does not try again.
      pause();
      setTimeout(connect, retry);
      retry = Math.min(retry * 2, LAST_RETRY_MS);
    });
    for (const topic of TOPICS) {
      source.addEventListener(topic, (event) => {
        announce(topic);
        if (topic === "incident") newest.value = parsed(event.data);
      });
    }
    source.addEventListener("resync", () => announce(...TOPICS));
    source.addEventListener("problem", (event) => {
      const { database, message } = parsed(event.data) ?? {};
      databaseAway.value = database === "away" ? message : null;
      if (database === "back") announce(...TOPICS);
    });
  };
  connect();
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
