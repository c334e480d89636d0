// The charts, for one range of time and all messages or those of one carrier or campaign.
import { html } from "../lib.js";
import { query } from "../api.js";
import { place, set } from "../route.js";
import { theme } from "../theme.js";
import { ChartCard } from "./chart-card.js";
import { DimensionPicker } from "./dimension-picker.js";
import { Choice, Panel } from "./ui.js";

const RANGES = [["24h", "24 h"], ["7d", "7 days"], ["30d", "30 days"], ["90d", "90 days"]];
const BOTH = ["carrier", "campaign"];
// Name, title, what it shows, by what it can be told apart; where that is not what was chosen it is of all messages.
const CHARTS = [
  ["delivery_rate", "Delivery rate", "Delivered of those sent; the band says how sure the rate is", BOTH],
  ["volume", "Messages sent", "By what became of them", BOTH],
  ["funnel", "Delivery funnel", "How far messages came", BOTH],
  ["latency", "Delivery time", "Half, and 95 of 100, arrive within this time", BOTH],
  ["rate_by_carrier", "Delivery rate by carrier", "The busiest carriers", []],
  ["volume_by_carrier", "Messages by carrier", "The busiest carriers", []],
  ["rate_by_campaign", "Delivery rate by campaign", "The busiest campaigns", []],
  ["volume_by_campaign", "Messages by campaign", "The busiest campaigns", []],
  ["llm", "LLM success", "Texts that the model wrote, of all; the rest came from templates", ["campaign"]],
  ["cost", "Cost", "Of messages and of the LLM, in US dollars", ["campaign"]],
  ["engagement", "Engagement", "Opt-outs, daily limits, quiet hours", ["campaign"]],
];

export function Charts() {
  const range = place("range");
  const [dimension, value] = [place("dimension"), place("value")];
  const pickers = html`
    <${DimensionPicker} range=${range} dimension=${dimension} value=${value} />
    <${Choice} label="Range of time" name="range" options=${RANGES} value=${range} onChange=${(next) => set({ range: next })} />
  `;
  return html`
    <${Panel} id="charts" title="Charts" note=${value ? `${dimension === "carrier" ? "Carrier" : "Campaign"} ${value}` : null} actions=${pickers} bare>
      <div class="charts">
        ${CHARTS.map(([name, title, note, dimensions]) => {
          const applies = value && dimensions.includes(dimension);
          const only = applies ? { dimension, value } : {};
          const path = `charts/${name}${query({ range, ...only, theme: theme.value })}`;
          return html`<${ChartCard} key=${name} name=${name} title=${title} note=${value && !applies ? `${note} · all messages` : note} path=${path} />`;
        })}
      </div>
    <//>
  `;
}
