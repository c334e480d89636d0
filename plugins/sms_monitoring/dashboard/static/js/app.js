// The frame around the views: heading, navigation, who is looking, whether it is live.
import { html, useEffect, useRef } from "./lib.js";
import { sessionExpired } from "./api.js";
import { timeOfDay, localTime, readable } from "./format.js";
import { me } from "./me.js";
import { updatedAt, useResource } from "./resource.js";
import { address, place, view } from "./route.js";
import { connection, databaseAway, follow, newest } from "./stream.js";
import { AIRFLOW, framed, STATIC } from "./places.js";
import { notes, say } from "./told.js";
import { Failure, LogInAgain, Skeleton } from "./parts/states.js";
import { Icon } from "./parts/icons.js";
import { To } from "./parts/ui.js";
import { Overview } from "./views/overview.js";
import { Incidents } from "./views/incidents.js";
import { IncidentPage } from "./views/incident.js";
import { Thresholds } from "./views/thresholds.js";
import { ThresholdPage } from "./views/threshold.js";
import { Silences } from "./views/silences.js";
import { Users } from "./views/users.js";
import { Channels } from "./views/channels.js";
import { Quality } from "./views/quality.js";
import { QualityRunPage } from "./views/quality-run.js";
import { Data } from "./views/data.js";
import { NoPermission } from "./views/no-permission.js";

const VIEWS = {
  overview: ["Overview", Overview],
  incidents: ["Incidents", Incidents],
  quality: ["Data quality", Quality],
  thresholds: ["Thresholds", Thresholds],
  silences: ["Silences", Silences],
  channels: ["Channels", Channels],
  users: ["Users", Users],
  data: ["Data", Data],
};
// A view of one thing, when the address names it.
const PAGES = { incidents: ["incident", IncidentPage], thresholds: ["alert_type", ThresholdPage], quality: ["run", QualityRunPage] };

export function App() {
  const who = useResource("me");
  me.value = who.data;
  const mayRead = who.data?.may_read === true;
  useEffect(() => {
    if (mayRead) follow();
  }, [mayRead]);
  const shown = VIEWS[view()] ? view() : "overview";
  useArrival(shown, mayRead);
  useNews();
  return html`
    <header class="top">
      <div class="brand"><img src=${new URL("icon.svg", STATIC).href} alt="" width="26" height="26" /><h1>SMS Monitoring</h1></div>
      ${mayRead &&
      html`<nav aria-label="Dashboard">
        ${Object.entries(VIEWS).map(
          ([name, [words]]) => html`<${To} key=${name} to=${address({ view: name })} aria-current=${name === shown ? "page" : null}>${words}<//>`,
        )}
      </nav>`}
      ${mayRead && html`<${Live} />`}
      ${!framed && html`<a class="home" href=${AIRFLOW.href}>Airflow<${Icon} name="link" /></a>`}
    </header>
    <main id="main" tabindex="-1">
      ${sessionExpired.value && html`<${LogInAgain} />`}
      ${databaseAway.value && html`<p class="strip bad" role="status"><${Icon} name="bad" />${databaseAway.value}</p>`}
      ${who.data === null && !sessionExpired.value
        ? who.error
          ? html`<${Failure} what="who you are" error=${who.error} retry=${who.retry} />`
          : html`<${Skeleton} lines=${6} />`
        : who.data && (mayRead ? html`<${Shown} name=${shown} />` : html`<${NoPermission} />`)}
    </main>
    <footer class="foot">
      <p>All times are UTC; a day is a UTC day. Point at a time to see yours.</p>
      ${who.data && html`<p>Logged in as <b>${who.data.name}</b>${mayRead && !who.data.may_act ? ", who may look but not act" : ""}</p>`}
    </footer>
    <${Notes} />
  `;
}

function Shown({ name }) {
  const [parameter, Page] = PAGES[name] ?? [];
  const of = parameter && place(parameter);
  if (of && !(name === "thresholds" && place("list"))) return html`<${Page} key=${of} id=${of} />`;
  const [, View] = VIEWS[name];
  return html`<${View} key=${name} />`;
}

/** Another view is another page: its name in the title, the focus at its beginning. */
function useArrival(shown, ready) {
  const here = `${shown} ${place("incident")} ${shown === "thresholds" ? place("alert_type") : ""} ${place("run")}`;
  const before = useRef(here);
  useEffect(() => {
    document.title = shown === "overview" ? "SMS Monitoring" : `${VIEWS[shown][0]} · SMS Monitoring`;
    const [tab] = document.querySelectorAll(".top nav a[aria-current]");
    // On a phone the navigation is wider than the screen.
    if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.clientWidth) / 2;
    if (before.current === here) return;
    before.current = here;
    window.scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
    say(VIEWS[shown][0]);
  }, [here, ready]);
}

/** New incidents are said aloud; whoever sees the page sees them appear. */
function useNews() {
  const event = newest.value;
  useEffect(() => {
    if (event?.change === "opened") {
      const where = event.entity && event.entity !== "all" ? `, ${event.entity}` : "";
      say(`New ${event.severity ?? ""} incident: ${readable(event.alert_type)}${where}`);
    }
  }, [event]);
}

function Live() {
  const at = updatedAt.value;
  const words = { live: "Live", connecting: "Connecting …", paused: "Live updates paused, reconnecting …" }[connection.value];
  return html`
    <p class="pulse ${connection.value}">
      <span class="dot" aria-hidden="true"></span><span role="status">${words}</span>
      ${at && html`<time class="soft" datetime=${at.toISOString()} title=${localTime(at)}>updated ${timeOfDay(at)} UTC</time>`}
    </p>
  `;
}

const Notes = () => html`
  <div class="notes" aria-hidden="true">
    ${notes.value.map((each) => html`<p key=${each.id} class="toast ${each.look}"><${Icon} name=${each.look} />${each.text}</p>`)}
  </div>
`;
