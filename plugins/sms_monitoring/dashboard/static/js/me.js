// Who looks at the page.
import { signal } from "./lib.js";

/** {name, may_read, may_act}; null until it is known. */
export const me = signal(null);
export const mayAct = () => me.value?.may_act === true;
