// Rows of texts and numbers, as the API gives them, in a table that scrolls by itself where it is too wide.
import { html } from "../lib.js";
import { exact, MISSING } from "../format.js";

export const Table = ({ caption, columns, rows, hidden = false }) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class="data">
      <caption class=${hidden ? "unseen" : ""}>${caption}</caption>
      <thead><tr>${columns.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          (row, index) => html`<tr key=${index}>
            ${row.map((cell, column) => {
              const text = cell === null || cell === undefined ? MISSING : exact(cell);
              return column === 0 ? html`<th key=${column} scope="row">${text}</th>` : html`<td key=${column}>${text}</td>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;
