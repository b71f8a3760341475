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
const ask = (verb, url) => window.htmx.ajax(verb, url, { target: one, swap: "innerHTML", source: live }).catch(() => {});
const shown = () => one.querySelector("[data-one]")?.dataset.one ?? "";
const hasVoice = (element) => "voice" in element.dataset;

async function choose(code, { read = runs.get(code)?.facts.may_open } = {}) {
  if (talk) await ask("POST", address("closeUrl", talk.code));
  await (read ? ask("POST", address("openUrl", code)) : ask("GET", address("oneUrl", code)));
  (talk?.hasVoice ? talk.box : (talk?.log ?? one.querySelector("button")))?.focus();
}

// The part about one came anew: what belongs to it comes and goes with it.
function adopt() {
  const item = one.querySelector("[data-item]");
  const other = one.querySelector("[data-beside]");
  if (talk && (!item || item.dataset.room !== talk.room || hasVoice(item) !== talk.hasVoice)) talk = drop(talk);
  if (beside && other?.dataset.room !== beside.room) beside = drop(beside);
  if (item && !talk) {
    talk = new (hasVoice(item) ? Talk : Watched)(item, connection, homes, () => {});
    talk.hasVoice = hasVoice(item);
    talk.panel.hidden = false;
  }
  if (other && !beside) {
    beside = new Beside(other.dataset, connection, document.getElementById("beside"), () => {});
    beside.panel.hidden = false;
  }
  const code = shown();
  live.dataset.view = code ? "one" : "all";
  about.hidden = !code;
  homes.talks.hidden = !talk;
  history.replaceState(null, "", code ? `?with=${code}` : location.pathname);
  for (const [name, run] of runs) {
    if (name === code) run.button.setAttribute("aria-current", "true");
    else run.button.removeAttribute("aria-current");
  }
}

function drop(gone) {
  gone.drop();
  return null;
}

async function back() {
  const code = shown();
  if (talk) await ask("POST", address("closeUrl", code));
  one.replaceChildren();
  adopt();
  runs.get(code)?.button.focus();
}

document.addEventListener("click", (event) => {
  const code = event.target.closest("[data-run]")?.dataset.run;
  if (code && code !== shown()) choose(code);
  if (event.target.closest("[data-leave-one]")) back();
  if (event.target.closest("[data-stop-one]")) ask("POST", address("closeUrl", shown()));
  if (event.target.closest("[data-read-one]")) ask("POST", address("openUrl", shown()));
});
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target === one) adopt(); });
sieve?.addEventListener("change", draw);
list?.addEventListener("pointerleave", draw);
list?.addEventListener("focusout", () => setTimeout(draw));

// Whoever goes elsewhere reads along no more, whatever way they go; whoever has stepped in may only have loaded it again.
window.addEventListener("pagehide", () => {
  if (!talk || talk.hasVoice) return;
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.body.dataset.csrf;
  fetch(address("closeUrl", talk.code), { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
});
window.addEventListener("beforeunload", (event) => {
  if ([talk, beside].some((open) => open?.hasDraft)) event.preventDefault();
});

// ---- the connection ----

const ofRoom = (room) => [talk, beside].find((open) => open?.room === room);

connection.addEventListener("state", ({ detail }) => {
  show(detail.state === "restarting" ? "connecting" : detail.state);
  if (detail.state === "connected") ringAll();
  for (const open of [talk, beside]) open?.show();
});
connection.addEventListener("live", ({ detail }) => received(detail));
connection.addEventListener("ring", ({ detail }) => ring(detail.topic));
for (const kind of ["opened", "read", "present", "typing", "reset"]) {
  connection.addEventListener(kind, ({ detail }) => ofRoom(detail.room)?.[kind](detail));
}
connection.addEventListener("event", ({ detail }) => {
  const open = ofRoom(detail.room);
  if (open?.event(detail) && (open === beside || open.hasVoice)) tell("message");
  if (open !== talk || !document.hidden) open?.seen();
});
connection.addEventListener("message", ({ detail }) => ofRoom(detail.room)?.entries.outgoing(detail));
connection.addEventListener("closed", ({ detail }) => {
  const open = ofRoom(detail.room);
  if (!open) return;
  if (open === talk) toast(text("runClosed"), "warning");
  open.lose();
});
connection.addEventListener("refused", ({ detail }) => { if (detail.detail) toast(detail.detail, "warning"); });

show(connection.state);
if (live.dataset.with) choose(live.dataset.with, { read: false });
