import { html } from "../lib.js";
import { capital, quantity } from "../format.js";
import { address } from "../route.js";
import { OPERATORS, resolution } from "../words.js";
import { Actions } from "./act.js";
import { Icon } from "./icons.js";
import { Badge, Leave, Severity, Time, To } from "./ui.js";

/** 87.2 %, alerts below 90 %. */
export function Measured({ of }) {
  if (of.metric_value === null) return null;
  const limit = of.threshold_value === null ? null : quantity(of.threshold_value, of.unit);
  return html`<b>${quantity(of.metric_value, of.unit)}</b>${limit && html`<span class="soft">, alerts ${OPERATORS[of.comparison_operator] ?? "past"} ${limit}</span>`}`;
}

export const Title = ({ of }) => html`${of.title}${of.entity !== "all" && html`<span class="entity"> · ${of.entity}</span>`}`;

/** Who knows of it, and whether anybody is told. */
export const Standing = ({ of }) => html`
  ${of.acknowledged_at && html`<span><${Icon} name="good" />Acknowledged by <b>${of.acknowledged_by}</b> <${Time} at=${of.acknowledged_at} /></span>`}
  ${of.silenced
    ? html`<span><${Icon} name="silence" />Silenced by <b>${of.silenced.author}</b>${of.silenced.until && html` until <${Time} at=${of.silenced.until} />`}: ${of.silenced.reason}</span>`
    : of.suppressed_by && html`<span><${Icon} name="silence" />Nobody is told: ${of.suppressed_by}</span>`}
  ${of.escalated_to && html`<span><${Icon} name="bell" />Escalated to ${of.escalated_to}</span>`}
  ${of.resolved_at && html`<span><${Icon} name="good" />${capital(resolution(of.resolved_by))} <${Time} at=${of.resolved_at} /></span>`}
`;

export const IncidentCard = ({ of }) => html`
  <article class="card incident ${of.severity}">
    <div class="incident-head">
      <${Severity} code=${of.severity} />
      <h3><${To} to=${address({ view: "incidents", incident: of.id })}><${Title} of=${of} /><//></h3>
      <${Badge} code=${of.state} />
      <span class="since soft">fired <${Time} at=${of.triggered_at} /> · <${Time} at=${of.triggered_at} relative /></span>
    </div>
    <p>${of.message}</p>
    <p class="incident-facts"><span><${Measured} of=${of} /></span><${Standing} of=${of} /></p>
    <div class="incident-foot">
      <${Actions} incident=${of} />
      <p class="links">
        <${To} to=${address({ view: "incidents", incident: of.id })}>Details<span class="unseen"> of ${of.title}</span><//>
        <${Leave} to=${of.task_log_url}>Task log<//>
        <${Leave} to=${of.runbook_url}>Runbook<//>
      </p>
    </div>
  </article>
`;
