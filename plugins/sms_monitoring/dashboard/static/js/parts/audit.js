// Who changed what, the newest first.
import { html } from "../lib.js";
import { query } from "../api.js";
import { exact, MISSING, readable } from "../format.js";
import { usePages } from "../resource.js";
import { Empty, Loaded } from "./states.js";
import { More, Panel, Time } from "./ui.js";

const text = (value) =>
  value === null || value === undefined || value === "" ? MISSING : Array.isArray(value) ? value.join(", ") || MISSING : typeof value === "object" ? JSON.stringify(value) : String(exact(value));

export function Audit({ title, of = null }) {
  const entries = usePages(`audit${query({ object: of, limit: 10 })}`, ["threshold", "silence", "incident"]);
  return html`
    <${Panel} id="audit" title=${title} note="Who, when, and from what to what">
      <${Loaded} of=${entries} what="the changes">
        ${(rows) =>
          rows.length === 0
            ? html`<${Empty} title="No change so far">What people change here, or by SQL, is kept for good.<//>`
            : html`<ul class="audit">
                ${rows.map(
                  (each) => html`<li key=${each.id}>
                    <p><b>${each.actor}</b> · ${readable(each.action)} · <span class="code">${each.object}</span> <${Time} at=${each.at} /></p>
                    ${each.changes.length > 0 &&
                    html`<ul class="changes">
                      ${each.changes.map((change) => html`<li key=${change.column}>${readable(change.column)}: <s>${text(change.before)}</s> → <b>${text(change.after)}</b></li>`)}
                    </ul>`}
                    ${each.note && html`<p class="quote">${each.note}</p>`}
                  </li>`,
                )}
              </ul>`}
      <//>
      <${More} of=${entries} what="changes" />
    <//>
  `;
}
