// What was written, as the visitor sees it: each message with its state, notes between them, and the box to write in.
import { text } from "../texts.js";

const NEAR = 80;
const log = document.getElementById("log");
const scroller = document.getElementById("scroller");
const form = document.getElementById("write");
const box = document.getElementById("text");
const trouble = document.getElementById("text-trouble");
const shown = new Map();
let readTo = 0;
// The seq of the latest event that is shown.
let latest = 0;
// Whoever looks at the end stays there, whatever is written and however small the window gets; who reads back is left alone.
let atEnd = true;
let size = "";
// What a room of many puts to the words of others.
let dress = () => {};

function measured() {
  return `${scroller.scrollHeight} ${scroller.clientHeight}`;
}

function toEnd() {
  size = measured();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

scroller.addEventListener("scroll", () => {
  // a new size moves things too, and that is nobody's wish
  if (size === measured()) atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
});
new ResizeObserver(toEnd).observe(log);
new ResizeObserver(toEnd).observe(scroller);

function append(element, own = false) {
  atEnd ||= own;
  log.append(element);
  toEnd();
}

// What is in the log stands in its order, above what is only on its way: the other side sees it in the same order.
function settle(element, seq) {
  latest = Math.max(latest, seq);
  element.dataset.seq = seq;
  let before = log.lastElementChild;
  while (before && (before === element || !(Number(before.dataset.seq) <= seq))) before = before.previousElementSibling;
  const next = before ? before.nextElementSibling : log.firstElementChild;
  // taking it out and in again would have it read out once more
  if (next !== element) log.insertBefore(element, next);
  toEnd();
}

function element(name, className, words) {
  const made = document.createElement(name);
  made.className = className;
  if (words) made.append(words);
  return made;
}

/** A line between the messages; returns it. */
export function note(words) {
  const made = element("p", "note", words);
  settle(made, latest);
  return made;
}

/** What names somebody who may not be known by name yet: `words` of the page, written anew when they are. */
export function named(element, words, code) {
  Object.assign(element.dataset, { words, from: code });
  return element;
}

function bubble(body, code) {
  const entry = element("div", `m ${code ? "them" : "me"}`);
  const words = element("p", "", body);
  words.dir = "auto";
  const who = element("span", "visually-hidden", text("me"));
  entry.append(code ? named(who, "says", code) : who, words);
  return entry;
}

/** In a room of many: dresses(entry, code) for what others say, also once they are known by name. */
export function dresses(call) {
  dress = call;
}

/** What stood at this seq was removed; or all that came from this author (their code). */
export function removed({ seq, author }) {
  const gone = seq ? `[data-seq="${seq}"].m` : `.m[data-author="${author}"]`;
  for (const entry of log.querySelectorAll(gone)) {
    entry.className = "note";
    delete entry.dataset.author;
    entry.replaceChildren(text("removed"));
  }
  for (const [id, { entry }] of shown) if (!entry.classList.contains("m")) shown.delete(id);
}

/** Of ours that a moderator had to read first: not let through. */
export function declined(id) {
  const one = shown.get(id);
  if (!one || one.message.state === "sent") return;
  one.message.state = "declined";
  states();
}

/** Whether a message of ours is shown. */
export function shows(id) {
  return shown.has(id);
}

/** A message of ours, as connection.post() gave it; retry() is called when it is tapped. */
export function sending(message, retry) {
  const entry = bubble(message.body);
  const state = element("button", "state");
  state.type = "button";
  // the states of messages that are there are no news to a screen reader
  state.setAttribute("aria-live", "off");
  state.addEventListener("click", () => retry(message.id));
  entry.append(state);
  shown.set(message.id, { entry, state, message });
  append(entry, true);
  states();
}

/** An event of the log that is a message or was one. */
export function message(event, mine) {
  const known = mine && shown.get(event.id);
  if (known) {
    Object.assign(known.message, { seq: event.seq, state: "sent" });
    settle(known.entry, event.seq);
  } else if (event.kind === "redacted") {
    settle(element("p", "note", text("removed")), event.seq);
  } else {
    const entry = bubble(event.body, mine ? "" : event.from);
    if (!mine) dress(entry, event.from);
    if (mine) {
      const state = element("button", "state");
      state.type = "button";
      entry.append(state);
      shown.set(event.id, { entry, state, message: { id: event.id, seq: event.seq, state: "sent" } });
    }
    settle(entry, event.seq);
  }
  states();
}

/** The other side has seen everything up to this seq. */
export function read(seq) {
  readTo = Math.max(readTo, seq);
  states();
}

/** Write every state anew: only the last message of each state says it. */
export function states() {
  let below = "";
  for (const { entry, state, message: one } of [...shown.values()].reverse()) {
    const failed = one.state === "failed";
    const refused = failed && one.error.detail;
    const now = one.state === "sent" ? (one.seq <= readTo ? "read" : "sent") : one.state;
    const words = failed ? (refused ? `${text("refused")} ${refused}` : text("notSent")) : now === below ? "" : text(now);
    if (state.textContent !== words) state.textContent = words;
    state.disabled = !failed;
    state.hidden = !words;
    entry.dataset.state = now;
    below = now;
  }
}

/** It is over: what is not with the house stays here, and is not sent any more. Returns the bodies of it. */
export function halt() {
  const unsent = [...shown.values()].map(({ message: one }) => one).filter(({ state }) => ["sending", "failed"].includes(state));
  for (const one of unsent) one.state = "unsent";
  states();
  return unsent.map(({ body }) => body);
}

/** From now on what comes is news, and read out. */
export function live() {
  log.setAttribute("aria-live", "polite");
}

/** Forget it all: the room begins anew. */
export function empty() {
  log.replaceChildren();
  shown.clear();
  readTo = latest = 0;
}

/** The box. post(body) sends and returns the message; typing() is called while somebody writes. */
export function writes({ post, retry, drop, typing }) {
  let pending = null;
  // the style sheet does it where the browser can
  const grow = CSS.supports("field-sizing", "content") ? () => {} : () => {
    box.style.blockSize = "auto";
    box.style.blockSize = `${box.scrollHeight + 2}px`;
  };
  const send = () => {
    const body = box.value.trim();
    if (!body || box.readOnly) return;
    trouble.replaceChildren();
    if (pending && pending.body === body) {
      // the same text again is the same message
      retry(pending.id);
    } else {
      // what the house refused was written anew; what only found no line still goes, before this
      if (pending?.error?.detail) give(pending.id);
      pending = post(body);
    }
    box.readOnly = true;
  };
  const give = (id) => {
    drop(id);
    shown.get(id)?.entry.remove();
    shown.delete(id);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    box.focus();
  });
  box.addEventListener("input", () => { grow(); typing(); });
  box.addEventListener("keydown", (event) => {
    const phone = window.matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || phone) return;
    event.preventDefault();
    send();
  });
  return {
    /** One of ours has changed: the text stays in the box until the house has it. */
    changed(one) {
      states();
      if (one.id !== pending?.id) return;
      box.readOnly = one.state === "sending";
      if (one.state === "sent" || one.state === "held") {
        if (box.value.trim() === pending.body) box.value = "";
        pending = null;
        grow();
      } else if (one.state === "failed" && one.error.detail) {
        const item = document.createElement("span");
        item.append(one.error.detail);
        trouble.replaceChildren(item);
      }
    },
  };
}
