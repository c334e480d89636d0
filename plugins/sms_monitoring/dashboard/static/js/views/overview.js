// At a glance: are messages arriving, what is wrong, how does today compare, how do things move.
import { html } from "../lib.js";
import { useResource } from "../resource.js";
import { Banner, BannerSkeleton } from "../parts/banner.js";
import { Charts } from "../parts/charts.js";
import { Loaded } from "../parts/states.js";
import { OpenIncidents } from "../parts/open-incidents.js";
import { Tiles, TilesSkeleton } from "../parts/tiles.js";

export function Overview() {
  const overview = useResource("overview", ["hour", "incident", "silence"]);
  const skeleton = html`<${BannerSkeleton} /><${TilesSkeleton} />`;
  const never = overview.data?.health.status === "no_data";
  return html`
    <${Loaded} of=${overview} what="the overview" skeleton=${skeleton}>
      ${(data) => html`<${Banner} of=${data} /><${Tiles} of=${data} />`}
    <//>
    <${OpenIncidents} status=${overview.data?.health.status} />
    ${!never && html`<${Charts} />`}
  `;
}
