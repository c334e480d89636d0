// Small pieces that everything is made of.
import { html } from "../lib.js";
import { ago, dateTime, ends, fullTime, localTime, MISSING, readable } from "../format.js";
import { airflowUrl, followInTop } from "../places.js";
import { go } from "../route.js";
import { look, stateName } from "../words.js";
import { Icon } from "./icons.js";

/** A code in words, with its colour and its sign. */
export const Badge = ({ code, words = stateName(code), as = look(code) }) => html`
  <span class="badge ${as}"><${Icon} name=${as} />${words}</span>
`;

export const Severity = ({ code }) => html`<${Badge} code=${code} words=${readable(code)} />`;

/** A time in UTC; the tooltip has all of it and the reader's own. */
export function Time({ at, relative = false, text = null }) {
  if (!at) return html`<span class="soft">${MISSING}</span>`;
  const words = text ?? (relative ? ago(at) : dateTime(at));
  return html`<time datetime=${new Date(at).toISOString()} title="${fullTime(at)} · ${localTime(at)}">${words}</time>`;
}

/** From one time to another; the second says its day only when it is another one. */
export function Between({ from, to }) {
  const [first, last] = ends(from, to);
  return html`<${Time} at=${from} text=${first} /> to <${Time} at=${to} text=${last} />`;
}

/** A link within this page. */
export function To({ to, children, ...rest }) {
  const follow = (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return html`<a ...${rest} href=${to} onClick=${follow}>${children}</a>`;
}

/** A link to a page of Airflow's, or another site's; nothing where there is no address. */
export function Leave({ to, children }) {
  const href = airflowUrl(to);
  if (!href) return null;
  return html`<a class="leave" href=${href} target="_top" rel="noreferrer" onClick=${followInTop}>
    ${children}<${Icon} name="link" />
  </a>`;
}

/** A section with its heading; `actions` stand on the heading's line. */
export const Panel = ({ title, note, actions, children, class: name = "", bare = false, id }) => html`
  <section class="panel ${bare ? "bare" : ""} ${name}" aria-labelledby=${id}>
    <div class="panel-head">
      <h2 id=${id}>${title}</h2>
      ${note && html`<p class="soft">${note}</p>`}
      ${actions && html`<div class="actions">${actions}</div>`}
    </div>
    ${children}
  </section>
`;

/** Facts as a list of terms; a fact without a value is left out. */
export const Facts = ({ of }) => html`
  <dl class="facts">
    ${of
      .filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false)
      .map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>
`;

/** One of a few; radio buttons in the look of a bar. */
export const Choice = ({ label, name, options, value, onChange }) => html`
  <fieldset class="choice">
    <legend class="unseen">${label}</legend>
    ${options.map(
      ([key, words]) => html`
        <label key=${key}>
          <input type="radio" name=${name} value=${key} checked=${key === value} onChange=${() => onChange(key)} />
          <span>${words}</span>
        </label>
      `,
    )}
  </fieldset>
`;

/** A labelled control. `of` is what the API said is wrong with it. */
export const Field = ({ label, hint, error, children, for: id, class: name = "" }) => html`
  <div class="field ${name} ${error ? "wrong" : ""}">
    <label for=${id}>${label}</label>
    ${children}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${error && html`<p class="error-text" id="${id}-error"><${Icon} name="warn" />${error}</p>`}
  </div>
`;

export const Select = ({ id, value, options, onChange, ...rest }) => html`
  <select id=${id} ...${rest} onChange=${(event) => onChange(event.currentTarget.value)}>
    ${options.map(([key, words]) => html`<option key=${key} value=${key} selected=${key === value}>${words}</option>`)}
  </select>
`;

/** What goes on below a list that comes page by page. */
export const More = ({ of, what }) => html`
  ${of.more &&
  html`<p class="more">
    <button type="button" class="button" disabled=${of.moreLoading} onClick=${of.more}>
      ${of.moreLoading ? "Loading …" : `Show more ${what}`}
    </button>
  </p>`}
  ${of.moreError && html`<p class="error-text" role="alert"><${Icon} name="warn" />${of.moreError.message}</p>`}
`;
