// Follows Airflow's theme while it changes: its document's class in the frame, its stored choice on a page of our own.
import { effect, signal } from "./lib.js";
import { framed } from "./places.js";

const system = matchMedia("(prefers-color-scheme: dark)");

function parentRoot() {
  try {
    return framed ? window.parent.document.documentElement : null;
  } catch {
    return null;
  }
}

function current() {
  const classes = parentRoot()?.classList;
  if (classes?.contains("dark")) return "dark";
  if (classes?.contains("light")) return "light";
  let stored = null;
  try {
    stored = localStorage.getItem("theme");
  } catch {
    // No storage for this page: the system's preference stands.
  }
  if (stored === "dark" || stored === "light") return stored;
  return system.matches ? "dark" : "light";
}

export const theme = signal(current());

export function followTheme() {
  const look = () => {
    theme.value = current();
  };
  const root = parentRoot();
  if (root) new MutationObserver(look).observe(root, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("storage", look);
  system.addEventListener("change", look);
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
