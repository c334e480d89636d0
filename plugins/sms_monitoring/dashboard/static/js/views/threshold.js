// One threshold: edit it, try it on the history beside it, then save it.
import { html, useMemo, useState } from "../lib.js";
import { send } from "../api.js";
import { quantity } from "../format.js";
import { reasonWords } from "../words.js";
import { mayAct } from "../me.js";
import { useResource } from "../resource.js";
import { address } from "../route.js";
import { announce } from "../stream.js";
import { note as tell } from "../told.js";
import { Audit } from "../parts/audit.js";
import { Icon } from "../parts/icons.js";
import { Replay } from "../parts/replay.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "../parts/states.js";
import { changesOf, judgedOf } from "../parts/threshold-fields.js";
import { ThresholdForm } from "../parts/threshold-form.js";
import { Badge, Field, Leave, Panel, Time, To } from "../parts/ui.js";

export function ThresholdPage({ id }) {
  const threshold = useResource(`thresholds/${encodeURIComponent(id)}`, ["threshold", "hour"]);
  return html`
    <p class="back"><${To} to=${address({ view: "thresholds" })}><${Icon} name="back" />All thresholds<//></p>
    <${Loaded} of=${threshold} what="the threshold" skeleton=${html`<div class="card"><${Skeleton} lines=${10} /></div>`}>
      ${(of) => html`<${Editor} current=${of} reload=${threshold.retry} />`}
    <//>
    <${Audit} title="Changes to this threshold" of="threshold ${id}" />
  `;
}

function Editor({ current, reload }) {
  // What the edits began from: saved only if it is still so.
  const [base, setBase] = useState(current);
  const [values, setValues] = useState({});
  const [words, setWords] = useState("");
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(null);
  // Counted, for what was tried before a save says nothing of what is there after it.
  const [saves, setSaves] = useState(0);
  const channels = useResource("channels");
  const names = useMemo(() => [...new Set((channels.data ?? []).map((each) => each.channel))], [channels.data]);

  const untouched = Object.keys(values).length === 0;
  if (untouched && base.version !== current.version) setBase(current);
  const outdated = !untouched && base.version !== current.version;
  const changes = changesOf(base, values);
  const count = Object.keys(changes).length;
  const judged = judgedOf(changes);
  const untried = base.replayable !== false && judged !== judgedOf({}) && judged !== tried;
  const wrong = wrongColumns(failure);

  const rebase = () => {
    setBase(current);
    setFailure(null);
  };
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      const body = { changes, ...(words.trim() && { note: words.trim() }) };
      const saved = await send("PATCH", `thresholds/${base.alert_type}`, body, { headers: { "If-Match": `"${base.version}"` } });
      setValues({});
      setWords("");
      setBase(saved);
      setTried(null);
      setSaves(saves + 1);
      tell(`Saved: ${base.title}`);
      reload();
      announce("threshold");
    } catch (error) {
      setFailure(error);
      if (error.status === 412) reload();
    }
    setBusy(false);
  };
  return html`
    <header class="page-head">
      <h2>${base.title}</h2><span class="code">${base.alert_type}</span><${Badge} code=${current.state} />
      <p class="soft">${current.current_value !== null && html`Now <b>${quantity(current.current_value, current.unit)}</b>${current.entity !== "all" ? ` (${current.entity})` : ""}. `}${reasonWords(current.reason)}${current.state_since && html`, since <${Time} at=${current.state_since} />`}${current.reason === "bad_data" && html`. <${To} to=${address({ view: "quality" })}>Data quality<//>`}${current.runbook && html` · <${Leave} to=${current.runbook}>Runbook<//>`}</p>
    </header>
    ${!mayAct() && html`<${ReadOnly} says=${base.replayable === false ? "You may look. Saving needs" : "You may try values here. Saving needs"} />`}
    <div class="editor">
      <form class="card" aria-label="Threshold" onSubmit=${save} noValidate=${false}>
        <${ThresholdForm} threshold=${base} values=${values} changes=${changes} wrong=${wrong} channels=${names} disabled=${false}
          onEdit=${(column, value) => setValues({ ...values, [column]: value })} />
        ${(outdated || failure?.status === 412) && html`<${Conflict} message=${failure?.message} ready=${outdated} onRebase=${rebase} />`}
        ${failure && failure.status !== 412 && html`<p class="error-text" role="alert"><${Icon} name="warn" />${failure.message}</p>`}
        ${mayAct() &&
        html`<div class="save">
          <${Field} label="Note (optional)" for="threshold-note" hint="Why; kept with your name.">
            <input id="threshold-note" maxlength="1000" value=${words} onInput=${(event) => setWords(event.currentTarget.value)} />
          <//>
          <div class="actions">
            ${untried && html`<span class="hint">Not tried on the history yet</span>`}
            <button type="button" class="button" disabled=${untouched} onClick=${() => { setValues({}); setFailure(null); }}>Undo</button>
            <button type="submit" class="button primary" disabled=${!count || busy || outdated}>${busy ? "Saving …" : count ? `Save ${count} change${count === 1 ? "" : "s"}` : "Nothing to save"}</button>
          </div>
        </div>`}
      </form>
      ${base.replayable === false
        ? html`<${NotOnHistory} />`
        : html`<${Replay} key=${saves} alertType=${base.alert_type} changes=${changes} onTried=${(what) => setTried(judgedOf(what))} />`}
    </div>
  `;
}

/** The watchdog asks what is so now; what was so then is not kept. */
const NotOnHistory = () => html`
  <${Panel} id="replay" title="On the stored history">
    <${Empty} title="Cannot be tried on the history" icon="quiet">
      This alert looks at how things are at the moment, every few minutes. What it would have seen then is not stored.
    <//>
  <//>
`;

const Conflict = ({ message, ready, onRebase }) => html`
  <div class="failure" role="alert">
    <${Icon} name="warn" />
    <div><p class="failure-title">Somebody changed this threshold meanwhile</p><p class="soft">${message ?? "Your edits are kept; look at the new values before you save."}</p></div>
    <button type="button" class="button" disabled=${!ready} onClick=${onRebase}>Take the new values, keep my edits</button>
  </div>
`;

/** Column → what is wrong, from `changes.threshold_value` or `threshold_value`. */
function wrongColumns(failure) {
  if (!failure || failure.status !== 422) return {};
  const problems = failure.problems.length ? failure.problems : [{ parameter: failure.parameter, message: failure.message }];
  return Object.fromEntries(problems.filter((each) => each.parameter).map((each) => [each.parameter.replace(/^changes\./, "").split(".")[0], each.message]));
}
