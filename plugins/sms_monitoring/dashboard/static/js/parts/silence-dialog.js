// Tell nobody for a while: about one incident, or about whatever matches.
import { html, useState } from "../lib.js";
import { send } from "../api.js";
import { dateTime } from "../format.js";
import { me } from "../me.js";
import { useResource } from "../resource.js";
import { announce } from "../stream.js";
import { note } from "../told.js";
import { FormDialog } from "./dialog.js";
import { Field, Select } from "./ui.js";

const LENGTHS = [
  ["60", "1 hour"],
  ["240", "4 hours"],
  ["480", "8 hours"],
  ["1440", "1 day"],
  ["4320", "3 days"],
  ["10080", "1 week"],
  ["until", "Until a time …"],
];
const SEVERITIES = [["*", "Any severity"], ["critical", "Critical"], ["warning", "Warning"], ["info", "Info"]];
const MINUTE = 60_000;

const forInput = (at) => at.toISOString().slice(0, 16);

export function SilenceDialog({ incident = null, onClose }) {
  const [author, setAuthor] = useState(me.value.name);
  const [reason, setReason] = useState("");
  const [length, setLength] = useState("240");
  const [until, setUntil] = useState(forInput(new Date(Date.now() + 240 * MINUTE)));
  const [what, setWhat] = useState({ alert_type: "", entity: "*", severity: "*" });
  const ends = length === "until" ? new Date(`${until}Z`) : new Date(Date.now() + Number(length) * MINUTE);

  const act = async () => {
    const body = {
      author: author.trim(),
      reason: reason.trim(),
      ...(length === "until" ? { expires_at: `${until}:00Z` } : { duration_minutes: Number(length) }),
      ...(incident ? {} : { ...what, entity: what.entity.trim() || "*" }),
    };
    await send("POST", incident ? `incidents/${incident.id}/silence` : "silences", body);
    note(`Silenced until ${dateTime(ends)} UTC`);
    announce("silence", "incident");
  };
  const set = (name) => (value) => setWhat({ ...what, [name]: value });
  return html`
    <${FormDialog} title="Silence" act=${act} doIt="Silence" onClose=${onClose}>
      ${incident
        ? html`<p class="about">${incident.title}${incident.entity === "all" ? "" : `: ${incident.entity}`}</p>`
        : html`<${What} value=${what} set=${set} />`}
      <p class="soft">It is still watched, and shown here. Nobody is told until the silence ends.</p>
      <${Field} label="Reason" for="silence-reason" hint="For those who wonder later why nobody was told.">
        <textarea id="silence-reason" rows="2" required maxlength="1000" data-first aria-describedby="silence-reason-hint"
          value=${reason} onInput=${(event) => setReason(event.currentTarget.value)}></textarea>
      <//>
      <div class="pair">
        <${Field} label="Author" for="silence-author" hint=${author.trim() === me.value.name ? null : `Recorded as “${author.trim()} (logged in as ${me.value.name})”.`}>
          <input id="silence-author" required maxlength="200" value=${author} autocomplete="off"
            onInput=${(event) => setAuthor(event.currentTarget.value)} />
        <//>
        <${Field} label="For how long" for="silence-length" hint=${Number.isNaN(ends.getTime()) ? null : `Ends ${dateTime(ends)} UTC.`}>
          <${Select} id="silence-length" value=${length} options=${LENGTHS} onChange=${setLength} />
        <//>
      </div>
      ${length === "until" &&
      html`<${Field} label="Ends at (UTC)" for="silence-until">
        <input id="silence-until" type="datetime-local" required value=${until} onInput=${(event) => setUntil(event.currentTarget.value)} />
      <//>`}
    <//>
  `;
}

function What({ value, set }) {
  const thresholds = useResource("thresholds");
  // None at first: silencing every alert takes a decision.
  const types = [["", "Choose an alert …"], ["*", "Every alert"], ...(thresholds.data ?? []).map((each) => [each.alert_type, each.title])];
  return html`
    <${Field} label="Alert" for="silence-type"><${Select} id="silence-type" required value=${value.alert_type} options=${types} onChange=${set("alert_type")} /><//>
    <div class="pair">
      <${Field} label="Carrier, campaign …" for="silence-entity" hint="* stands for any text.">
        <input id="silence-entity" value=${value.entity} maxlength="200" onInput=${(event) => set("entity")(event.currentTarget.value)} />
      <//>
      <${Field} label="Severity" for="silence-severity"><${Select} id="silence-severity" value=${value.severity} options=${SEVERITIES} onChange=${set("severity")} /><//>
    </div>
  `;
}
