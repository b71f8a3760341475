// The live view: all running conversations as facts that the house pushes, and one of them read along.
import { ring, ringAll, show } from "../rings.js";
import { text } from "../texts.js";
import { toast } from "../toasts.js";
import { Beside } from "./beside.js";
import "./calls.js";
import { Connection } from "./connection.js";
import { tell } from "./desk-notices.js";
import { Talk } from "./desk-talk.js";
import { ORDERS, Run } from "./live-view-run.js";
import { Watched } from "./live-view-talk.js";

const live = document.getElementById("live");
const list = document.getElementById("runs");
const sieve = document.getElementById("sieve");
const homes = { talks: document.getElementById("talks"), abouts: document.createElement("div") };
const about = document.getElementById("about");
const one = document.getElementById("one");
const connection = new Connection({ csrf: document.body.dataset.csrf, as: "watch" });
const runs = new Map();
// Who points or stands among them is not to have them moved away underhand.
const hovers = matchMedia("(hover: hover)").matches;

// What is shown of one: its log for whoever reads along or has stepped in, and the guidance beside it.
let talk = null;
let beside = null;
let drawing = 0;
// By room, out of sight: where one has stepped in, which goes on until one steps out, and what was typed and not sent.
const aside = new Map();

// ---- all of them ----

function received({ line, whole, conversations, gone }) {
  const left = whole ? [...runs].filter(([, run]) => run.line === line).map(([code]) => code) : gone;
  const now = new Set(conversations.map((facts) => facts.conversation));
  for (const code of left) if (!now.has(code)) remove(code);
  for (const facts of conversations) {
    const run = runs.get(facts.conversation);
    if (run?.line === line) run.draw(facts);
    else {
      if (run) remove(facts.conversation);
      runs.set(facts.conversation, new Run(facts, line));
    }
  }
  mark();
  drawing ||= requestAnimationFrame(draw);
}

function remove(code) {
  runs.get(code)?.element.remove();
  runs.delete(code);
}

const chosen = () => Object.fromEntries(new FormData(sieve));

function draw() {
  drawing = 0;
  const filter = chosen();
  const all = [...runs.values()];
  const fitting = all.filter((run) => run.fits(filter));
  const fits = new Set(fitting);
  for (const run of all) {
    run.element.hidden = !fits.has(run);
    if (!run.element.isConnected) list.append(run.element);
  }
  count(all, fitting);
  if (hovers && list.matches(":hover") || list.contains(document.activeElement)) return;
  let next = list.firstElementChild;
  for (const run of fitting.sort((one, other) => other.facts.danger - one.facts.danger || ORDERS[filter.order](one, other))) {
    if (run.element === next) next = next.nextElementSibling;
    else list.insertBefore(run.element, next);
  }
}

function count(all, fitting) {
  const waiting = all.filter((run) => run.facts.state === "waiting").length;
  say("counts", text("runCounts", { all: all.length, waiting, unanswered: all.filter((run) => run.isUnanswered).length }));
  say("shown", fitting.length < all.length ? text("runShown", { shown: fitting.length, all: all.length }) : "");
  document.getElementById("shown").hidden = fitting.length === all.length;
  document.getElementById("no-runs").hidden = all.length > 0;
}

function say(id, words) {
  const element = document.getElementById(id);
  if (element.textContent !== words) element.textContent = words;
}

// ---- one of them ----

const address = (name, code) => live.dataset[name].replace("CODE", code);
// One after the other: htmx answers for one request of its source, and passes over what that asks meanwhile.
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work).catch(() => {}));
const ask = (verb, url) => window.htmx.ajax(verb, url, { target: one, swap: "innerHTML", source: one }).catch(() => {}).then(adopt);
const shown = () => one.querySelector("[data-one]")?.dataset.one ?? "";
const hasVoice = (element) => "voice" in element.dataset;

async function choose(code, { read = runs.get(code)?.facts.may_open && !voiceIn(code) } = {}) {
  if (code === shown()) return;
  await (read ? ask("POST", address("openUrl", code)) : ask("GET", address("oneUrl", code)));
  (talk?.hasVoice ? talk.box : (talk?.log ?? one.querySelector("button")))?.focus();
}

const voiceIn = (code) => [talk, ...aside.values()].some((open) => open?.hasVoice && open.code === code && !open.lost);

// What is read along and no longer shown is closed; returns when that is done.
const close = (code) => {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.body.dataset.csrf;
  return fetch(address("closeUrl", code), { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
};

// The part about one came anew: what belongs to it comes and goes with it. Returns when what is no longer shown is closed.
function adopt() {
  const code = shown();
  const item = one.querySelector("[data-item]");
  const other = one.querySelector("[data-beside]");
  let closing = null;
  if (talk && (!item || item.dataset.room !== talk.room || hasVoice(item) !== talk.hasVoice)) {
    if (talk.code !== code && !talk.hasVoice && !talk.lost) closing = close(talk.code);
    talk = talk.code !== code && talk.hasVoice ? putAside(talk) : drop(talk);
  }
  if (beside && other?.dataset.room !== beside.room) beside = beside.hasDraft ? putAside(beside) : drop(beside);
  if (item && !talk) {
    talk = takeBack(item.dataset.room) ?? new (hasVoice(item) ? Talk : Watched)(item, connection, homes, () => {});
    talk.hasVoice = hasVoice(item);
    talk.panel.hidden = false;
  }
  if (other && !beside) {
    beside = takeBack(other.dataset.room) ?? new Beside(other.dataset, connection, document.getElementById("beside"), () => {});
    beside.panel.hidden = false;
  }
  live.dataset.view = code ? "one" : "all";
  about.hidden = !code;
  homes.talks.hidden = !talk;
  history.replaceState(null, "", code ? `?with=${code}` : location.pathname);
  for (const [name, run] of runs) {
    if (name === code) run.button.setAttribute("aria-current", "true");
    else run.button.removeAttribute("aria-current");
  }
  mark();
  return closing;
}

// Where one has stepped in stands on its card, whatever else is shown.
function mark() {
  for (const [code, run] of runs) run.element.querySelector("[data-voice]").hidden = !voiceIn(code);
}

function drop(gone) {
  gone.drop();
  return null;
}

function putAside(open) {
  if (open.lost) return drop(open);
  open.panel.hidden = true;
  aside.set(open.room, open);
  return null;
}

function takeBack(room) {
  const open = aside.get(room);
  aside.delete(room);
  return open;
}

async function back() {
  const code = shown();
  one.replaceChildren();
  const closing = adopt();
  runs.get(code)?.button.focus();
  await closing;
}

// Nobody steps out over what they have typed.
async function stop() {
  if (talk?.hasVoice && talk.hasDraft) {
    talk.wrong(text("runDraft"));
    talk.box.focus();
  } else {
    await ask("POST", address("closeUrl", shown()));
  }
}

document.addEventListener("click", (event) => {
  const code = event.target.closest("[data-run]")?.dataset.run;
  if (code) inTurn(() => choose(code));
  if (event.target.closest("[data-leave-one]")) inTurn(back);
  if (event.target.closest("[data-stop-one]")) inTurn(stop);
  if (event.target.closest("[data-read-one]")) inTurn(() => ask("POST", address("openUrl", shown())));
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== one) return;
  const closing = adopt();
  if (closing) inTurn(() => closing);
});
sieve?.addEventListener("change", draw);
list?.addEventListener("pointerleave", draw);
list?.addEventListener("focusout", () => setTimeout(draw));

// Whoever goes elsewhere reads along no more, whatever way they go; whoever has stepped in may only have loaded it again.
window.addEventListener("pagehide", () => {
  if (talk && !talk.hasVoice) close(talk.code);
});
window.addEventListener("beforeunload", (event) => {
  if (opened().some((open) => open.hasDraft)) event.preventDefault();
});

// ---- the connection ----

const opened = () => [talk, beside, ...aside.values()].filter(Boolean);
const ofRoom = (room) => opened().find((open) => open.room === room);

connection.addEventListener("state", ({ detail }) => {
  show(detail.state === "restarting" ? "connecting" : detail.state);
  if (detail.state === "connected") ringAll();
  for (const open of opened()) open.show();
});
connection.addEventListener("live", ({ detail }) => received(detail));
connection.addEventListener("ring", ({ detail }) => ring(detail.topic));
for (const kind of ["opened", "read", "present", "typing", "reset"]) {
  connection.addEventListener(kind, ({ detail }) => ofRoom(detail.room)?.[kind](detail));
}
connection.addEventListener("event", ({ detail }) => {
  const open = ofRoom(detail.room);
  if (open?.event(detail) && (open !== talk || open.hasVoice)) tell("message");
  if (open === beside || (open === talk && !document.hidden)) open?.seen();
});
connection.addEventListener("message", ({ detail }) => ofRoom(detail.room)?.entries.outgoing(detail));
connection.addEventListener("closed", ({ detail }) => {
  const open = ofRoom(detail.room);
  if (!open) return;
  const isAside = Boolean(takeBack(open.room));
  if (open === talk) toast(text("runClosed"), "warning");
  else if (open.hasVoice) toast(`${open.alias}: ${text("runClosed")}`, "warning");
  open.lose();
  if (isAside) drop(open);
  mark();
});
connection.addEventListener("refused", ({ detail }) => { if (detail.detail) toast(detail.detail, "warning"); });

show(connection.state);
if (live.dataset.with) inTurn(() => choose(live.dataset.with, { read: false }));
