// Talks to the API. Every failure is an ApiFailure with a sentence that can be shown.
import { signal } from "./lib.js";
import { apiUrl } from "./places.js";

/** True once the API said that nobody is logged in any more. */
export const sessionExpired = signal(false);

const WITHOUT_ANSWER = "The API cannot be reached. Check the network, and whether Airflow's API server runs.";

export class ApiFailure extends Error {
  constructor(status, message, { parameter = null, problems = [], retryAfter = null } = {}) {
    super(message);
    this.status = status;
    this.parameter = parameter;
    this.problems = problems;
    this.retryAfter = retryAfter;
  }
}

export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

async function ask(method, path, { body, headers = {}, signal: aborted } = {}) {
  let response;
  try {
    response = await fetch(apiUrl(path), {
      method,
      credentials: "same-origin",
      signal: aborted,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiFailure(0, WITHOUT_ANSWER);
  }
  if (response.status === 401) sessionExpired.value = true;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return { answer, etag: response.headers.get("ETag") };
  const { message, parameter, problems } = answer?.error ?? {};
  throw new ApiFailure(response.status, message ?? `The API answered ${response.status} without saying why.`, {
    parameter,
    problems,
    retryAfter: Number(response.headers.get("Retry-After")) || null,
  });
}

/** The whole answer to a GET: `{success, data, …}`. */
export const get = async (path, options) => (await ask("GET", path, options)).answer;

/** What the API answers to a change; its `data`. */
export async function send(method, path, body = {}, options = {}) {
  const { answer } = await ask(method, path, { ...options, body });
  return answer.data ?? answer;
}
