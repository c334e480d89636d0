import { html } from "../lib.js";

const PATHS = {
  good: "M20 6 9 17l-5-5",
  bad: "M12 7v6m0 4h.01M12 2 2 20h20L12 2z",
  warn: "M12 8v5m0 3h.01M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
  quiet: "M8 12h8M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
  busy: "M12 7v5l3 2M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
  up: "M12 19V5m-6 6 6-6 6 6",
  down: "M12 5v14m-6-6 6 6 6-6",
  bell: "M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7m4 11a2 2 0 0 0 4 0",
  silence: "M3 3l18 18M8.6 4.1A6 6 0 0 1 18 9c0 2.4.4 4 .8 5.1M6 9.2C5.9 15 4 16 4 16h12m-6 4a2 2 0 0 0 4 0",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  link: "M7 17 17 7m-8 0h8v8",
  table: "M3 5h18v14H3zM3 10h18M9 10v9",
  chart: "M4 4v16h16M8 15l3-4 3 2 5-6",
  empty: "M4 13h4l2 3h4l2-3h4M4 13l3-8h10l3 8v6H4z",
  lock: "M6 11h12v9H6zm2 0V8a4 4 0 0 1 8 0v3",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
};

/** A drawing beside words that say the same; hidden from screen readers. */
export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name] ?? PATHS.quiet} /></svg>
`;
