// The one place that knows which versions of the libraries are vendored.
import { h } from "../vendor/preact-11.2.0/preact.js";
import htm from "../vendor/htm-3.1.1/htm.js";

export { render, Fragment } from "../vendor/preact-11.2.0/preact.js";
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact-11.2.0/hooks.js";
export { computed, effect, signal, batch } from "../vendor/preact-signals-2.11.4/signals.js";

export const html = htm.bind(h);

export const VEGA_SCRIPTS = ["vendor/vega-6.4.0/vega.min.js", "vendor/vega-lite-6.4.1/vega-lite.min.js"];
export const VEGA_INTERPRETER = "../vendor/vega-interpreter-2.3.2/vega-interpreter.js";
