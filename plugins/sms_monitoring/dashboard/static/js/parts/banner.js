// How things stand, in words; and how old the numbers are.
import { html } from "../lib.js";
import { ago } from "../format.js";
import { address } from "../route.js";
import { Icon } from "./icons.js";
import { Leave, Time, To } from "./ui.js";

const LOOK = { healthy: "good", attention: "warn", critical: "bad", stale: "warn", no_data: "quiet", unknown: "quiet" };
const HOUR = 3_600_000;

export function Banner({ of }) {
  const { health, freshness, open_incidents: open } = of;
  const look = LOOK[health.status] ?? "quiet";
  return html`
    <section class="banner ${look}" aria-labelledby="headline">
      <${Icon} name=${look} />
      <div class="banner-words">
        <h2 id="headline" aria-live="polite">${health.headline}</h2>
        ${health.details.length > 0 && html`<ul>${health.details.map((text) => html`<li key=${text}>${text}</li>`)}</ul>`}
        ${health.status === "no_data" && html`<${FirstSteps} of=${freshness} />`}
      </div>
      <${Counts} of=${open} />
    </section>
    <${Doubt} of=${freshness.quality} status=${health.status} said=${[health.headline, ...health.details]} />
    <${Freshness} of=${freshness} never=${health.status === "no_data"} said=${health.status === "stale" ? health.headline : null} />
  `;
}

function Counts({ of }) {
  const given = ["critical", "warning", "info"].filter((severity) => of[severity]);
  if (!given.length) return null;
  return html`
    <ul class="counts" aria-label="Open incidents">
      ${given.map(
        (severity) => html`<li key=${severity}>
          <${To} to=${address({ view: "incidents", state: "open", severity })} class="count ${severity}"><b>${of[severity]}</b> ${severity}<//>
        </li>`,
      )}
    </ul>
  `;
}

/** The data itself is in doubt: says so wherever the numbers are shown, unless the headline just did. */
function Doubt({ of, status, said }) {
  if (!of) return null;
  const as = status === "attention" ? "warn" : "bad";
  return html`
    <p class="strip doubt ${as}">
      <${Icon} name=${as} /><span>${said.includes(of) ? "The numbers below are in doubt." : html`<b>${of}</b>`}</span>
      <${To} to=${address({ view: "quality" })}>What failed<//>
    </p>
  `;
}

function Freshness({ of, never, said }) {
  if (never) return null;
  const ended = of.newest_hour && new Date(new Date(of.newest_hour).getTime() + HOUR);
  return html`
    <p class="freshness ${of.stale ? "strip warn" : ""}">
      ${of.stale && html`<${Icon} name="warn" />`}
      <span>
        ${of.stale && of.message !== said && html`<b>${of.message}</b> `}
        ${ended && html`Newest complete hour ends <${Time} at=${ended} /> UTC, ${ago(ended)}. `}
        ${of.paused && !/paused/i.test(of.message ?? "") && html`The DAG is paused. `}
      </span>
      <${Leave} to=${of.dag_run_url}>${of.stale ? "Open the DAG in Airflow" : "DAG run"}<//>
    </p>
  `;
}

const FirstSteps = ({ of }) => html`
  <ol class="steps">
    <li>See that the DAG <code>sms_hourly_monitoring</code> is not paused${of.paused ? html`: <b>it is</b>` : ""}. <${Leave} to=${of.dag_run_url ?? "dags/sms_hourly_monitoring"}>Open the DAG<//></li>
    <li>See that the source views show your product's messages: <code>SELECT count(*) FROM source_messages;</code></li>
    <li>Wait for the first full hour. This page fills by itself.</li>
  </ol>
`;

export const BannerSkeleton = () => html`
  <div class="banner skeleton-banner" aria-busy="true"><span class="unseen">Loading</span><div class="skeleton"><i></i><i></i></div></div>
  <p class="freshness"> </p>
`;
