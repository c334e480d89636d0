// The address of what is seen, to be passed on.
import { html, useEffect, useRef, useState } from "../lib.js";
import { PAGE } from "../places.js";
import { note } from "../told.js";

/** @param {string} to an address within this page, such as "?incident=…" */
export function CopyLink({ to }) {
  const { href } = new URL(to, PAGE);
  const [refused, setRefused] = useState(false);
  const field = useRef(null);
  useEffect(() => {
    if (!refused) return;
    field.current.focus();
    field.current.select();
  }, [refused]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(href);
      note("Link copied");
    } catch {
      // Without https there is no clipboard, and a frame may be refused it: the reader copies by hand.
      setRefused(true);
    }
  };
  if (refused) return html`<input ref=${field} class="copy-by-hand" aria-label="Link to this incident" readonly value=${href} onFocus=${(event) => event.currentTarget.select()} />`;
  return html`<button type="button" class="button small" onClick=${copy}>Copy link</button>`;
}
