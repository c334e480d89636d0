// Addresses, all derived from where this page is: <Airflow>/api/sms/metrics/dashboard/. Works under any base path.
const HERE = new URL("../", import.meta.url); // …/dashboard/static/
export const STATIC = HERE;
export const PAGE = new URL("../", HERE);
export const API = new URL("../", PAGE);
export const AIRFLOW = new URL("../../../", API);

export const apiUrl = (path) => new URL(path.replace(/^\//, ""), API);

/** A page of Airflow's, given as a path (with or without a slash in front) or as a whole address; null if it is none. */
export function airflowUrl(path) {
  if (!path) return null;
  try {
    const url = new URL(/^[a-z]+:/i.test(path) ? path : path.replace(/^\//, ""), AIRFLOW);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export const framed = window.parent !== window;

/** Where to log in again and come back to: the outermost page, which is Airflow's when we are framed in it. */
export function loginUrl() {
  let back = window.location.href;
  try {
    back = window.top.location.href;
  } catch {
    // Framed by another origin: only our own address is known.
  }
  const url = new URL("api/v2/auth/login", AIRFLOW);
  url.searchParams.set("next", back);
  return url.href;
}

/**
 * Follow a link in the outermost page. Airflow's frame is sandboxed and may not navigate it; Airflow's own document may,
 * so the click happens there.
 */
export function followInTop(event) {
  if (!framed || event.defaultPrevented || event.button !== 0) return;
  const { href } = event.currentTarget;
  try {
    const link = window.top.document.createElement("a");
    link.href = href;
    window.top.document.body.append(link);
    event.preventDefault();
    link.click();
    link.remove();
  } catch {
    // Framed by another origin: the browser's own way must do.
  }
}
