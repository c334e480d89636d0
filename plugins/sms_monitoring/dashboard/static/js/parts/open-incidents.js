// What is wrong now, and what to do about it.
import { html } from "../lib.js";
import { count } from "../format.js";
import { mayAct } from "../me.js";
import { usePages } from "../resource.js";
import { address } from "../route.js";
import { IncidentCard } from "./incident-card.js";
import { Empty, Loaded, ReadOnly, Skeleton } from "./states.js";
import { More, Panel, To } from "./ui.js";

// Nothing open says little while nothing is judged.
const CALM = {
  healthy: ["good", "Nothing is wrong."],
  attention: ["good", "See above for what needs attention."],
  no_data: ["quiet", "Nothing has been judged so far."],
  stale: ["quiet", "Alerts are not judged while the numbers are old."],
};

const GRAVITY = ["critical", "warning", "info"];
const rank = ({ severity }) => GRAVITY.indexOf(severity);

/** The gravest first, then what nobody looks after, then the newest. */
const byGravity = (one, other) =>
  rank(one) - rank(other) ||
  Boolean(one.acknowledged_at) - Boolean(other.acknowledged_at) ||
  new Date(other.triggered_at) - new Date(one.triggered_at);

export function OpenIncidents({ status }) {
  const [sign, calm] = CALM[status] ?? ["quiet", ""];
  // They come the newest first: as many at once as there may well be, so that no grave one stays behind "Show more".
  const open = usePages("incidents?state=open&limit=100", ["incident", "silence"]);
  const history = html`<${To} class="button" to=${address({ view: "incidents" })}>History<//>`;
  const shown = open.rows?.length;
  return html`
    <${Panel} id="open" title="Open incidents" note=${shown ? count(shown, "incident") + (open.more ? " and more" : "") : null} actions=${history} bare>
      <${Loaded} of=${open} what="the open incidents" skeleton=${html`<div class="card"><${Skeleton} lines=${3} /></div>`}>
        ${(rows) =>
          rows.length === 0
            ? html`<div class="card slim"><${Empty} title="No incident is open" icon=${sign}>${calm}<//></div>`
            : html`
                ${!mayAct() && html`<${ReadOnly} what="acknowledge, resolve or silence" />`}
                <ul class="cards">${[...rows].sort(byGravity).map((row) => html`<li key=${row.id}><${IncidentCard} of=${row} /></li>`)}</ul>
                <${More} of=${open} what="incidents" />
              `}
      <//>
    <//>
  `;
}
