// A chart with its title, and the same numbers as a table.
import { html, useState } from "../lib.js";
import { useResource } from "../resource.js";
import { Drawing } from "./drawing.js";
import { Icon } from "./icons.js";
import { Empty, Loaded, Skeleton } from "./states.js";
import { Table } from "./table.js";

export function ChartCard({ name, title, note, path }) {
  const chart = useResource(path, ["hour", "incident"]);
  const [asTable, setAsTable] = useState(false);
  const id = `chart-${name}`;
  return html`
    <figure class="card chart chart-${name}" aria-labelledby=${id}>
      <figcaption class="chart-head">
        <div><h3 id=${id}>${title}</h3><p class="soft">${note}</p></div>
        <button type="button" class="button plain small" aria-pressed=${asTable} disabled=${!chart.data || chart.data.empty} onClick=${() => setAsTable(!asTable)}>
          <${Icon} name=${asTable ? "chart" : "table"} />${asTable ? "Show as chart" : "Show as table"}<span class="unseen">: ${title}</span>
        </button>
      </figcaption>
      <div class="chart-body">
        <${Loaded} of=${chart} what=${`the chart “${title}”`} skeleton=${html`<${Skeleton} tall />`}>
          ${(data) =>
            data.empty
              ? html`<${Empty} title="Nothing in this time">Choose a longer range, or wait for the next hour.<//>`
              : asTable
                ? html`<${Table} caption=${data.description} columns=${data.table.columns} rows=${data.table.rows} />`
                : html`<${Drawing} spec=${data.spec} label=${data.description} />`}
        <//>
      </div>
    </figure>
  `;
}
