// One user of the product: their days and totals.
import { html, useState } from "../lib.js";
import { query } from "../api.js";
import { quantity } from "../format.js";
import { useResource } from "../resource.js";
import { place, set } from "../route.js";
import { Empty, Loaded } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Choice, Field, Panel } from "../parts/ui.js";

const DAYS = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["365", "1 year"]];
const COLUMNS = [
  ["metric_date", "Day"],
  ["scheduled_count", "Scheduled"],
  ["sent_count", "Sent"],
  ["delivered_count", "Delivered"],
  ["failed_count", "Failed"],
  ["cancelled_count", "Cancelled"],
  ["delivery_rate_percent", "Delivery rate", "%"],
  ["llm_success_rate_percent", "LLM success", "%"],
  ["llm_cost_usd", "LLM cost", "USD"],
  ["sms_cost_usd", "SMS cost", "USD"],
];

export function Users() {
  const [text, setText] = useState(place("user"));
  const days = place("days") || "30";
  const search = (event) => {
    event.preventDefault();
    set({ user: text.trim() });
  };
  return html`
    <${Panel} id="users" title="Look up a user" note="What became of one user's messages, day by day" bare>
      <div class="card">
        <form class="bar" role="search" onSubmit=${search}>
          <${Field} label="User ID" for="user" class="grow">
            <input id="user" type="search" required maxlength="200" autocomplete="off" spellcheck=${false} value=${text}
              onInput=${(event) => setText(event.currentTarget.value)} />
          <//>
          <${Choice} label="How many days" name="days" options=${DAYS} value=${days} onChange=${(next) => set({ days: next })} />
          <button type="submit" class="button primary">Look up</button>
        </form>
      </div>
    <//>
    ${place("user")
      ? html`<${UserNumbers} user=${place("user")} days=${days} />`
      : html`<div class="card"><${Empty} title="Whose messages?">Enter the ID that your product has for the user.<//></div>`}
  `;
}

/** @param {boolean} own the API takes the user from who is logged in */
export function UserNumbers({ user, days, own = false }) {
  const numbers = useResource(`user${query({ user_id: own ? null : user, days })}`, ["hour"]);
  return html`
    <${Panel} id="user-numbers" title=${own ? "Your messages" : `Messages of ${user}`} note="The last ${days} days" bare>
      <${Loaded} of=${numbers} what=${own ? "your numbers" : "this user"} skeleton=${null}>
        ${({ metrics, summary }) => html`
          ${metrics.length > 0 &&
          html`<ul class="tiles six">
            ${[
              ["Scheduled", quantity(summary.total_scheduled)],
              ["Sent", quantity(summary.total_sent)],
              ["Delivered", quantity(summary.total_delivered)],
              ["Failed", quantity(summary.total_failed)],
              ["Delivery rate", quantity(summary.delivery_rate_percent, "%")],
              ["LLM cost", quantity(summary.total_llm_cost_usd, "USD")],
            ].map(([label, value]) => html`<li class="tile" key=${label}><span class="tile-label">${label}</span><span class="tile-value">${value}</span></li>`)}
          </ul>`}
          <div class="card">
            ${metrics.length === 0
              ? html`<${Empty} title="No messages in these days">Choose more days, or check the ID. Per-user days are kept for 90 days.<//>`
              : html`<${Table} caption="Day by day, the newest first" columns=${COLUMNS.map(([, words]) => words)}
                  rows=${metrics.map((each) => COLUMNS.map(([name, , unit]) => (unit ? quantity(each[name], unit) : each[name])))} />`}
          </div>
        `}
      <//>
    <//>
  `;
}
