// What happened, said once: to screen readers in a live region, to everybody in a note that goes away.
import { signal } from "./lib.js";

const STAYS_MS = 6_000;

export const notes = signal([]);
let number = 0;

const region = () => document.getElementById("told");

export function say(text) {
  // Emptied first, so that the same text is announced again.
  region().textContent = "";
  setTimeout(() => (region().textContent = text), 50);
}

export function note(text, look = "good") {
  const id = (number += 1);
  notes.value = [...notes.value, { id, text, look }];
  say(text);
  setTimeout(() => (notes.value = notes.value.filter((each) => each.id !== id)), STAYS_MS);
}
