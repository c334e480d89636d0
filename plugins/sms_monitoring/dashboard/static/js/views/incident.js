// One incident: what it is, what happened, who was told and why not, what can be done.
import { html } from "../lib.js";
import { count, quantity, readable, span } from "../format.js";
import { mayAct } from "../me.js";
import { usePages, useResource } from "../resource.js";
import { address } from "../route.js";
import { channelName, eventName, look, messageWords, suppression } from "../words.js";
import { Actions } from "../parts/act.js";
import { CopyLink } from "../parts/copy-link.js";
import { Icon } from "../parts/icons.js";
import { Measured, Standing, Title } from "../parts/incident-card.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "../parts/states.js";
import { Badge, Between, Facts, Leave, More, Panel, Severity, Time, To } from "../parts/ui.js";

export function IncidentPage({ id }) {
  const incident = useResource(`incidents/${encodeURIComponent(id)}`, ["incident", "silence"]);
  return html`
    <p class="back"><${To} to=${address({ view: "incidents" })}><${Icon} name="back" />All incidents<//></p>
    <${Loaded} of=${incident} what="the incident" skeleton=${html`<div class="card"><${Skeleton} lines=${8} /></div>`}>
      ${(of) => html`
        <${Head} of=${of} />
        <div class="halves">
          <${Panel} id="timeline" title="What happened">
            ${of.timeline_is_whole === false && html`<p class="soft">It is long; its oldest entries are left out.</p>`}
            <${Timeline} of=${of.timeline} />
          <//>
          <${Deliveries} id=${of.id} />
        </div>
      `}
    <//>
  `;
}

const Head = ({ of }) => html`
  <section class="card incident ${of.severity}" aria-labelledby="incident-title">
    <div class="incident-head">
      <${Severity} code=${of.severity} />
      <h2 id="incident-title"><${Title} of=${of} /></h2>
      <${Badge} code=${of.state} />
    </div>
    <p class="lead">${of.message}</p>
    <p class="incident-facts"><${Standing} of=${of} /></p>
    <${Facts}
      of=${[
        ["Value", of.metric_value !== null && html`<${Measured} of=${of} />`],
        ["Sample", of.sample_size !== null && quantity(of.sample_size)],
        ["Judged", of.window_start && html`<${Between} from=${of.window_start} to=${of.window_end} /> UTC`],
        ["Began", html`<${Time} at=${of.triggered_at} /> UTC`],
        [of.resolved_at ? "Lasted" : "Lasts", span(of.triggered_at, of.resolved_at ?? new Date())],
        ["Owner", of.owner],
        ["Alert", html`<${To} to=${address({ view: "thresholds", alert_type: of.alert_type })}>${of.alert_type}<//>`],
      ]}
    />
    <div class="incident-foot">
      <${Actions} incident=${of} all />
      <div class="links">
        <${CopyLink} to=${address({ incident: of.id }, [])} />
        <${Leave} to=${of.dag_run_url}>DAG run<//> <${Leave} to=${of.task_log_url}>Task log<//> <${Leave} to=${of.runbook_url}>Runbook<//>
      </div>
    </div>
    ${!mayAct() && !of.resolved_at && html`<${ReadOnly} what="acknowledge, resolve or silence" />`}
  </section>
`;

// Sign, words, and what stands before the person or channel.
const HAPPENED = {
  opened: ["bad", "Began", "by"],
  state_changed: ["busy", "State changed", "by"],
  decided: ["quiet", "Decided", "by"],
  told: ["good", "Told", ""],
  to_be_told: ["busy", "To be told:", ""],
  held_back: ["quiet", "Held back", "from"],
  could_not_tell: ["bad", "Could not tell", ""],
  acknowledged: ["good", "Acknowledged", "by"],
  unacknowledged: ["warn", "Acknowledgement taken back", "by"],
  escalated: ["warn", "Escalated", "by"],
  resolved: ["good", "Resolved", "by"],
  silenced: ["quiet", "Silenced", "by"],
  silence_ended: ["busy", "Silence ended", "by"],
};
const ABOUT_CHANNELS = new Set(["told", "to_be_told", "held_back", "could_not_tell"]);

function Timeline({ of }) {
  if (!of.length) return html`<${Empty} title="Nothing on record" />`;
  return html`
    <ol class="timeline">
      ${of.map((entry, index) => {
        const [as, words, before] = HAPPENED[entry.what] ?? ["quiet", readable(entry.what), "by"];
        const who = ABOUT_CHANNELS.has(entry.what) ? channelName(entry.who) : entry.who === "recovered" ? "itself" : entry.who;
        const detail = messageWords(entry.detail);
        return html`<li key=${index} class=${as}>
          <span class="timeline-sign"><${Icon} name=${as} /></span>
          <div>
            <p><b>${words}</b>${entry.who && html` <span class="soft">${before}</span> ${who}`} <${Time} at=${entry.at} /></p>
            ${detail && html`<p class="soft">${detail}</p>`}
          </div>
        </li>`;
      })}
    </ol>
  `;
}

function Deliveries({ id }) {
  const deliveries = usePages(`incidents/${id}/deliveries?limit=20`, ["incident"]);
  const held = (deliveries.rows ?? []).filter((each) => each.status === "suppressed").length;
  return html`
    <${Panel} id="deliveries" title="Who was told" note=${held ? `${count(held, "message")} held back, with the reason` : null}>
      <${Loaded} of=${deliveries} what="who was told">
        ${(rows) =>
          rows.length === 0
            ? html`<${Empty} title="Nobody was told">No message was made: the alert is new, or the DAG's dispatch has not run yet.<//>`
            : html`<ul class="deliveries">${rows.map((row) => html`<${Delivery} key=${row.id} of=${row} />`)}</ul>`}
      <//>
      <${More} of=${deliveries} what="messages" />
    <//>
  `;
}

const Delivery = ({ of }) => html`
  <li>
    <div class="delivery-head">
      <b>${channelName(of.channel)}</b><span>${eventName(of.event)}</span>
      <${Badge} code=${of.status} words=${of.status === "suppressed" ? "Held back" : readable(of.status)} as=${look(of.status)} />
      <span class="since"><${Time} at=${of.sent_at ?? of.created_at} /></span>
    </div>
    ${of.suppressed_reason &&
    html`<p class="soft">${suppression(of.suppressed_reason)}${of.silence_id && html` (<${To} to=${address({ view: "silences", state: "all" })}>silence ${of.silence_id}<//>)`}</p>`}
    ${of.last_error && html`<p class="error-text"><${Icon} name="warn" />${of.last_error}</p>`}
    ${of.attempts > 1 && html`<p class="soft">${count(of.attempts, "attempt")}</p>`}
    ${of.next_attempt_at && of.status !== "sent" && html`<p class="soft">Next attempt <${Time} at=${of.next_attempt_at} /></p>`}
  </li>
`;
