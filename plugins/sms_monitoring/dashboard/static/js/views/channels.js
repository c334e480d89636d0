// Whom alerts are told through: configured or not, and does it work.
import { html, useEffect, useRef, useState } from "../lib.js";
import { get, send } from "../api.js";
import { count } from "../format.js";
import { mayAct } from "../me.js";
import { useResource } from "../resource.js";
import { channelName } from "../words.js";
import { Icon } from "../parts/icons.js";
import { Empty, Loaded, ReadOnly } from "../parts/states.js";
import { Badge, Facts, Panel, Time } from "../parts/ui.js";

const ASK_AGAIN_MS = 2_000;
const GIVE_UP_AFTER = 30;
// What a test leaves behind.
const LEAVES = { pagerduty: "Opens an incident of severity info there; resolve it afterwards." };

export function Channels() {
  const channels = useResource("channels", ["incident"]);
  return html`
    <${Panel} id="channels" title="Channels" note="Through which people are told" bare>
      ${!mayAct() && html`<${ReadOnly} what="send a test" />`}
      <${Loaded} of=${channels} what="the channels">
        ${(rows) =>
          rows.length === 0
            ? html`<div class="card"><${Empty} title="No channels">Channels are rows of <code>sms_notification_channels</code>.<//></div>`
            : html`<ul class="cards grid">${rows.map((row) => html`<li key=${row.channel}><${Channel} of=${row} reload=${channels.retry} /></li>`)}</ul>`}
      <//>
    <//>
  `;
}

const Channel = ({ of, reload }) => html`
  <article class="card channel">
    <div class="channel-head"><h3>${channelName(of.channel)}</h3>
      <${Badge} code=${of.channel} as=${of.configured ? "good" : "quiet"} words=${of.configured ? "Configured" : "Not configured"} />
    </div>
    <p class="soft">${of.description}</p>
    ${of.configuration_problem && html`<p class="error-text"><${Icon} name="warn" />${of.configuration_problem}</p>`}
    <${Facts}
      of=${[
        ["Used by", of.in_use_by.length ? of.in_use_by.join(", ") : "no alert"],
        ["Last alert or test", of.last_sent_at ? html`<${Time} at=${of.last_sent_at} /> UTC` : "never"],
        ["Failed in 24 h", of.failed_24h ? html`<b class="bad-text">${of.failed_24h}</b>` : "none"],
        ["Waiting", of.waiting > 0 && of.waiting],
        ["Last error", of.last_error],
        ["When it fails", of.fallback_channel && `${channelName(of.fallback_channel)} is told`],
      ]}
    />
    ${mayAct() && html`<${Test} channel=${of.channel} configured=${of.configured} reload=${reload} />`}
  </article>
`;

/** Sends a test, and follows it until it arrived or failed. */
function Test({ channel, configured, reload }) {
  const [state, setState] = useState(null);
  const alive = useRef(true);
  useEffect(() => () => (alive.current = false), []);

  const run = async () => {
    setState({ as: "busy", words: "Sending …" });
    try {
      const { notification_id: id } = await send("POST", `channels/${channel}/test`);
      for (let asked = 0; asked < GIVE_UP_AFTER && alive.current; asked += 1) {
        const { data } = await get(`deliveries/${id}`);
        if (data.status === "sent") return setState({ as: "good", words: "Delivered" }), reload();
        if (data.status === "failed") return setState({ as: "bad", words: data.last_error ?? "Failed" });
        if (data.status === "suppressed") return setState({ as: "quiet", words: "Held back" });
        setState({ as: "busy", words: data.attempts ? `${count(data.attempts, "attempt")}; ${data.last_error ?? "trying again"}` : "Waits for the next dispatch …" });
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
      if (alive.current) setState({ as: "quiet", words: "It waits for the next dispatch; the hourly DAG sends it." });
    } catch (error) {
      setState({ as: "bad", words: error.message });
    }
    return undefined;
  };
  return html`
    <div class="test">
      <button type="button" class="button small" disabled=${state?.as === "busy"} onClick=${run}>Send a test<span class="unseen"> to ${channelName(channel)}</span></button>
      <span role="status" class=${state ? `${state.as}-text` : "soft"}>
        ${state ? html`<${Icon} name=${state.as} />${state.words}` : configured ? "" : "Set its Airflow connection first."}
      </span>
      ${LEAVES[channel] && html`<p class="hint">${LEAVES[channel]}</p>`}
    </div>
  `;
}
