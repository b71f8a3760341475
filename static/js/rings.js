// What a page does with rings and with the state of its connection, wherever they come from: whatever shows a topic carries
// data-ring="<topic> …" and hx-trigger="ring" and fetches itself anew. Without a connection the same parts are asked for
// every 15 seconds, and the state shown at the top is what is true.
const POLL = 15_000;
const GATHER = 150;

let polling = 0;

// ---- what the page shows ----

/** The state of the page's connection: connected, connecting, polling (over HTTP), offline or signed-out. */
export function show(state) {
  for (const element of document.querySelectorAll(".connection")) {
    if (element.dataset.state !== state) element.dataset.state = state;
  }
  document.documentElement.dataset.connection = state;
  document.dispatchEvent(new CustomEvent("connection", { detail: { state } }));
  const alone = state !== "connected" && state !== "signed-out";
  if (alone && !polling) polling = setInterval(() => { if (navigator.onLine && !document.hidden) ringAll(); }, POLL);
  if (!alone && polling) {
    clearInterval(polling);
    polling = 0;
  }
}

// ---- rings ----

const waiting = new Set();
let gathering = 0;

// Which part the answer to a button is on its way to, by its request: it is put where the button's card stands now.
const awaited = new Map();

// Nobody loses what they are typing or pressing because a colleague did something, nor the answer to what they have pressed:
// the part reloads when they have left it.
function busy(element) {
  const focused = document.activeElement;
  const typing = focused && element.contains(focused) && focused.matches("input:not([type=radio],[type=checkbox]), textarea, select");
  const waits = [...awaited.values()].includes(element);
  return Boolean(typing || waits || element.querySelector("dialog[open], details[open] form, :active"));
}

function flush() {
  gathering = 0;
  for (const element of [...waiting]) {
    if (!element.isConnected) {
      waiting.delete(element);
    } else if (!busy(element)) {
      waiting.delete(element);
      element.dispatchEvent(new CustomEvent("ring", { bubbles: false }));
    }
  }
}

function gather() {
  if (waiting.size && !gathering) gathering = setTimeout(flush, GATHER);
}

/** Something changed there. */
export function ring(topic) {
  document.dispatchEvent(new CustomEvent("ring", { detail: { topic } }));
  for (const element of document.querySelectorAll("[data-ring]")) {
    if (element.dataset.ring.split(/\s+/).includes(topic)) waiting.add(element);
  }
  gather();
}

/** Everything may have changed. */
export function ringAll() {
  const topics = new Set();
  for (const element of document.querySelectorAll("[data-ring]")) {
    for (const topic of element.dataset.ring.split(/\s+/)) if (topic) topics.add(topic);
  }
  topics.forEach(ring);
}

// An answer to a ring that comes when they are at it, or after that of a button pressed meanwhile, is asked for anew.
const pressed = new WeakMap();

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.requestConfig.before = pressed.get(detail.target);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target } = event.detail;
  const part = target.closest("[data-ring]");
  if (!part) return;
  if (requestConfig.triggeringEvent?.type !== "ring") {
    pressed.set(part, requestConfig);
  } else if (busy(part) || requestConfig.before !== pressed.get(part)) {
    event.detail.shouldSwap = false;
    waiting.add(document.getElementById(part.id) ?? part);
    gather();
  }
});

document.addEventListener("htmx:beforeSend", ({ detail: { target, xhr, requestConfig } }) => {
  const part = target.closest("[data-ring]");
  if (!part || requestConfig.triggeringEvent?.type === "ring") return;
  awaited.set(xhr, part);
  xhr.addEventListener("loadend", () => {
    awaited.delete(xhr);
    gather();
  });
});

for (const name of ["focusout", "close", "toggle", "pointerup", "pointercancel", "keyup"]) document.addEventListener(name, () => setTimeout(gather), true);
