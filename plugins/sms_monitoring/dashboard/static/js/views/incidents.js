// All incidents, open and over: filtered by the address, page by page.
import { html } from "../lib.js";
import { query } from "../api.js";
import { span } from "../format.js";
import { mayAct } from "../me.js";
import { usePages, useResource } from "../resource.js";
import { address, place, set } from "../route.js";
import { resolution } from "../words.js";
import { Title, Measured } from "../parts/incident-card.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "../parts/states.js";
import { Badge, Choice, Field, More, Panel, Select, Severity, Time, To } from "../parts/ui.js";

const STATES = [["all", "All"], ["open", "Open"], ["resolved", "Resolved"]];
const SEVERITIES = [["", "Any severity"], ["critical", "Critical"], ["warning", "Warning"], ["info", "Info"]];
const DAY = 86_400_000;

export function Incidents() {
  const state = place("state") || "all";
  const until = place("end") && new Date(new Date(`${place("end")}T00:00Z`).getTime() + DAY).toISOString();
  const filters = {
    state,
    alert_type: place("alert_type"),
    severity: place("severity"),
    start: place("start") && `${place("start")}T00:00:00Z`,
    end: until,
    limit: 25,
  };
  const incidents = usePages(`incidents${query(filters)}`, ["incident", "silence"]);
  const filtered = ["alert_type", "severity", "start", "end"].some(place) || state !== "all";
  return html`
    <${Panel} id="incidents" title="Incidents" note="The newest first" bare>
      <${Filters} state=${state} />
      ${!mayAct() && html`<${ReadOnly} what="acknowledge, resolve or silence" />`}
      <div class="card flush">
        <${Loaded} of=${incidents} what="the incidents" skeleton=${html`<${Skeleton} lines=${8} />`}>
          ${(rows) =>
            rows.length === 0
              ? html`<${Empty} title=${filtered ? "No incident matches" : "No incident so far"} icon=${filtered ? "empty" : "good"}>
                  ${filtered
                    ? html`<${To} to=${address({ view: "incidents" })}>Show all incidents<//>`
                    : "When an alert fires, it is kept here for good."}
                <//>`
              : html`<${Rows} of=${rows} />`}
        <//>
      </div>
      <${More} of=${incidents} what="incidents" />
    <//>
  `;
}

function Filters({ state }) {
  const thresholds = useResource("thresholds");
  const types = [["", "Any alert"], ...(thresholds.data ?? []).map((each) => [each.alert_type, each.title])];
  const on = (name) => (value) => set({ [name]: value });
  const date = (name) => html`<input id="filter-${name}" type="date" value=${place(name)} onChange=${(event) => on(name)(event.currentTarget.value)} />`;
  return html`
    <form class="bar card" aria-label="Filter" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="State" name="state" options=${STATES} value=${state} onChange=${on("state")} />
      <${Field} label="Alert" for="filter-type" class="grow"><${Select} id="filter-type" value=${place("alert_type")} options=${types} onChange=${on("alert_type")} /><//>
      <${Field} label="Severity" for="filter-severity"><${Select} id="filter-severity" value=${place("severity")} options=${SEVERITIES} onChange=${on("severity")} /><//>
      <${Field} label="From (UTC)" for="filter-start">${date("start")}<//>
      <${Field} label="To, included" for="filter-end">${date("end")}<//>
    </form>
  `;
}

const Rows = ({ of }) => html`
  <table class="list">
    <caption class="unseen">Incidents, the newest first</caption>
    <thead><tr><th scope="col">Began (UTC)</th><th scope="col">Incident</th><th scope="col">Severity</th><th scope="col">State</th><th scope="col">Value</th><th scope="col">Lasted</th><th scope="col">Who</th></tr></thead>
    <tbody>
      ${of.map(
        (each) => html`<tr key=${each.id}>
          <td data-label="Began"><${Time} at=${each.triggered_at} /></td>
          <th scope="row"><${To} to=${address({ view: "incidents", incident: each.id })}><${Title} of=${each} /><//></th>
          <td data-label="Severity"><${Severity} code=${each.severity} /></td>
          <td data-label="State"><${Badge} code=${each.state} />${each.silenced && html` <${Badge} code="silenced" words="Silenced" as="quiet" />`}</td>
          <td data-label="Value"><${Measured} of=${each} /></td>
          <td data-label="Lasted">${span(each.triggered_at, each.resolved_at ?? new Date())}${!each.resolved_at && " so far"}</td>
          <td data-label="Who" class="soft">${each.resolved_by ? resolution(each.resolved_by) : each.acknowledged_by ? `acknowledged by ${each.acknowledged_by}` : "nobody yet"}</td>
        </tr>`,
      )}
    </tbody>
  </table>
`;
