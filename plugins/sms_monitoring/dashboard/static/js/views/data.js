// The same numbers for programs: tables as CSV, the API and its description.
import { html, useState } from "../lib.js";
import { query } from "../api.js";
import { useResource } from "../resource.js";
import { API, apiUrl } from "../places.js";
import { Icon } from "../parts/icons.js";
import { Failure } from "../parts/states.js";
import { Field, Panel, Select } from "../parts/ui.js";

const DAY = 86_400_000;
// What most who export want.
const USUAL = "sms_metrics_daily";
const day = (ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);

/** The tables that the API's own description lists for the export. */
function tablesOf(document) {
  const path = document.paths?.["/export/{table}.csv"]?.get;
  const schema = path?.parameters?.find((each) => each.name === "table")?.schema ?? {};
  const named = schema.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema;
  return named.enum ?? named.anyOf?.flatMap((each) => each.enum ?? []) ?? [];
}

export const Data = () => html`<${Export} /><${Api} />`;

function Export() {
  const description = useResource("openapi.json");
  const tables = description.answer ? tablesOf(description.answer) : [];
  const [table, setTable] = useState("");
  const [start, setStart] = useState(day(30));
  const [end, setEnd] = useState(day(0));
  const chosen = table || tables.find((name) => name === USUAL) || tables[0] || "";
  return html`
    <${Panel} id="export" title="Export" note="Any table as CSV">
      ${description.error && html`<${Failure} what="the list of tables" error=${description.error} retry=${description.retry} />`}
      <div class="bar">
        <${Field} label="Table" for="export-table" class="grow"><${Select} id="export-table" value=${chosen} options=${tables.map((name) => [name, name])} onChange=${setTable} /><//>
        <${Field} label="From (UTC)" for="export-start"><input id="export-start" type="date" value=${start} max=${end} onChange=${(event) => setStart(event.currentTarget.value)} /><//>
        <${Field} label="To, included" for="export-end"><input id="export-end" type="date" value=${end} min=${start} onChange=${(event) => setEnd(event.currentTarget.value)} /><//>
        ${chosen &&
        html`<a class="button primary" download="${chosen}.csv" href=${apiUrl(`export/${chosen}.csv${query({ start_date: start, end_date: end })}`).href}><${Icon} name="download" />Download CSV</a>`}
      </div>
    <//>
  `;
}

const Api = () => html`
  <${Panel} id="api" title="The API behind this page" note="Everything here, for programs">
    <p>Its address is <code class="wrap">${API.href.replace(/\/$/, "")}</code>. Log in with Airflow's session cookie, or send a token of Airflow's <code>POST /auth/token</code>:</p>
    <pre tabindex="0" aria-label="Example">${`curl -H "Authorization: Bearer $TOKEN" \\\n  "${apiUrl("daily").href}?start_date=${day(7)}&end_date=${day(0)}"`}</pre>
    <ul class="plain-list">
      <li><a href=${apiUrl("openapi.json").href} download="sms-monitoring-openapi.json"><${Icon} name="download" />OpenAPI document</a> <span class="soft">every route, parameter and shape</span></li>
      <li><a href=${apiUrl("catalogue").href}>Catalogue</a> <span class="soft">every DAG, alert and channel</span></li>
      <li><a href="static/vendor/VENDORED.md">Licences</a> <span class="soft">of the libraries that this page uses</span></li>
    </ul>
  <//>
`;
