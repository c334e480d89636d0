// What is watched, when it fires, where it stands.
import { html } from "../lib.js";
import { duration, quantity } from "../format.js";
import { mayAct } from "../me.js";
import { useResource } from "../resource.js";
import { address } from "../route.js";
import { channelName, OPERATORS, reasonWords } from "../words.js";
import { Audit } from "../parts/audit.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "../parts/states.js";
import { Badge, Panel, Severity, To } from "../parts/ui.js";

export function Thresholds() {
  const thresholds = useResource("thresholds", ["threshold", "hour", "incident"]);
  return html`
    <${Panel} id="thresholds" title="Thresholds" note="Open one to try other values on the stored history before you save them" bare>
      ${!mayAct() && html`<${ReadOnly} what="change thresholds" />`}
      <div class="card flush">
        <${Loaded} of=${thresholds} what="the thresholds" skeleton=${html`<${Skeleton} lines=${8} />`}>
          ${(rows) =>
            rows.length === 0
              ? html`<${Empty} title="No thresholds">The migrations make them: run the DAG <code>sms_metrics_migrate</code>, or <code>make db</code>.<//>`
              : html`<${Rows} of=${rows.filter((each) => each.watches !== "monitoring")} about="Thresholds by alert" />`}
        <//>
      </div>
    <//>
    <${OfMonitoring} of=${(thresholds.data ?? []).filter((each) => each.watches === "monitoring")} />
    <${Audit} title="Changes to alerts" />
  `;
}

/** Nothing of these is about messages: they tell when the numbers, or who makes them, cannot be relied on. */
const OfMonitoring = ({ of }) =>
  of.length > 0 &&
  html`
    <${Panel} id="monitoring" title="The monitoring itself" note="Is the data good, and does everything run that should" bare>
      <div class="card flush"><${Rows} of=${of} about="Thresholds of the monitoring itself" /></div>
    <//>
  `;

/** Numbers that failed their checks are no small print: there is a place that says what failed. */
const Why = ({ of }) => of.reason === "bad_data" && html`<span class="soft block"><${To} to=${address({ view: "quality" })}>${reasonWords(of.reason)}<//></span>`;

const Rows = ({ of, about }) => html`
  <table class="list">
    <caption class="unseen">${about}</caption>
    <thead><tr><th scope="col">Alert</th><th scope="col">Fires when</th><th scope="col">Now</th><th scope="col">State</th><th scope="col">Severity</th><th scope="col">Tells</th><th scope="col">Cooldown</th><th scope="col"><span class="unseen">Edit</span></th></tr></thead>
    <tbody>
      ${of.map((each) => {
        const to = address({ view: "thresholds", alert_type: each.alert_type });
        return html`<tr key=${each.alert_type} class=${each.enabled ? "" : "off"}>
          <th scope="row"><${To} to=${to}>${each.title}<//><span class="code">${each.alert_type}</span></th>
          <td data-label="Fires when">${OPERATORS[each.comparison_operator]} <b>${quantity(each.threshold_value, each.unit)}</b></td>
          <td data-label="Now">${quantity(each.current_value, each.unit)}${each.entity !== "all" && each.current_value !== null ? html` <span class="soft">${each.entity}</span>` : ""}</td>
          <td data-label="State"><span title=${reasonWords(each.reason)}><${Badge} code=${each.state} /></span><${Why} of=${each} /></td>
          <td data-label="Severity"><${Severity} code=${each.severity} /></td>
          <td data-label="Tells">${[each.notification_channel, ...each.additional_channels].map(channelName).join(", ")}</td>
          <td data-label="Cooldown">${duration(each.cooldown_minutes)}</td>
          <td class="end"><${To} class="button small" to=${to}>${mayAct() ? "Edit" : "Try"}<span class="unseen"> ${each.title}</span><//></td>
        </tr>`;
      })}
    </tbody>
  </table>
`;
