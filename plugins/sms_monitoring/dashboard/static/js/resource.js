// An answer of the API as state of a component: kept while it is asked for again, asked for again when it changed.
import { signal, useEffect, useRef, useState } from "./lib.js";
import { get } from "./api.js";
import { changes } from "./stream.js";

/** When any number on the page was last asked for, and came. */
export const updatedAt = signal(null);

/**
 * @param {string|null} path null: nothing to ask for yet
 * @param {string[]} topics whose changes make this answer outdated
 * @returns {{answer, data, error, loading, retry}} `data` is the last good answer's, also while `error` or `loading`
 */
export function useResource(path, topics = []) {
  const [state, setState] = useState({ path: null, answer: null, error: null, loading: path !== null });
  const [asked, setAsked] = useState(0);
  const version = topics.map((topic) => changes[topic].value).join(".");
  const shown = useRef(path);
  shown.current = path;

  useEffect(() => {
    if (path === null) return undefined;
    const controller = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    get(path, { signal: controller.signal }).then(
      (answer) => {
        setState({ path, answer, error: null, loading: false });
        updatedAt.value = new Date();
      },
      (error) => {
        if (error.name === "AbortError" || shown.current !== path) return;
        // What is known of this very path stays; of another one it would mislead.
        setState((before) => ({ path, answer: before.path === path ? before.answer : null, error, loading: false }));
      },
    );
    return () => controller.abort();
  }, [path, version, asked]);

  const current = path !== null && state.path === path;
  return {
    answer: state.answer,
    data: state.answer?.data ?? null,
    error: current ? state.error : null,
    loading: path !== null && (state.loading || !current),
    retry: () => setAsked((count) => count + 1),
  };
}

/** A list that the API gives out page by page; `more` is null on the last one. A change begins it anew. */
export function usePages(path, topics = []) {
  const first = useResource(path, topics);
  const [rest, setRest] = useState({ of: null, rows: [], cursor: null, error: null, loading: false });
  const of = first.answer;
  const mine = rest.of === of ? rest : { rows: [], cursor: of?.next_cursor ?? null, error: null, loading: false };

  async function more() {
    setRest({ ...mine, of, loading: true, error: null });
    try {
      const page = await get(`${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(mine.cursor)}`);
      setRest({ of, rows: [...mine.rows, ...page.data], cursor: page.next_cursor ?? null, error: null, loading: false });
    } catch (error) {
      setRest({ ...mine, of, loading: false, error });
    }
  }

  return {
    ...first,
    rows: first.data ? [...first.data, ...mine.rows] : null,
    more: mine.cursor ? more : null,
    moreLoading: mine.loading,
    moreError: mine.error,
  };
}
