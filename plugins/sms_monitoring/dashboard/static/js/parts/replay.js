// What the edited threshold would have said over the stored history.
import { html, useEffect, useState } from "../lib.js";
import { send } from "../api.js";
import { count, duration, quantity } from "../format.js";
import { address } from "../route.js";
import { theme } from "../theme.js";
import { Drawing } from "./drawing.js";
import { Icon } from "./icons.js";
import { Empty, Failure, Skeleton } from "./states.js";
import { Choice, Panel, Time, To } from "./ui.js";

const DAYS = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"]];
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** @param {(changes: object) => void} onTried called with what was tried, once its result is shown */
export function Replay({ alertType, changes, onTried }) {
  const [days, setDays] = useState("90");
  const [state, setState] = useState({ result: null, error: null, busy: false, of: null });
  const asked = JSON.stringify([changes, days, theme.value]);

  const tryIt = async () => {
    setState((before) => ({ ...before, busy: true, error: null }));
    const start = new Date(Math.floor(Date.now() / HOUR) * HOUR - Number(days) * DAY).toISOString();
    try {
      const result = await send("POST", `thresholds/${alertType}/replay`, { changes, start, theme: theme.value });
      setState({ result, error: null, busy: false, of: asked });
      onTried(changes);
    } catch (error) {
      setState((before) => ({ ...before, error, busy: false }));
    }
  };
  // Another theme needs another chart.
  useEffect(() => {
    if (state.result) tryIt();
  }, [theme.value]);

  const { result, error, busy } = state;
  const outdated = result && state.of !== asked;
  const actions = html`<${Choice} label="Over how many days" name="replay-days" options=${DAYS} value=${days} onChange=${setDays} />`;
  return html`
    <${Panel} id="replay" title="On the stored history" actions=${actions} class="replay">
      <p class="try">
        <button type="button" class="button primary" disabled=${busy} onClick=${tryIt}>${busy ? "Trying …" : "Try it"}</button>
        <span class="soft">${Object.keys(changes).length ? `With ${count(Object.keys(changes).length, "change")}. ` : "The threshold as it is. "}Nothing is changed, nobody is told.</span>
      </p>
      <div aria-live="polite" aria-busy=${busy}>
        ${error && html`<${Failure} what="the replay" error=${error} retry=${tryIt} />`}
        ${busy && !result && html`<${Skeleton} tall />`}
        ${!result && !busy && !error && html`<${Empty} title="What would it have said?" icon="chart">Change a value and try it: you see when it would have fired, and which known incidents it would have missed.<//>`}
        ${result && html`
          <div class="loaded ${busy ? "loading" : ""}">
            <p class="verdict">${result.summary}</p>
            ${outdated && html`<p class="soft"><${Icon} name="warn" />You changed something since. Try it again.</p>`}
            ${result.detail && html`<p class="soft">${result.detail}</p>`}
            <${Drawing} spec=${result.chart} label=${result.summary} />
            <${Both} current=${result.current} proposed=${result.proposed} />
            <${Firings} of=${result.firings} />
            <${Missed} of=${result.incidents} />
            ${result.notes?.map((text) => html`<p class="hint" key=${text}>${text}</p>`)}
          </div>
        `}
      </div>
    <//>
  `;
}

const ROWS = [
  ["condition", "Fires when", (value) => value],
  ["firings", "Fires", (value) => count(value, "time")],
  ["firings_without_known_incident", "… without a known incident", quantity],
  ["incidents_caught", "Known incidents caught", quantity],
  ["incidents_missed", "… missed", quantity],
  ["messages", "Messages", quantity],
  ["hours_firing", "Time firing", (value) => duration(value * 60)],
];

const Both = ({ current, proposed }) => html`
  <table class="data both">
    <caption class="unseen">The threshold as it is, and as proposed</caption>
    <thead><tr><td></td><th scope="col">As it is</th><th scope="col">Proposed</th></tr></thead>
    <tbody>
      ${ROWS.map(
        ([name, label, words]) => html`<tr key=${name} class=${current[name] === proposed[name] ? "" : "differs"}>
          <th scope="row">${label}</th><td>${words(current[name])}</td><td>${words(proposed[name])}</td>
        </tr>`,
      )}
    </tbody>
  </table>
`;

const MOST = 12;

const Firings = ({ of }) =>
  of.length > 0 &&
  html`<details class="group"><summary><h3>When it would have fired</h3></summary>
    <ul class="firings">
      ${of.slice(0, MOST).map(
        (each, index) => html`<li key=${index}>
          <${Time} at=${each.began} /> · ${each.hours === null ? "still open" : duration(each.hours * 60)}${each.entity !== "all" ? ` · ${each.entity}` : ""}
          ${each.new ? html` <span class="soft">no known incident</span>` : each.incidents?.[0] && html` <${To} to=${address({ view: "incidents", incident: each.incidents[0] })}>known incident<//>`}
          ${!each.told && html` <span class="soft">nobody told: cooldown</span>`}
        </li>`,
      )}
    </ul>
    ${of.length > MOST && html`<p class="soft">and ${count(of.length - MOST, "more firing")}</p>`}
  </details>`;

function Missed({ of }) {
  const missed = of.filter((each) => !each.caught);
  if (!missed.length) return null;
  return html`<details class="group" open><summary><h3>Known incidents it would have missed</h3></summary>
    <ul class="firings">
      ${missed.slice(0, MOST).map(
        (each) => html`<li key=${each.id}><${To} to=${address({ view: "incidents", incident: each.id })}><${Time} at=${each.triggered_at} /><//> · ${each.severity}${each.entity !== "all" ? ` · ${each.entity}` : ""}</li>`,
      )}
    </ul>
  </details>`;
}
