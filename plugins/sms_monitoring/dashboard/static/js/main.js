import { html, render } from "./lib.js";
import { App } from "./app.js";
import { followTheme } from "./theme.js";

followTheme();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
