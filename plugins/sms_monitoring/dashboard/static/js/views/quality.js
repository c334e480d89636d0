// Can the numbers be trusted: what was checked, what did not pass, which hours are not judged.
import { html } from "../lib.js";
import { query } from "../api.js";
import { ago, count, duration, readable } from "../format.js";
import { apiUrl } from "../places.js";
import { usePages, useResource } from "../resource.js";
import { address, place, set } from "../route.js";
import { look, planName, verdictName } from "../words.js";
import { Check, Marks, runAddress, stateOf, tally, took, Verdict } from "../parts/quality.js";
import { Icon } from "../parts/icons.js";
import { Empty, Loaded, Skeleton } from "../parts/states.js";
import { Between, Choice, Facts, Leave, More, Panel, Time, To } from "../parts/ui.js";

const FOLLOWED = ["quality", "hour"];
const HOUR = 3_600_000;

export function Quality() {
  const quality = useResource("quality", FOLLOWED);
  return html`
    <${Loaded} of=${quality} what="the data quality" skeleton=${html`<div class="card"><${Skeleton} lines=${8} /></div>`}>
      ${(of) => html`
        <${Standing} of=${of} />
        <div class="halves even">${of.plans.map((each) => html`<${Plan} key=${each.plan} of=${each} docs=${of.data_docs} />`)}</div>
        <${Problems} of=${of} />
      `}
    <//>
    <${BadHours} />
    <${Runs} />
  `;
}

const LOOK = { passed: "good", never: "quiet" };

const Standing = ({ of }) => {
  const as = LOOK[of.status] ?? look(of.status);
  const old = of.bad_hours - (of.bad_families.length ? 1 : 0);
  return html`
    <section class="banner ${as}" aria-labelledby="headline">
      <${Icon} name=${as} />
      <div class="banner-words">
        <h2 id="headline" aria-live="polite">${of.headline}</h2>
        ${old > 0 && html`<p>${count(old, of.bad_families.length ? "other hour" : "hour")} ${old === 1 ? "is" : "are"} not judged, either: see below.</p>`}
        ${of.status === "never" && html`<${FirstSteps} />`}
      </div>
    </section>
  `;
};

const FirstSteps = () => html`
  <ol class="steps">
    <li>The task <code>check_quality</code> of <code>sms_hourly_monitoring</code> checks each hour before it is judged. <${Leave} to="dags/sms_hourly_monitoring">Open the DAG<//></li>
    <li>The DAG <code>sms_daily_quality</code> checks everything once a day: see that it is not paused. <${Leave} to="dags/sms_daily_quality">Open the DAG<//></li>
  </ol>
`;

const ABOUT = {
  gate: "The hour just written, before alerts judge it",
  full: "Everything of the last 90 days, once a day",
};

const COMES = { gate: "The first result comes with the next hour.", full: "The first result comes with the DAG's next run; trigger it to have one now." };

function Plan({ of, docs }) {
  const { newest, begun, plan } = of;
  return html`
    <${Panel} id="plan-${plan}" title=${planName(plan)} note=${ABOUT[plan]} class="plan">
      ${newest
        ? html`
            <div class="plan-head">
              <${Verdict} code=${newest.verdict} />
              <p>${tally(newest)}</p>
            </div>
            ${newest.error && html`<p class="error-text"><${Icon} name="warn" />${newest.error}</p>`}
            <${Facts}
              of=${[
                ["Looked at", html`<${Between} from=${newest.window_start} to=${newest.window_end} /> UTC`],
                ["Ran", html`<${Time} at=${newest.finished_at} /> UTC, ${ago(newest.finished_at)}`],
                ["Took", took(newest.seconds)],
              ]}
            />
          `
        : html`<${Empty} title="It has not finished once so far" icon="quiet">${COMES[plan]}<//>`}
      ${of.late_hours !== null && html`<p class="strip warn"><${Icon} name="warn" /><span>The next one is ${duration(Math.round(of.late_hours) * 60 || 60)} overdue: what came since is unchecked.</span></p>`}
      ${begun && html`<p class="strip ${begun.state === "killed" ? "warn" : "quiet"}"><${Icon} name=${begun.state === "killed" ? "warn" : "busy"} /><span>${begun.state === "killed" ? "One that began" : "One is running; it began"} <${Time} at=${begun.started_at} /> UTC${begun.state === "killed" ? " broke off without a result." : "."}</span></p>`}
      <${Marks} of=${of.history} plan=${plan} />
      <p class="links">
        ${newest && html`<${To} to=${runAddress(newest.id)}>All ${count(newest.checks, "check")}<span class="unseen"> of the ${planName(plan)}</span><//>`}
        ${newest && html`<${Leave} to=${newest.dag_run_url}>DAG run<//>`}
        ${plan === "full" && html`<${Docs} of=${docs} />`}
      </p>
    <//>
  `;
}

const Docs = ({ of }) =>
  of.built_at
    ? html`<a class="leave" href=${apiUrl(of.url).href}>Data Docs<${Icon} name="link" /></a><span class="soft">built ${ago(of.built_at)}</span>`
    : html`<span class="soft">No Data Docs so far: the full run builds them</span>`;

function Problems({ of }) {
  const all = of.plans.flatMap(({ plan, problems }) => problems.map((each) => ({ plan, each })));
  if (of.status === "never") return null;
  return html`
    <${Panel} id="problems" title="What did not pass" note=${all.length ? `${count(all.length, "check")} of the newest runs, the gravest first` : null} bare>
      ${all.length === 0
        ? html`<div class="card slim"><${Empty} title=${of.plans.some(({ newest }) => newest?.verdict === "error") ? "No check failed, but not all were run" : "Every check passed"} icon=${look(of.status) === "bad" ? "quiet" : "good"}>In the newest run of each plan.<//></div>`
        : html`<ul class="cards">${all.sort(byGravity).map(({ plan, each }) => html`<li key="${plan} ${each.suite} ${each.check}"><${Check} of=${each} plan=${plan} /></li>`)}</ul>`}
    <//>
  `;
}

const rank = ({ each }) => (each.severity === "critical" ? 0 : 2) + (each.status === "error" ? 1 : 0);
const byGravity = (one, other) => rank(one) - rank(other);

function BadHours() {
  const hours = usePages("quality/bad-hours?limit=25", FOLLOWED);
  return html`
    <${Panel} id="bad-hours" title="Hours that are not judged" note="Alerts on them have no data, until the gate finds them clean" bare>
      <div class="card ${hours.rows?.length ? "flush" : "slim"}">
        <${Loaded} of=${hours} what="the bad hours" skeleton=${html`<${Skeleton} lines=${2} />`}>
          ${(rows) => (rows.length === 0 ? html`<${Empty} title="None" icon="good">Every hour that was checked is judged.<//>` : html`<${HourRows} of=${rows} />`)}
        <//>
      </div>
      <${More} of=${hours} what="hours" />
    <//>
  `;
}

const HourRows = ({ of }) => html`
  <table class="list">
    <caption class="unseen">Hours that are not judged, the newest first</caption>
    <thead><tr><th scope="col">Hour (UTC)</th><th scope="col">Numbers of</th><th scope="col">Checks that failed</th><th scope="col">Since</th><th scope="col"><span class="unseen">Run</span></th></tr></thead>
    <tbody>
      ${of.map(
        (each) => html`<tr key="${each.family} ${each.metric_hour}">
          <th scope="row"><${Between} from=${each.metric_hour} to=${new Date(new Date(each.metric_hour).getTime() + HOUR)} /></th>
          <td data-label="Numbers of">${readable(each.family)}</td>
          <td data-label="Checks that failed" class="wrap">${each.checks.map(readable).join(", ")}</td>
          <td data-label="Since"><${Time} at=${each.marked_at} /></td>
          <td class="end">${each.run_id && html`<${To} class="button small" to=${runAddress(each.run_id)}>What failed<span class="unseen"> in ${each.family}</span><//>`}</td>
        </tr>`,
      )}
    </tbody>
  </table>
`;

const PLANS = [["", "All"], ["gate", "Hourly"], ["full", "Full"]];

function Runs() {
  const plan = place("plan");
  const runs = usePages(`quality/runs${query({ plan, limit: 10 })}`, FOLLOWED);
  const choice = html`<${Choice} label="Which runs" name="plan" options=${PLANS} value=${plan} onChange=${(next) => set({ plan: next || null })} />`;
  return html`
    <${Panel} id="runs" title="Runs" note="The newest first" actions=${choice} bare>
      <div class="card flush">
        <${Loaded} of=${runs} what="the runs" skeleton=${html`<${Skeleton} lines=${5} />`}>
          ${(rows) => (rows.length === 0 ? html`<${Empty} title="No run so far">When checks are run, what they found is kept here.<//>` : html`<${RunRows} of=${rows} />`)}
        <//>
      </div>
      <${More} of=${runs} what="runs" />
    <//>
  `;
}

const RunRows = ({ of }) => html`
  <table class="list">
    <caption class="unseen">Runs of quality checks, the newest first</caption>
    <thead><tr><th scope="col">Began (UTC)</th><th scope="col">Result</th><th scope="col">Plan</th><th scope="col">Looked at (UTC)</th><th scope="col">Checks</th><th scope="col">Took</th></tr></thead>
    <tbody>
      ${of.map(
        (each) => html`<tr key=${each.id}>
          <th scope="row"><${To} to=${runAddress(each.id)}><${Time} at=${each.started_at} /><span class="unseen">, ${planName(each.plan)}: ${verdictName(stateOf(each))}</span><//></th>
          <td data-label="Result"><${Verdict} code=${stateOf(each)} /></td>
          <td data-label="Plan">${planName(each.plan)}</td>
          <td data-label="Looked at"><${Between} from=${each.window_start} to=${each.window_end} /></td>
          <td data-label="Checks">${each.state === "finished" ? tally(each) : html`<span class="soft">not known</span>`}</td>
          <td data-label="Took">${took(each.seconds)}</td>
        </tr>`,
      )}
    </tbody>
  </table>
`;
