// The pieces of data quality: how a run ended, how the last ones did, what a check found.
import { html } from "../lib.js";
import { count, ends, exact, MISSING, readable, rounded } from "../format.js";
import { address } from "../route.js";
import { look, planName, verdictName } from "../words.js";
import { Table } from "./table.js";
import { Icon } from "./icons.js";
import { Badge, Facts, Severity, To } from "./ui.js";

export const runAddress = (id) => address({ view: "quality", run: id });
export const stateOf = (run) => (run.state === "finished" ? run.verdict : run.state);

export const Verdict = ({ code }) => html`<${Badge} code=${code} words=${verdictName(code)} />`;

/** 20 passed, 1 failed, 1 warning; what there is none of is left out. */
export function tally({ checks, failed_critical: critical, failed_warning: warning, errors }) {
  const passed = Math.max(0, checks - critical - warning - errors);
  const parts = [
    passed && `${exact(passed)} passed`,
    critical && `${exact(critical)} failed`,
    warning && count(warning, "warning"),
    errors && `${exact(errors)} could not be run`,
  ].filter(Boolean);
  return parts.join(", ") || "no check was run";
}

export const took = (seconds) => (seconds === null ? MISSING : seconds < 60 ? `${exact(Math.round(seconds * 10) / 10)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`);

/** How the newest runs ended, oldest first: a mark a run, which leads to it. */
export const Marks = ({ of, plan }) => {
  if (!of.length) return null;
  const one = plan === "gate" ? "hour" : "run";
  const whole = `the last ${of.length === 1 ? one : count(of.length, one)} checked`;
  return html`
    <div class="run-marks-row">
      <ol class="run-marks ${plan}" aria-label="${planName(plan)}, ${whole}">
        ${of.map((mark) => {
          const code = mark.verdict ?? "killed";
          const [from, to] = ends(mark.window_start, mark.window_end);
          const words = `${plan === "gate" ? `${from} to ${to}` : `up to ${to}`} UTC: ${verdictName(code)}`;
          return html`<li key=${mark.run_id}><${To} to=${runAddress(mark.run_id)} class="mark ${look(code)}" title=${words} aria-label=${words}><${Icon} name=${look(code)} /><//></li>`;
        })}
      </ol>
      <p class="soft run-marks-words" aria-hidden="true"><span>${whole}</span><span>newest</span></p>
    </div>
  `;
};

/** A value of JSON as people read it: {"min": 0.12, "max": 3} → min 0.12, max 3. */
export function plainly(value, number = exact) {
  if (value === null || value === undefined) return MISSING;
  if (typeof value !== "object") return String(number(value));
  const parts = Array.isArray(value) ? value : Object.entries(value).map(([name, each]) => `${name.replaceAll("_", " ")} ${plainly(each, number)}`);
  return parts.map((each) => (typeof each === "object" ? JSON.stringify(each) : number(each))).join(", ") || MISSING;
}

/** What a check saw. It passes over rows without a value, such as the usual number of an hour without weeks before it. */
export function seen({ observed, element_count: all }) {
  if (all && observed?.missing_count === all) return "no value to look at";
  return plainly(observed, rounded);
}

/** How many rows of how many were not as they should be. */
function shareOf({ unexpected_count: bad, element_count: all }) {
  if (bad === null) return null;
  return all ? `${exact(bad)} of ${exact(all)}` : exact(bad);
}

/** A check that failed, or that could not be run: what, why it matters, who mends it, and which rows. */
export const Check = ({ of, plan = null }) => html`
  <article class="card incident check ${of.status === "error" ? "error" : of.severity}">
    <div class="incident-head">
      <${Severity} code=${of.severity} />
      <h3>${readable(of.check)}</h3>
      ${of.status === "error" && html`<${Badge} code="error" words="Could not be run" />`}
      <span class="since soft">${plan && `${planName(plan)} · `}<span class="code">${of.suite}.${of.check}</span></span>
    </div>
    <p>${of.reason}</p>
    ${of.error && html`<p class="error-text"><${Icon} name="warn" />${of.error}</p>`}
    <div class="check-more">
      <${Facts}
        of=${[
          ["Rows", shareOf(of)],
          ["Seen", of.observed !== null && html`<span class="wrap">${seen(of)}</span>`],
          ["In doubt", of.families.length ? of.families.join(", ") : null],
          ["Owner", of.owner],
        ]}
      />
      ${of.failing_rows.length > 0 && html`<${Sample} of=${of} />`}
      <details class="group">
        <summary>How it is checked<span class="unseen">: ${of.check}</span></summary>
        <p class="code">${of.expectation}</p>
        ${Object.keys(of.expected).length > 0 && html`<pre tabindex="0" aria-label="What ${of.check} expects">${JSON.stringify(of.expected, null, 2)}</pre>`}
      </details>
    </div>
  </article>
`;

/** Rows that failed; what could tell of a person is masked where they are stored. */
function Sample({ of }) {
  const columns = [...new Set(of.failing_rows.flatMap(Object.keys))];
  const shown = of.failing_rows.length;
  return html`
    <details class="group">
      <summary>Sample of the rows<span class="soft">${count(shown, "row")}${of.unexpected_count > shown ? ` of ${exact(of.unexpected_count)}` : ""}, masked</span><span class="unseen"> of ${of.check}</span></summary>
      <${Table} caption="Rows that fail ${of.check}" columns=${columns} rows=${of.failing_rows.map((row) => columns.map((name) => plainly(row[name])))} hidden />
    </details>
  `;
}
