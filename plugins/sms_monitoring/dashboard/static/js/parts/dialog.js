// The browser's own modal dialog: it keeps the focus inside, closes with Escape and gives the focus back.
import { html, useEffect, useRef, useState } from "../lib.js";
import { Icon } from "./icons.js";

export function Dialog({ title, onClose, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element.showModal();
    element.querySelector("[data-first], input:not([type=radio]), textarea, select")?.focus();
    return () => {
      element.close();
      // What opened it may be gone: the incident is resolved, the row has another button.
      const next = opener?.isConnected ? opener : document.getElementById("main");
      next?.focus({ preventScroll: true });
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" onCancel=${cancel}>
      <div class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="button plain square" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
      </div>
      ${children}
    </dialog>
  `;
}

/**
 * A form in a dialog.
 * @param {() => Promise} act what is done; when it fails the dialog stays and says why
 */
export function FormDialog({ title, act, doIt, danger = false, onClose, children }) {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await act();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <form class="dialog-form" onSubmit=${submit}>
        ${children}
        ${error && html`<p class="error-text" role="alert"><${Icon} name="warn" />${error.message}</p>`}
        <div class="dialog-foot">
          <button type="button" class="button" onClick=${onClose}>Cancel</button>
          <button type="submit" class="button ${danger ? "danger" : "primary"}" disabled=${busy}>${busy ? "One moment …" : doIt}</button>
        </div>
      </form>
    <//>
  `;
}
