// Draws Vega-Lite specifications. The libraries are large, so they are loaded when the first chart is there to draw.
// Expressions are interpreted, not compiled: the page's security policy forbids eval. Nothing is ever fetched.
import { VEGA_INTERPRETER, VEGA_SCRIPTS } from "./lib.js";
import { STATIC } from "./places.js";
import { tooltip } from "./tooltip.js";

let loading = null;
let queue = Promise.resolve();

function script(path) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(path, STATIC);
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error("The chart library could not be loaded.")));
    document.head.append(element);
  });
}

export function loadVega() {
  loading ??= (async () => {
    for (const path of VEGA_SCRIPTS) await script(path);
    const { expressionInterpreter } = await import(VEGA_INTERPRETER);
    return { vega: window.vega, vegaLite: window.vegaLite, expressionInterpreter };
  })();
  loading.catch(() => (loading = null));
  return loading;
}

const refuse = async () => {
  throw new Error("A chart does not load anything.");
};

/**
 * The interpreter takes `datetime(1773154800000)`, which Vega-Lite writes for times in milliseconds, for a year of that
 * number; as a text it understands it. (vega-interpreter 2.3.2)
 */
const withReadableTimes = (compiled) =>
  JSON.parse(JSON.stringify(compiled), (_, value) =>
    typeof value === "string" && value.includes("datetime(")
      ? value.replace(/\bdatetime\((-?\d{9,14})\)/g, (__, ms) => `datetime("${new Date(Number(ms)).toISOString()}")`)
      : value,
  );

/**
 * Draw a specification into an element. Charts are drawn one after another, so that the page stays responsive.
 * @returns {Promise<() => void>} what removes it again
 */
export function draw(element, spec, { label }) {
  const drawn = queue.then(async () => {
    if (!element.isConnected) return () => {};
    const { vega, vegaLite, expressionInterpreter } = await loadVega();
    const font = getComputedStyle(document.body).fontFamily;
    const config = { ...spec.config, font, background: "transparent" };
    const { spec: compiled } = vegaLite.compile({ ...spec, config, width: "container", description: label }, { logger: vega.logger(vega.Error) });
    const view = new vega.View(vega.parse(withReadableTimes(compiled), null, { ast: true }), {
      expr: expressionInterpreter,
      renderer: "canvas",
      container: element,
      hover: true,
      loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
      tooltip,
      logLevel: vega.Error,
    });
    await view.runAsync();
    await new Promise((resolve) => setTimeout(resolve));
    return () => view.finalize();
  });
  queue = drawn.catch(() => {});
  return drawn;
}
