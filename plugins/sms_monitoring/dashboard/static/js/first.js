// Runs before the first paint, so that a dark page does not flash white. What follows the theme later is theme.js.
(() => {
  let dark = matchMedia("(prefers-color-scheme: dark)").matches;
  try {
    const chosen = window.parent !== window && window.parent.document.documentElement.classList;
    const stored = localStorage.getItem("theme");
    if (chosen && (chosen.contains("dark") || chosen.contains("light"))) dark = chosen.contains("dark");
    else if (stored === "dark" || stored === "light") dark = stored === "dark";
  } catch {
    // A parent of another origin, or no storage: the system's preference stands.
  }
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
