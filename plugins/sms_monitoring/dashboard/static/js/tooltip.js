// The numbers under the pointer, as text: what Vega calls when the pointer enters or leaves a mark.
const GAP = 14;

let box = null;

function fill(value) {
  const rows = typeof value === "object" ? Object.entries(value) : [["", value]];
  box.replaceChildren(
    ...rows.map(([name, text]) => {
      const row = document.createElement("div");
      const label = document.createElement("span");
      const figure = document.createElement("b");
      label.textContent = name;
      figure.textContent = String(text);
      row.append(label, figure);
      return row;
    }),
  );
}

export function tooltip(_, event, __, value) {
  box ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "tooltip" }));
  box.hidden = value === null || value === undefined || value === "";
  box.setAttribute("aria-hidden", "true"); // the table holds the same
  if (box.hidden) return;
  fill(value);
  const { width, height } = box.getBoundingClientRect();
  const left = event.clientX + GAP + width > window.innerWidth ? event.clientX - GAP - width : event.clientX + GAP;
  const top = event.clientY + GAP + height > window.innerHeight ? event.clientY - GAP - height : event.clientY + GAP;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${Math.max(4, top)}px`;
}
