// Keeps the page up to date: fetches itself, and changes only what changed, so that nothing a reader opened closes.
"use strict";

const PERIOD_MS = 2000;
const live = document.getElementById("live");
const seen = new Map(); // element id → HTML as the server last sent it
let tag = null;

function remember(root) {
  root.querySelectorAll("[data-live], [data-list] > [id]").forEach((element) => seen.set(element.id, element.outerHTML));
}

function dress(root) {
  root.querySelectorAll("time").forEach((time) => {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    time.textContent = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  });
  root.querySelectorAll("iframe[data-fit]").forEach((frame) => {
    const fit = () => {
      const page = frame.contentDocument && frame.contentDocument.documentElement;
      if (!page) return;
      frame.style.height = "0"; // a page is never less high than its frame
      frame.style.height = `${page.scrollHeight + 2}px`;
    };
    frame.addEventListener("load", fit);
    new ResizeObserver(fit).observe(frame.parentElement);
    fit();
  });
}

function fresh(element) {
  const html = element.outerHTML;
  const old = document.getElementById(element.id);
  if (old && seen.get(element.id) === html) return old;
  seen.set(element.id, html);
  const made = document.importNode(element, true);
  if (old) {
    const opened = [...old.querySelectorAll("details")].map((details) => details.open);
    made.querySelectorAll("details").forEach((details, number) => { details.open = Boolean(opened[number]); });
  }
  dress(made);
  return made;
}

function mergeList(list, incoming) {
  const wanted = [...incoming.children].map((child) => {
    const old = document.getElementById(child.id);
    const made = fresh(child);
    if (old && made !== old) old.replaceWith(made);
    else if (!old) made.classList.add("new");
    return made;
  });
  const kept = new Set(wanted);
  [...list.children].forEach((child) => { if (!kept.has(child)) child.remove(); });
  wanted.forEach((child, number) => {
    // A node that stands right is not moved: moving would reload a frame and lose focus.
    if (list.children[number] !== child) list.insertBefore(child, list.children[number] || null);
  });
}

function apply(incoming) {
  incoming.querySelectorAll("[data-list]").forEach((list) => mergeList(document.getElementById(list.id), list));
  incoming.querySelectorAll("[data-live]").forEach((element) => {
    const old = document.getElementById(element.id);
    const made = fresh(element);
    if (old && made !== old) old.replaceWith(made);
  });
}

async function refresh() {
  try {
    const response = await fetch(location.href, { cache: "no-cache" });
    if (!response.ok) throw new Error(String(response.status));
    const current = response.headers.get("ETag");
    if (current !== tag) {
      const incoming = new DOMParser().parseFromString(await response.text(), "text/html");
      const appeared = incoming.getElementById("reader") && !document.getElementById("reader");
      if (appeared) { location.reload(); return; }
      apply(incoming);
      tag = current;
    }
    live.textContent = "Live";
    live.className = "on";
  } catch {
    live.textContent = "Receivers stopped";
    live.className = "off";
  }
  setTimeout(refresh, PERIOD_MS);
}

remember(document);
dress(document);
refresh();
