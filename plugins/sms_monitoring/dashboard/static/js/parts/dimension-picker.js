// All messages, or those of one carrier or one campaign.
import { html } from "../lib.js";
import { count } from "../format.js";
import { useResource } from "../resource.js";
import { set } from "../route.js";

const GROUPS = [["carrier", "Carrier"], ["campaign", "Campaign"]];
const ALL = "";

export function DimensionPicker({ range, dimension, value }) {
  const known = useResource(`dimensions?range=${range}`, ["hour"]);
  const chosen = value ? JSON.stringify([dimension, value]) : ALL;
  const choose = (event) => {
    const [nextDimension, nextValue] = event.currentTarget.value === ALL ? [null, null] : JSON.parse(event.currentTarget.value);
    set({ dimension: nextDimension, value: nextValue });
  };
  const missing = value && !(known.data?.[dimension] ?? []).some((each) => each.value === value);
  return html`
    <label class="inline">
      <span class="unseen">Messages of</span>
      <select onChange=${choose}>
        <option value=${ALL} selected=${chosen === ALL}>All messages</option>
        ${missing && html`<option value=${chosen} selected>${value}</option>`}
        ${GROUPS.map(([name, words]) => {
          const values = known.data?.[name] ?? [];
          return values.length > 0 && html`
            <optgroup key=${name} label=${words}>
              ${values.map((each) => {
                const key = JSON.stringify([name, each.value]);
                return html`<option key=${key} value=${key} selected=${key === chosen}>${each.value} · ${count(each.sent, "message")}</option>`;
              })}
            </optgroup>`;
        })}
      </select>
    </label>
  `;
}
