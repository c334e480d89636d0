// Today against the same hours of last week.
import { html } from "../lib.js";
import { percent, points, quantity, times } from "../format.js";
import { Icon } from "./icons.js";
import { Panel } from "./ui.js";

const COUNTED = new Set(["messages", "people"]);
const shortly = (value, unit) => quantity(value, COUNTED.has(unit) ? "" : unit);
// Below this, in percent or points, a change is noise and not coloured.
const NOTABLE = 1;
// Above this, a percentage says less than how many times as much it is.
const MOST_PERCENT = 1_000;

/** How far the value is from last week's: {size, text}; a percentage differs in points. Null where that cannot be said. */
function changeOf({ unit, value, last_week: before, change_percent: change }) {
  if (value === null || before === null) return null;
  if (unit === "%") {
    const difference = Math.round((value - before) * 10) / 10;
    return { size: difference, text: points(difference) };
  }
  if (change === null) return null;
  return { size: change, text: change > MOST_PERCENT ? times(value / before) : percent(change) };
}

export function Tiles({ of }) {
  const { hours, items } = of.today;
  if (!items.length) return null;
  const note = hours ? `00:00 to ${String(hours).padStart(2, "0")}:00 UTC, beside the same hours a week ago` : "No hour of this UTC day is complete yet";
  return html`
    <${Panel} title="Today so far" note=${note} bare id="today">
      <ul class="tiles">${items.map((item) => html`<${Tile} key=${item.key} of=${item} />`)}</ul>
    <//>
  `;
}

function Tile({ of }) {
  const { label, unit, value, last_week: before, good } = of;
  const change = changeOf(of);
  const direction = change?.size > 0 ? "up" : change?.size < 0 ? "down" : null;
  const notable = good && direction && Math.abs(change.size) >= NOTABLE;
  const verdict = notable ? (direction === good ? "good" : "bad") : "even";
  return html`
    <li class="tile">
      <span class="tile-label">${label}</span>
      <span class="tile-value">${shortly(value, unit)}</span>
      ${before === null
        ? html`<span class="tile-change">Last week unknown</span>`
        : html`
            <span class="tile-change ${verdict}">
              ${direction && html`<${Icon} name=${direction} />`}${change && html`<b>${change.text}</b>`}
              ${notable && html`<span class="unseen"> (${verdict === "good" ? "better" : "worse"})</span>`}
            </span>
            <span class="tile-change">last week ${shortly(before, unit)}</span>
          `}
    </li>
  `;
}

export const TilesSkeleton = () => html`
  <section class="panel bare" aria-busy="true">
    <div class="panel-head"><h2>Today so far</h2></div>
    <ul class="tiles">${Array.from({ length: 8 }, (_, index) => html`<li class="tile skeleton" key=${index}><i></i><i></i><i></i></li>`)}</ul>
  </section>
`;
