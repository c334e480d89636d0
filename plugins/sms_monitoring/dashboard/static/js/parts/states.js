// What stands where numbers would: while they come, when there are none, when they did not come.
import { html, useEffect, useState } from "../lib.js";
import { capital } from "../format.js";
import { loginUrl, followInTop } from "../places.js";
import { Icon } from "./icons.js";

/** Grey bars in the place of what comes. */
export const Skeleton = ({ lines = 3, tall = false }) => html`
  <div class="skeleton ${tall ? "tall" : ""}" aria-busy="true">
    <span class="unseen">Loading</span>
    ${tall ? html`<i></i>` : Array.from({ length: lines }, (_, index) => html`<i key=${index}></i>`)}
  </div>
`;

/** Nothing there: says why, and what to do. */
export const Empty = ({ title, icon = "empty", children }) => html`
  <div class="empty">
    <${Icon} name=${icon} />
    <p class="empty-title">${title}</p>
    ${children && html`<div class="soft">${children}</div>`}
  </div>
`;

/** Something did not come: what, why, and again. The rest of the page goes on. */
export function Failure({ what, error, retry }) {
  const [left, setLeft] = useState(error.retryAfter ?? 0);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  if (error.status === 401) return html`<${LogInAgain} />`;
  const titles = {
    0: "No connection",
    403: `No permission for ${what}`,
    404: `${capital(what)}: not found`,
    429: "Too many requests",
    503: "The metrics database is away",
  };
  return html`
    <div class="failure" role="alert">
      <${Icon} name=${error.status === 403 ? "lock" : "bad"} />
      <div>
        <p class="failure-title">${titles[error.status] ?? `Could not load ${what}`}</p>
        <p class="soft">${error.message}</p>
      </div>
      ${retry &&
      error.status !== 403 &&
      html`<button type="button" class="button" disabled=${left > 0} onClick=${retry}>
        ${left > 0 ? `Try again in ${left} s` : "Try again"}
      </button>`}
    </div>
  `;
}

export const LogInAgain = () => html`
  <div class="failure" role="alert">
    <${Icon} name="lock" />
    <div>
      <p class="failure-title">Your session has ended</p>
      <p class="soft">What you see is as of before. Log in again to go on.</p>
    </div>
    <a class="button" href=${loginUrl()} target="_top" onClick=${followInTop}>Log in</a>
  </div>
`;

/** The content of an answer; while there is none, one of the above. What was known stays when a later try fails. */
export function Loaded({ of, what, skeleton, children }) {
  const answer = of.rows === undefined ? of.data : of.rows;
  if (answer === null) {
    return of.error
      ? html`<${Failure} what=${what} error=${of.error} retry=${of.retry} />`
      : (skeleton ?? html`<${Skeleton} />`);
  }
  return html`
    ${of.error && html`<${Failure} what=${what} error=${of.error} retry=${of.retry} />`}
    <div class="loaded ${of.loading ? "loading" : ""}">${children(answer)}</div>
  `;
}

/** Why there are no buttons: `what` cannot be done, or another sentence that ends in "needs". */
export const ReadOnly = ({ what, says = `You may look, not ${what}: that needs` }) => html`
  <p class="read-only"><${Icon} name="lock" /><span>${says} permission to edit the DAG <code>sms_hourly_monitoring</code>.</span></p>
`;
