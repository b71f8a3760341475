// The chat desk: one connection, the lists on the left that the server makes, and a panel for each conversation.
import { ring, ringAll, show } from "../rings.js";
import { text } from "../texts.js";
import { toast } from "../toasts.js";
import "./calls.js";
import { Beside } from "./beside.js";
import { Connection } from "./connection.js";
import { tell } from "./desk-notices.js";
import { Talk } from "./desk-talk.js";
import { StandardMessages } from "./standard-messages.js";
import { Team } from "./team.js";

const chat = document.getElementById("chat");
const homes = { talks: document.getElementById("talks"), abouts: document.getElementById("abouts") };
const title = document.title;
const talks = new Map();
const connection = new Connection({ csrf: document.body.dataset.csrf, as: "attend" });

let current = null;
let waiting = null;
let team = null;

const items = () => [...document.querySelectorAll("#mine [data-conversation]")];
const hasDraft = (talk) => talk.hasDraft || Boolean(talk.beside?.hasDraft);
const all = () => [...talks.values()].flatMap((talk) => (talk.beside ? [talk, talk.beside] : [talk]));
const ofRoom = (room) => all().find((talk) => talk.room === room);
const looked = () => !document.hidden && document.hasFocus();

// ---- the lists ----

function sync() {
  const listed = items().filter((item) => !("kept" in item.dataset));
  const codes = new Set(listed.map((item) => item.dataset.conversation));
  for (const item of listed) {
    meet(item);
    answered(talks.get(item.dataset.conversation), item.dataset.passing);
    watched(talks.get(item.dataset.conversation), item.dataset.watched);
    guided(talks.get(item.dataset.conversation), item.dataset);
  }
  for (const talk of [...talks.values()]) {
    // one that is being put away goes when that is answered
    if (codes.has(talk.code) || talk.about.querySelector("form.htmx-request")) continue;
    if (talk.away) drop(talk);
    else if (talk === current || talk.lost || talk.gone) lose(talk);
    else talk.isParted = true; // its room says why, and is slower than the list
  }
  arrivals();
  if (!current && listed.length) choose(talks.get(listed[0].dataset.conversation), { focus: false, turn: false });
  draw();
}

// No longer theirs. Whoever is looking at it is told, and it goes when they turn to another; what was typed to somebody who is
// not in front stays in the list until it was looked at.
function lose(talk) {
  const stays = talk === current || hasDraft(talk);
  if (talk !== current && !talk.isKept && (stays || talk.gone)) toast(`${talk.alias}: ${text(talk.gone || "lost")}`, "warning");
  if (!stays) return drop(talk);
  talk.lose();
  if (talk === current && !talk.isKept) return;
  talk.isKept = true;
  talk.item.dataset.kept = "";
  talk.item.removeAttribute("aria-keyshortcuts");
  talk.item.querySelector("kbd")?.remove();
  document.getElementById("mine").append(talk.item.closest("li"));
}

// One that is new on the desk, or there again after it was gone; what was typed to them stays.
function meet(item) {
  const code = item.dataset.conversation;
  const former = talks.get(code);
  if (former && !former.lost) {
    former.item = item;
    former.isParted = false;
    return;
  }
  if (former) drop(former);
  const talk = new Talk(item, connection, homes, draw);
  const { standardMessages: address, language, alias } = item.dataset;
  if (address) new StandardMessages(talk, { address, language, alias });
  talk.box.value = former?.box.value ?? "";
  talk.item = item;
  talks.set(code, talk);
}

// Held out to somebody, or what they answered: the right column says it, unless somebody fills something in there.
function answered(talk, passing = "") {
  const isNews = talk.passing !== undefined && talk.passing !== passing;
  talk.passing = passing;
  if (isNews && talk.about.firstElementChild) tellAbout(talk);
}

// Who reads along, said as long as they do.
function watched(talk, names = "") {
  const said = talk.panel.querySelector("[data-watched]");
  const words = names && text("watched", { names });
  if (said.textContent !== words) said.textContent = words;
  said.hidden = !words;
}

// The guidance beside it, from when it began until the conversation is off the desk.
function guided(talk, { besideRoom: room, besideMe: me }) {
  if (!room || talk.beside?.room === room) return;
  talk.beside?.drop();
  talk.beside = new Beside({ room, me }, connection, homes.abouts, draw);
  talk.beside.panel.hidden = talk !== current;
}

function draw() {
  for (const item of items()) {
    const talk = talks.get(item.dataset.conversation);
    talk?.draw(item, current === talk);
    const count = talk?.beside?.unseen.size ?? 0;
    const said = item.querySelector("[data-beside-count]");
    said.hidden = !count;
    said.textContent = count ? text("besideCount", { count }) : "";
  }
  const total = all().reduce((sum, talk) => sum + talk.unseen.size, 0);
  const calls = total + (team?.named ?? 0);
  const named = calls ? `(${calls}) ${title}` : title;
  if (document.title !== named) document.title = named;
  const badge = chat.querySelector("[data-total]");
  badge.hidden = !total;
  badge.textContent = total || "";
}

// Somebody new in a queue: not those who waited when the page was opened, and not at lines one is away from.
function arrivals() {
  const now = new Set([...document.querySelectorAll(".line:not([data-away]) [data-waiting], [data-handed]")].map((one) => one.dataset.waiting ?? one.dataset.handed));
  if (waiting && [...now].some((code) => !waiting.has(code))) tell("visitor");
  waiting = now;
}

// ---- one conversation ----

function choose(talk, { focus = true, turn = true } = {}) {
  if (!talk) return;
  if (current && current !== talk) {
    current.panel.hidden = current.about.hidden = true;
    if (current.beside) current.beside.panel.hidden = true;
    if (current.lost) drop(current);
  }
  current = talk;
  document.getElementById("no-talk").hidden = true;
  talk.panel.hidden = talk.about.hidden = false;
  if (talk.beside) talk.beside.panel.hidden = false;
  talk.entries.toEnd();
  if (!talk.about.firstElementChild) tellAbout(talk);
  if (turn) view("talk");
  if (focus) talk.box.focus();
  look();
  draw();
}

function drop(talk) {
  talks.delete(talk.code);
  if (talk.isKept) talk.item.closest("li")?.remove();
  talk.beside?.drop();
  talk.drop();
  if (talk !== current) return;
  current = null;
  document.getElementById("no-talk").hidden = false;
  choose([...talks.values()][0], { focus: false, turn: false });
}

// Once at a time: a second answer would take an open dialog out of somebody's hands. What changed meanwhile is asked for anew.
async function tellAbout(talk) {
  if (talk.asking || talk.lost) return;
  talk.asking = true;
  const { over: wasOver, passing: was } = talk;
  try {
    await window.htmx.ajax("GET", chat.dataset.aboutUrl.replace("CODE", talk.code), { source: talk.about, target: talk.about, swap: "innerHTML" });
  } catch {
    // requests.js has told it; it is asked for again with the next connection
  }
  talk.asking = false;
  if (talk.over && !wasOver) ended(talk);
  else if (talk.passing !== was && !talk.lost && talks.get(talk.code) === talk) tellAbout(talk);
}

function look() {
  if (current && looked() && !["about", "team"].includes(chat.dataset.view)) current.seen();
  if (current?.beside && looked() && current.beside.panel.offsetParent) current.beside.seen();
  team?.look();
}

function view(name) {
  chat.dataset.view = name;
  for (const button of chat.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  if (name === "team") team.view();
}

document.addEventListener("click", (event) => {
  const item = event.target.closest("#mine [data-conversation]");
  if (item) choose(talks.get(item.dataset.conversation));
  const going = event.target.closest("[data-goes]");
  if (going) choose(talks.get(going.dataset.goes));
  const shown = event.target.closest("[data-show]");
  if (shown) {
    view(shown.dataset.show);
    look();
  }
});
document.addEventListener("told", (event) => toast(event.detail.words, "warning"));
document.addEventListener("taken", (event) => {
  sync();
  choose(talks.get(event.detail.conversation));
});
for (const name of ["focus", "pointerdown"]) window.addEventListener(name, look);
document.addEventListener("visibilitychange", look);

// Whoever is answering the questions afterwards keeps their form: what was asked for meanwhile brings nothing new.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  const isAsked = target !== requestConfig.elt && target.contains(requestConfig.elt);
  if (requestConfig.verb === "get" && !isAsked && target.matches(".about:has([data-over], [data-passing])")) event.detail.shouldSwap = false;
});

// What is wrong; or where to go on, when the button that was pressed is gone.
function refocus(about) {
  const isNowhere = document.activeElement === document.body;
  (about.querySelector("[aria-invalid=true]") ?? (isNowhere ? about.querySelector("[data-focus]") : null))?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "side") sync();
  if (event.detail.elt.closest?.("#abouts")) refocus(event.detail.elt);
  const part = event.detail.elt.closest?.("#abouts") && document.querySelector("#abouts [data-away]");
  if (!part) return;
  const talk = [...talks.values()].find((one) => one.about.contains(part));
  if (!talk) return;
  talk.away = true;
  toast(part.textContent.trim(), "success");
  drop(talk);
  draw();
  // on to the next: their box, or what can be pressed
  (current?.box ?? chat.querySelector(".lists button:enabled"))?.focus();
});

// ---- the connection ----

const STATES = { restarting: "connecting" };

connection.addEventListener("state", ({ detail }) => {
  show(STATES[detail.state] ?? detail.state);
  // what rang while nobody listened
  if (detail.state === "connected") {
    ringAll();
    if (current && !current.about.firstElementChild) tellAbout(current);
  }
  for (const talk of all()) talk.show();
});
connection.addEventListener("ring", ({ detail }) => ring(detail.topic));
connection.addEventListener("opened", ({ detail }) => {
  const talk = ofRoom(detail.room);
  talk?.opened(detail);
  if (talk) ended(talk);
});
connection.addEventListener("event", ({ detail }) => {
  const talk = ofRoom(detail.room);
  if (!talk) return;
  const news = talk.event(detail);
  const isHere = talk === current || talk === current?.beside;
  if (isHere) look();
  if (news && !(isHere && looked())) tell("message");
  if (detail.kind === "ended") ended(talk);
});
for (const kind of ["read", "present", "typing"]) {
  connection.addEventListener(kind, ({ detail }) => ofRoom(detail.room)?.[kind](detail));
}
connection.addEventListener("reset", ({ detail }) => ofRoom(detail.room)?.reset(detail));
connection.addEventListener("message", ({ detail }) => ofRoom(detail.room)?.entries.outgoing(detail));
connection.addEventListener("closed", ({ detail }) => {
  const talk = ofRoom(detail.room);
  talk?.lose();
  if (talk?.isParted) lose(talk);
});
connection.addEventListener("refused", ({ detail }) => { if (detail.detail) toast(detail.detail, "warning"); });

// The right column of a conversation that is over asks what is to be kept of it.
function ended(talk) {
  const shown = talk.about.querySelector("[data-about]");
  if (talk.over && shown && !("over" in shown.dataset)) tellAbout(talk);
}

window.addEventListener("beforeunload", (event) => {
  if (team.hasDraft || all().some((talk) => talk.hasDraft)) event.preventDefault();
});

// On a narrow screen one view is shown at a time.
const narrow = window.matchMedia("(max-width: 900px)");

team = new Team(connection, {
  drawn: draw,
  isNarrow: () => narrow.matches,
  leave: () => { if (narrow.matches) view(current ? "talk" : "lists"); current?.box.focus(); },
  shows: () => !narrow.matches || chat.dataset.view === "team",
  turn: () => { if (narrow.matches && chat.dataset.view !== "team") view("team"); },
});
show(connection.state);
sync();
