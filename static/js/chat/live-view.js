// The live view: all running conversations as facts that the house pushes, and one of them read along.
import { ring, ringAll, show } from "../rings.js";
import { text } from "../texts.js";
import { toast } from "../toasts.js";
import { Connection } from "./connection.js";
import { ORDERS, Run } from "./live-view-run.js";
import { Watched } from "./live-view-talk.js";

const live = document.getElementById("live");
const list = document.getElementById("runs");
const sieve = document.getElementById("sieve");
const homes = { talks: document.getElementById("talks"), abouts: document.createElement("div") };
const one = document.getElementById("one");
const connection = new Connection({ csrf: document.body.dataset.csrf, as: "watch" });
const runs = new Map();
// Who points or stands among them is not to have them moved away underhand.
const hovers = matchMedia("(hover: hover)").matches;

let talk = null;
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
  for (const run of fitting.sort(ORDERS[filter.order])) {
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

async function open(code) {
  if (talk) await leave({ back: false });
  await window.htmx.ajax("POST", address("openUrl", code), { target: one, swap: "innerHTML", source: live }).catch(() => {});
  const item = one.querySelector("[data-item]");
  live.dataset.view = "one";
  one.hidden = false;
  if (item) {
    talk = new Watched(item, connection, homes, () => {});
    talk.panel.hidden = false;
    homes.talks.hidden = false;
    talk.log.focus();
  } else one.querySelector("button")?.focus();
  mark(code);
}

function mark(code) {
  for (const [other, run] of runs) {
    if (other === code) run.button.setAttribute("aria-current", "true");
    else run.button.removeAttribute("aria-current");
  }
}

async function leave({ back = true } = {}) {
  const left = talk;
  talk = null;
  if (left) {
    left.drop();
    await window.htmx.ajax("POST", address("closeUrl", left.code), { target: one, swap: "innerHTML", source: live }).catch(() => {});
  }
  if (!back) return;
  one.replaceChildren();
  live.dataset.view = "all";
  one.hidden = homes.talks.hidden = true;
  mark("");
  runs.get(left?.code)?.button.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-run]");
  if (button && button.dataset.run !== talk?.code) open(button.dataset.run);
  if (event.target.closest("[data-leave-one], [data-back-to-all]")) leave();
});
sieve?.addEventListener("change", draw);
list?.addEventListener("pointerleave", draw);
list?.addEventListener("focusout", () => setTimeout(draw));

// Whoever goes elsewhere reads along no more, whatever way they go.
window.addEventListener("pagehide", () => {
  if (!talk) return;
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.body.dataset.csrf;
  fetch(address("closeUrl", talk.code), { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
});

// ---- the connection ----

connection.addEventListener("state", ({ detail }) => {
  show(detail.state === "restarting" ? "connecting" : detail.state);
  if (detail.state === "connected") ringAll();
  talk?.show();
});
connection.addEventListener("live", ({ detail }) => received(detail));
connection.addEventListener("ring", ({ detail }) => ring(detail.topic));
for (const kind of ["opened", "event", "read", "present", "typing", "reset"]) {
  connection.addEventListener(kind, ({ detail }) => {
    if (detail.room !== talk?.room) return;
    talk[kind](detail);
  });
}
connection.addEventListener("closed", ({ detail }) => {
  if (detail.room !== talk?.room) return;
  toast(text("runClosed"), "warning");
  talk.lose();
});
connection.addEventListener("refused", ({ detail }) => { if (detail.detail) toast(detail.detail, "warning"); });

show(connection.state);
