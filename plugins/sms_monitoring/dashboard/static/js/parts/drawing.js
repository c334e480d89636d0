// A Vega-Lite specification as a picture, described in words for who does not see it.
import { html, useEffect, useRef, useState } from "../lib.js";
import { draw } from "../vega.js";
import { Failure } from "./states.js";

export function Drawing({ spec, label }) {
  const element = useRef(null);
  const [error, setError] = useState(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const host = element.current;
    let gone = false;
    let remove = null;
    // The old picture stands until the new one is drawn: nothing jumps.
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    host.append(canvas);
    draw(canvas, spec, { label }).then(
      (finish) => {
        if (gone || !host.isConnected) return finish();
        remove = finish;
        for (const old of [...host.children]) if (old !== canvas) old.remove();
        host.dataset.drawn = "true";
        return setError(null);
      },
      (failure) => gone || setError(failure),
    );
    return () => {
      gone = true;
      remove?.();
      // Left standing by a redraw, taken away with the element otherwise.
      if (!remove) canvas.remove();
    };
  }, [spec, again]);
  return html`
    ${error && html`<${Failure} what="the chart" error=${error} retry=${() => setAgain(again + 1)} />`}
    <div class="drawing" role="img" aria-label=${label} hidden=${error !== null} ref=${element}></div>
  `;
}
