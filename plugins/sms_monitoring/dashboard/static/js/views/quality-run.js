// One run of quality checks: all that it found.
import { html } from "../lib.js";
import { count, readable } from "../format.js";
import { useResource } from "../resource.js";
import { address } from "../route.js";
import { planName } from "../words.js";
import { Check, seen, stateOf, tally, took, Verdict } from "../parts/quality.js";
import { Icon } from "../parts/icons.js";
import { Empty, Loaded, Skeleton } from "../parts/states.js";
import { Badge, Between, Facts, Leave, Panel, Severity, Time, To } from "../parts/ui.js";

export function QualityRunPage({ id }) {
  const run = useResource(`quality/runs/${encodeURIComponent(id)}`, ["quality"]);
  return html`
    <p class="back"><${To} to=${address({ view: "quality" })}><${Icon} name="back" />Data quality<//></p>
    <${Loaded} of=${run} what="the run" skeleton=${html`<div class="card"><${Skeleton} lines=${8} /></div>`}>
      ${(of) => {
        const problems = of.results.filter((each) => each.status !== "passed");
        const passed = of.results.filter((each) => each.status === "passed");
        return html`
          <${Head} of=${of} />
          ${problems.length > 0 &&
          html`<${Panel} id="problems" title="What did not pass" note="${count(problems.length, "check")}, the gravest first" bare>
            <ul class="cards">${problems.map((each) => html`<li key="${each.suite} ${each.check}"><${Check} of=${each} /></li>`)}</ul>
          <//>`}
          ${passed.length > 0
            ? html`<${Panel} id="passed" title="What passed" note=${count(passed.length, "check")} bare><div class="card flush"><${Passed} of=${passed} /></div><//>`
            : !problems.length && html`<div class="card"><${Empty} title="No result">${of.state === "running" ? "It is still running." : "It ended before a single check was done: nothing has passed."}<//></div>`}
        `;
      }}
    <//>
  `;
}

const LOOK = { critical: "critical", warning: "warning", error: "critical", killed: "critical" };

const Head = ({ of }) => html`
  <section class="card incident ${LOOK[stateOf(of)] ?? "good"}" aria-labelledby="run-title">
    <div class="incident-head">
      <h2 id="run-title">${planName(of.plan)}</h2>
      <${Verdict} code=${stateOf(of)} />
    </div>
    <p class="lead">${of.state === "finished" ? `${count(of.checks, "check")}: ${tally(of)}.` : of.state === "running" ? "It is running." : "It began and never ended: somebody or something stopped it. It has shown nothing."}</p>
    ${of.error && html`<p class="error-text"><${Icon} name="warn" />${of.error}</p>`}
    <${Facts}
      of=${[
        ["Looked at", html`<${Between} from=${of.window_start} to=${of.window_end} /> UTC`],
        ["Began", html`<${Time} at=${of.started_at} /> UTC`],
        ["Ended", of.finished_at && html`<${Time} at=${of.finished_at} /> UTC`],
        ["Took", of.seconds !== null && took(of.seconds)],
      ]}
    />
    <p class="links"><${Leave} to=${of.dag_run_url}>DAG run<//></p>
  </section>
`;

const Passed = ({ of }) => html`
  <table class="list">
    <caption class="unseen">Checks that passed</caption>
    <thead><tr><th scope="col">Check</th><th scope="col">Rows of</th><th scope="col">Why</th><th scope="col">If it fails</th><th scope="col">Seen</th><th scope="col">Result</th></tr></thead>
    <tbody>
      ${of.map(
        (each) => html`<tr key="${each.suite} ${each.check}">
          <th scope="row">${readable(each.check)}</th>
          <td data-label="Rows of"><span class="code">${each.suite}</span></td>
          <td data-label="Why" class="wrap soft">${each.reason}</td>
          <td data-label="If it fails"><${Severity} code=${each.severity} /></td>
          <td data-label="Seen" class="wrap-any">${seen(each)}</td>
          <td data-label="Result"><${Badge} code="passed" words="Passed" /></td>
        </tr>`,
      )}
    </tbody>
  </table>
`;
