// The controls of a threshold; what was changed is marked.
import { html } from "../lib.js";
import { channelName } from "../words.js";
import { GROUPS, shown } from "./threshold-fields.js";
import { Field, Select } from "./ui.js";

/**
 * @param {object} values what was edited so far, as the controls show it
 * @param {object} wrong column → what the API said is wrong with it
 */
export function ThresholdForm({ threshold, values, changes, wrong, channels, onEdit, disabled }) {
  return GROUPS.map((group) => {
    const touched = group.fields.some((field) => field.column in changes || wrong[field.column]);
    return html`
      <details class="group" key=${group.title} open=${group.open || touched}>
        <summary><h3>${group.title}</h3></summary>
        <div class="fields">
          ${group.fields.map((field) => {
            const id = `threshold-${field.column}`;
            const value = field.column in values ? values[field.column] : shown(field, threshold[field.column]);
            const suffix = field.suffix ?? (field.unit ? threshold.unit : null);
            const edited = field.column in changes;
            const props = { id, value, disabled, onEdit: (next) => onEdit(field.column, next), field, channels, described: field.hint || wrong[field.column] ? `${id}-${wrong[field.column] ? "error" : "hint"}` : null };
            return html`
              <${Field} key=${field.column} label=${html`${field.label}${edited && html` <span class="edited">changed</span>`}`}
                for=${id} hint=${field.hint} error=${wrong[field.column]} class="${edited ? "is-edited" : ""} kind-${field.kind}">
                <div class="with-suffix"><${Control} ...${props} />${suffix && html`<span class="suffix">${suffix}</span>`}</div>
              <//>
            `;
          })}
        </div>
      </details>
    `;
  });
}

function Control({ id, value, disabled, onEdit, field, channels, described }) {
  const common = { id, disabled, "aria-describedby": described };
  const typed = (event) => onEdit(event.currentTarget.value);
  switch (field.kind) {
    case "select":
      return html`<${Select} ...${common} value=${value} options=${field.options} onChange=${onEdit} />`;
    case "channel": {
      const known = [...new Set([...channels, ...(value ? [value] : [])])].map((name) => [name, channelName(name)]);
      return html`<${Select} ...${common} value=${value} options=${field.nullable ? [["", "Nobody"], ...known] : known} onChange=${onEdit} />`;
    }
    case "channels":
      return html`<div class="checks" id=${id} role="group" aria-label=${field.label}>
        ${channels.map(
          (name) => html`<label key=${name}>
            <input type="checkbox" disabled=${disabled} checked=${value.includes(name)}
              onChange=${(event) => onEdit(event.currentTarget.checked ? [...value, name] : value.filter((each) => each !== name))} />${channelName(name)}
          </label>`,
        )}
      </div>`;
    case "flag":
      return html`<input ...${common} type="checkbox" role="switch" checked=${value} onChange=${(event) => onEdit(event.currentTarget.checked)} />`;
    case "number":
    case "whole":
      return html`<input ...${common} type="number" inputmode="decimal" step=${field.kind === "whole" ? 1 : "any"} required=${!field.nullable} value=${value} onInput=${typed} />`;
    default:
      return html`<input ...${common} type=${field.kind === "url" ? "url" : "text"} maxlength="2000" value=${value} onInput=${typed} />`;
  }
}
