// What people do about an incident: the dialogs, and the buttons that open them.
import { html, useState } from "../lib.js";
import { send } from "../api.js";
import { channelName } from "../words.js";
import { mayAct } from "../me.js";
import { useResource } from "../resource.js";
import { announce } from "../stream.js";
import { note } from "../told.js";
import { FormDialog } from "./dialog.js";
import { SilenceDialog } from "./silence-dialog.js";
import { Field, Select } from "./ui.js";
import { Icon } from "./icons.js";

const ACTIONS = {
  acknowledge: {
    title: "Acknowledge",
    says: "You look after it: there are no more reminders, and it is not escalated.",
    done: "Acknowledged",
  },
  unacknowledge: {
    title: "Take back the acknowledgement",
    says: "Nobody looks after it any more: reminders and escalation go on.",
    done: "Acknowledgement taken back",
  },
  resolve: {
    title: "Resolve",
    says: "It is over. Whoever was told that it began is told that it ended; the next breach opens a new incident.",
    done: "Resolved",
    danger: true,
  },
  escalate: { title: "Escalate", says: "One more channel is told now.", done: "Escalated" },
};

const nameOf = (incident) => (incident.entity === "all" ? incident.title : `${incident.title}: ${incident.entity}`);

function ActDialog({ action, incident, onClose }) {
  const { title, says, done, danger } = ACTIONS[action];
  const [words, setWords] = useState("");
  const [channel, setChannel] = useState("");
  const act = async () => {
    const body = { ...(words.trim() && { note: words.trim() }), ...(action === "escalate" && channel && { channel }) };
    await send("POST", `incidents/${incident.id}/${action}`, body);
    note(`${done}: ${nameOf(incident)}`);
    announce("incident");
  };
  return html`
    <${FormDialog} title=${title} act=${act} doIt=${title} danger=${danger} onClose=${onClose}>
      <p class="about">${nameOf(incident)}</p>
      <p class="soft">${says}</p>
      ${action === "escalate" && html`<${ChannelField} value=${channel} onChange=${setChannel} />`}
      <${Field} label="Note (optional)" for="note" hint="Kept with your name in the history.">
        <textarea id="note" rows="3" maxlength="1000" data-first value=${words} aria-describedby="note-hint"
          onInput=${(event) => setWords(event.currentTarget.value)}></textarea>
      <//>
    <//>
  `;
}

function ChannelField({ value, onChange }) {
  const channels = useResource("channels");
  const options = [["", "The threshold's escalation channel"], ...(channels.data ?? []).map((each) => [each.channel, channelName(each.channel)])];
  return html`
    <${Field} label="Channel" for="escalate-channel">
      <${Select} id="escalate-channel" value=${value} options=${options} onChange=${onChange} />
    <//>
  `;
}

/** The buttons; none for who may not act, the list says why. */
export function Actions({ incident, all = false }) {
  const [open, setOpen] = useState(null);
  if (!mayAct() || incident.resolved_at) return null;
  const close = () => setOpen(null);
  const button = (action, words, look = "") => html`
    <button type="button" class="button ${look}" onClick=${() => setOpen(action)}>
      ${action === "silence" && html`<${Icon} name="silence" />`}${words}<span class="unseen"> ${nameOf(incident)}</span>
    </button>
  `;
  return html`
    <div class="actions">
      ${incident.acknowledged_at
        ? all && button("unacknowledge", "Take back acknowledgement")
        : button("acknowledge", "Acknowledge", "primary")}
      ${button("resolve", "Resolve …")} ${!incident.silenced && button("silence", "Silence …")}
      ${all && button("escalate", "Escalate …")}
    </div>
    ${open === "silence" && html`<${SilenceDialog} incident=${incident} onClose=${close} />`}
    ${open && open !== "silence" && html`<${ActDialog} action=${open} incident=${incident} onClose=${close} />`}
  `;
}
