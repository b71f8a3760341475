// The page of a group for its visitors. Each step is a section of the page; only one is to be seen.
import "../dialog.js";
import { text } from "../texts.js";
import { Connection } from "./connection.js";
import { Aside } from "./group-aside.js";
import { People } from "./group-people.js";
import { caller } from "./http.js";
import { hear, toLoader, whenLeaving } from "./visitor-exit.js";
import { sends, typed } from "./visitor-forms.js";
import { keep, keepFor } from "./visitor-keep.js";
import * as talk from "./visitor-talk.js";

const API = "/chat/api/";
const LOOK = 30_000, AT_DOOR = 4_000, BY_HTTP = 10_000, AGAIN = 4_000;
// The mark of a network by which somebody can be kept out lives an hour, a group longer.
const STILL_HERE = 300_000;
// Many ask at once when something was changed for all of them.
const SPREAD = 1_500;
const settings = document.body.dataset;
const get = (id) => document.getElementById(id);
const secret = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const ids = { enter: secret(), aside: secret() };
const people = new People();
const ours = { token: null, room: null, me: null, connection: null, seen: 0, caughtUp: 0, unread: 0, ended: false, asking: 0, how: "" };
const aside = new Aside({
  post: () => ask("POST", "groups/aside/", { id: ids.aside, accept: true }),
  came: (started) => {
    ours.connection.close();
    keep.token = null;
    keepFor(settings.slug, started.token);
    location.replace(settings.talk);
  },
  again: (later) => {
    clearTimeout(ours.asking);
    ours.asking = setTimeout(mine, later ? AGAIN : 0);
  },
});
let looking = true;

function view(name) {
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== name;
  settings.view = name;
  get("more").hidden = name !== "talk";
  get("more").open = false;
  document.querySelector(`#${name} [tabindex="-1"]`)?.focus();
}

function say(id, words) {
  if (get(id).textContent !== words) get(id).textContent = words;
}

function ask(...call) {
  return caller({ api: API, token: ours.token })(...call);
}

// ---- before it ----

async function look() {
  if (document.hidden || get("start").hidden) return;
  const found = await caller({ api: API })("GET", `groups/${settings.group}/`).catch(() => null);
  if (!found) return;
  settings.state = found.state;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== found.state;
  // nothing that somebody has typed goes away under their hands
  get("begin").hidden = found.state !== "open" && !get("alias").value;
}

function start() {
  view("start");
  get("begin").hidden = settings.state !== "open";
  for (const button of document.querySelectorAll("[data-alias]")) {
    button.addEventListener("click", () => {
      get("alias").value = button.dataset.alias;
      get("alias").focus();
    });
  }
  sends(get("begin"), get("trouble"), async () => {
    const { alias = "", accepted } = typed(get("begin"));
    try {
      const entered = await caller({ api: API })("POST", `groups/${settings.group}/members/`, {
        id: ids.enter, alias, accepted: accepted === "yes", language: settings.language,
      });
      ours.token = keep.token = entered.token;
      await mine();
    } catch (refusal) {
      if (refusal.status === 409) look();
      throw refusal;
    }
  });
  setInterval(look, LOOK);
}

// ---- how it stands for us ----

async function mine() {
  clearTimeout(ours.asking);
  let found;
  try {
    found = await ask("GET", "groups/mine/");
  } catch (refusal) {
    if (refusal.code === "removed") return over("shutOut");
    if (refusal.status === 401) return over("elsewhere");
    if (!ours.connection) view("lost");
    ours.asking = setTimeout(mine, AGAIN);
    return;
  }
  if (settings.view === "over" && !aside.isOpen) return;
  if (found.state === "left") return aside.isOpen ? aside.go() : over(found.was_inside ? "left" : "away");
  if (found.group_state !== "open" && !ours.connection) return over("ended");
  if (found.state === "refused") return over("notLetIn");
  if (found.state === "waiting") {
    if (settings.view !== "door-view") view("door-view");
    ours.asking = setTimeout(mine, AT_DOOR);
    return;
  }
  if (!ours.connection) enter(found);
  bounds(found);
  for (const one of found.held) if (!talk.shows(one.id)) talk.sending({ ...one, state: "held" }, () => {});
  for (const id of found.declined) talk.declined(id);
  ours.asking = setTimeout(mine, ours.connection.state === "connected" ? STILL_HERE : BY_HTTP);
}

function bounds({ muted, holds, slow_seconds: seconds, asked }) {
  const words = muted ? text("isMuted") : [holds && text("isHeld"), seconds && text("isSlow", { seconds })].filter(Boolean).join(" ");
  say("bounds", words);
  get("bounds").hidden = !words;
  if (asked) say("asked-words", text("asksAside", { name: asked.alias }));
  if (!asked) say("asked-trouble", "");
  get("asked").hidden = !asked;
}

function soon() {
  clearTimeout(ours.asking);
  ours.asking = setTimeout(mine, Math.random() * SPREAD);
}

// ---- in it ----

function enter(found) {
  Object.assign(ours, { room: found.room, me: found.me });
  const line = (ours.connection = new Connection({ token: ours.token, api: API }));
  whenLeaving(() => {
    line.close();
    ask("POST", "groups/leave/", { leaving: true }, { keepalive: true, signal: null }).catch(() => {});
  });
  talk.dresses((entry, code) => people.dress(entry, code));
  const box = talk.writes({
    post: (body) => {
      const message = line.post(ours.room, body);
      talk.sending(message, (id) => line.retry(id));
      return message;
    },
    retry: (id) => line.retry(id),
    drop: (id) => line.drop(id),
    typing: () => {},
  });
  const handlers = {
    opened, state,
    event: happened,
    changed: soon,
    message: (one) => box.changed(one),
    present: (detail) => { people.present(detail); showPeople(); },
    reset: () => { ours.seen = 0; talk.empty(); },
    closed: () => mine(),
  };
  for (const [kind, call] of Object.entries(handlers)) line.addEventListener(kind, (event) => call(event.detail));
  line.join(ours.room);
  view("talk");
  get("text").focus();
}

function opened(detail) {
  people.learn(detail.participants ?? {});
  ours.caughtUp = Math.max(ours.caughtUp, detail.head);
  showPeople();
  if (detail.head <= ours.seen) caughtUp();
}

function showPeople() {
  say("with", text("hereAre", { count: people.here }));
}

// What was said before is there: from now on it is news, or the end.
function caughtUp() {
  if (ours.ended) over("ended");
  else if (get("quiet").getAttribute("aria-pressed") === "false") talk.live();
}

function happened(event) {
  ours.seen = event.seq;
  people.happened(event);
  const isOurs = event.from === ours.me;
  if (event.kind === "ended") ours.ended = true;
  else if (event.kind === "redacted" && event.data?.of) talk.removed({ seq: event.data.of });
  else if (event.kind === "message" || event.kind === "redacted") talk.message(event, isOurs);
  else if (event.kind === "left" && event.data?.why) talk.removed({ author: event.from });
  if (!isOurs && event.kind === "joined") talk.note(text("came", { name: people.name(event.from) }));
  if (!isOurs && event.kind === "left") talk.note(text("went", { name: people.name(event.from) }));
  showPeople();
  if (!isOurs && event.kind === "message") noticed();
  if (event.seq >= ours.caughtUp) caughtUp();
}

function noticed() {
  ours.unread = looking && !document.hidden ? 0 : ours.unread + 1;
  toLoader("unread", { count: ours.unread });
}

function state({ state: now }) {
  settings.connection = now;
  say("line-state", ["connecting", "offline", "restarting"].includes(now) ? text(now) : "");
  if (now === "signed-out") mine();
  else if (ours.asking === 0 || now === "polling") soon();
}

// ---- out of it ----

function over(how) {
  if (settings.view === "over") return;
  clearTimeout(ours.asking);
  ours.connection?.close();
  ours.how = how;
  say("not-done", "");
  const mayErase = how === "ended" || how === "left";
  // whoever was removed keeps the token that says so, until its time is over
  if (!mayErase && how !== "shutOut") keep.token = null;
  say("over-title", text(how));
  say("over-words", text(`${how}Words`));
  get("erase-after").hidden = !mayErase;
  lastWords(how === "ended");
  toLoader("unread", { count: 0 });
  view("over");
}

// What was said, and what was typed, stays to be read when others end it.
function lastWords(stays) {
  const words = get("text").value.trim(), isThere = talk.halt().includes(words);
  if (stays) get("last-words").prepend(get("scroller"));
  say("unsent", stays && !isThere ? words : "");
  get("unsent-words").hidden = !get("unsent").textContent;
  get("last-words").hidden = !stays || !(words || get("log").childElementCount);
}

// `gone`: how it stands when the house does not know us any more. That is no proof that it was done.
async function finish(call, how, gone) {
  say("not-done", "");
  let found = how;
  try {
    await call();
  } catch (refusal) {
    if (refusal.code === "removed") found = "shutOut";
    else if ([401, 404].includes(refusal.status)) found = gone;
    else return say("not-done", refusal.detail || text("notEnded"));
  }
  settings.view = "";
  over(found);
}

const leftFrom = () => (settings.view === "door-view" ? "leftDoor" : "left");
get("really-leave").addEventListener("click", () => finish(() => ask("POST", "groups/leave/", {}), leftFrom(), "elsewhere"));
get("really-erase").addEventListener("click", () => finish(() => ask("DELETE", "groups/mine/").then(() => talk.empty()), "erased", "notErased"));
get("stay").addEventListener("click", () => ask("POST", "groups/aside/", { accept: false }).catch(() => {}).then(mine));
get("go-aside").addEventListener("click", () => aside.go());
get("quiet").addEventListener("click", () => {
  const isQuiet = get("quiet").getAttribute("aria-pressed") === "false";
  get("quiet").setAttribute("aria-pressed", String(isQuiet));
  get("log").setAttribute("aria-live", isQuiet ? "off" : "polite");
});

// ---- the page ----

// The keyboard of a phone covers what lies below; the page is as high as what is left.
function fit() {
  document.documentElement.style.setProperty("--height", `${window.visualViewport.height}px`);
}

function begin() {
  if (window.origin === "null") {
    get("sandboxed").hidden = false;
    return;
  }
  get("minimise")?.removeAttribute("hidden");
  get("minimise")?.addEventListener("click", () => toLoader("close"));
  for (const link of document.querySelectorAll("[data-replaces]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (ours.how !== "shutOut") keep.token = null;
      location.replace(link.href);
    });
  }
  hear("shown", ({ open }) => { looking = open; if (open && ours.room) noticed(); });
  window.visualViewport?.addEventListener("resize", fit);
  if (window.visualViewport) fit();
  toLoader("ready");
  ours.token = keep.token;
  if (ours.token) mine();
  else start();
}

begin();
