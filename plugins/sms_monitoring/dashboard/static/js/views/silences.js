// What is held back, by whom, why and until when.
import { html, useState } from "../lib.js";
import { send } from "../api.js";
import { mayAct } from "../me.js";
import { usePages } from "../resource.js";
import { address, place, set } from "../route.js";
import { announce } from "../stream.js";
import { note as tell } from "../told.js";
import { FormDialog } from "../parts/dialog.js";
import { SilenceDialog } from "../parts/silence-dialog.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "../parts/states.js";
import { Badge, Choice, Field, More, Panel, Time, To } from "../parts/ui.js";

const STATES = [["in_effect", "In effect"], ["all", "All"]];
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const STANDS = { in_effect: ["warn", "In effect"], upcoming: ["busy", "To come"], over: ["quiet", "Over"] };

export function Silences() {
  const state = place("state") === "all" ? "all" : "in_effect";
  const silences = usePages(`silences?state=${state}&limit=25`, ["silence"]);
  const [ending, setEnding] = useState(null);
  const [making, setMaking] = useState(false);
  const actions = html`
    <${Choice} label="Which" name="silences" options=${STATES} value=${state} onChange=${(next) => set({ state: next === "all" ? next : null })} />
    ${mayAct() && html`<button type="button" class="button primary" onClick=${() => setMaking(true)}>New silence …</button>`}
  `;
  return html`
    <${Panel} id="silences" title="Silences and mute windows" note="What matches is still watched; nobody is told" actions=${actions} bare>
      ${!mayAct() && html`<${ReadOnly} what="make or end silences" />`}
      <div class="card flush">
        <${Loaded} of=${silences} what="the silences" skeleton=${html`<${Skeleton} lines=${5} />`}>
          ${(rows) =>
            rows.length === 0
              ? html`<${Empty} title=${state === "all" ? "No silence so far" : "Nothing is silenced"} icon="bell">Every alert tells whom it should.<//>`
              : html`<${Rows} of=${rows} onEnd=${setEnding} />`}
        <//>
      </div>
      <${More} of=${silences} what="silences" />
    <//>
    ${making && html`<${SilenceDialog} onClose=${() => setMaking(false)} />`}
    ${ending && html`<${EndDialog} of=${ending} onClose=${() => setEnding(null)} />`}
  `;
}

const matches = (of) => {
  const parts = [of.alert_type === "*" ? "every alert" : of.alert_type, of.entity !== "*" && `of ${of.entity}`, of.severity !== "*" && `with severity ${of.severity}`];
  return parts.filter(Boolean).join(" ");
};

const hours = (of) =>
  of.local_start && `${of.weekdays?.length < 7 ? of.weekdays.map((day) => DAYS[day - 1]).join(", ") : "every day"} ${of.local_start} to ${of.local_end} (${of.time_zone})`;

const Rows = ({ of, onEnd }) => html`
  <table class="list">
    <caption class="unseen">Silences and mute windows, the newest first</caption>
    <thead><tr><th scope="col">What</th><th scope="col">State</th><th scope="col">Reason</th><th scope="col">Author</th><th scope="col">From (UTC)</th><th scope="col">Until (UTC)</th><th scope="col"><span class="unseen">End</span></th></tr></thead>
    <tbody>
      ${of.map((each) => {
        const [as, words] = STANDS[each.state] ?? ["quiet", each.state];
        return html`<tr key=${each.id}>
          <th scope="row">${matches(each)}<span class="soft block">${each.kind === "mute" ? hours(each) : "Silence"}${each.incident_id && html` · <${To} to=${address({ view: "incidents", incident: each.incident_id })}>incident<//>`}</span></th>
          <td data-label="State"><${Badge} code=${each.state} as=${as} words=${words} />${each.kind === "mute" && each.state === "in_effect" && !each.holds_now ? html` <span class="soft">not at this hour</span>` : ""}</td>
          <td data-label="Reason" class="wrap">${each.reason}</td>
          <td data-label="Author">${each.author}</td>
          <td data-label="From"><${Time} at=${each.starts_at} /></td>
          <td data-label="Until">${each.ended_at ? html`<${Time} at=${each.ended_at} /> <span class="soft">ended by ${each.ended_by}</span>` : each.expires_at ? html`<${Time} at=${each.expires_at} />` : "no end"}</td>
          <td class="end">${mayAct() && each.state !== "over" && html`<button type="button" class="button small" onClick=${() => onEnd(each)}>End …<span class="unseen"> ${matches(each)}</span></button>`}</td>
        </tr>`;
      })}
    </tbody>
  </table>
`;

function EndDialog({ of, onClose }) {
  const [words, setWords] = useState("");
  const act = async () => {
    await send("POST", `silences/${of.id}/end`, words.trim() ? { note: words.trim() } : {});
    tell("Silence ended");
    announce("silence", "incident");
  };
  return html`
    <${FormDialog} title="End the ${of.kind === "mute" ? "mute window" : "silence"}" doIt="End it" act=${act} onClose=${onClose}>
      <p class="about">${matches(of)}</p>
      <p class="soft">From now on its alerts tell people again. It stays in the history.</p>
      <${Field} label="Note (optional)" for="end-note"><textarea id="end-note" rows="2" maxlength="1000" data-first value=${words} onInput=${(event) => setWords(event.currentTarget.value)}></textarea><//>
    <//>
  `;
}
