// The visitor's page from its beginning to its end. Each step is a section of the page; only one is to be seen.
import "../dialog.js";
import { language, text } from "../texts.js";
import { Connection } from "./connection.js";
import { caller } from "./http.js";
import { complains, mayComplain } from "./visitor-complaint.js";
import { hear, toLoader, whenLeaving } from "./visitor-exit.js";
import { sends, typed } from "./visitor-forms.js";
import { keep } from "./visitor-keep.js";
import { start, waitWords } from "./visitor-start.js";
import * as talk from "./visitor-talk.js";

const API = "/chat/api/";
const TYPING = 5_000;
const AGAIN = 4_000;
const settings = document.body.dataset;
const get = (id) => document.getElementById(id);
// ours: what the start answered; people: {code: {alias, role, state}}; me: our own code in the room
const room = { ours: null, connection: null, people: {}, me: null, seen: 0, unread: 0, caughtUp: 0, ended: false, typing: 0 };
let looking = true;

function view(name, focus = true) {
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== name;
  settings.view = name;
  get("more").hidden = name !== "talk";
  get("more").open = false;
  if (focus) document.querySelector(`#${name} [tabindex="-1"]`)?.focus();
}

function say(id, words) {
  const element = get(id);
  if (element.textContent !== words) element.textContent = words;
}

// ---- who is there ----

function others() {
  return Object.entries(room.people).filter(([, one]) => one.role !== "visitor" && one.state !== "left");
}

function nameOf(code) {
  return room.people[code]?.alias || text("somebody");
}

function showPeople() {
  showNames();
  const there = others();
  const [gone] = there.find(([, one]) => one.state === "reconnecting") ?? [];
  say("with", there.length ? text("with", { name: there.map(([code]) => nameOf(code)).join(", ") }) : "");
  say("activity", gone ? text("reconnecting", { name: nameOf(gone) }) : "");
}

function showQueue({ state, position, wait_seconds: seconds }) {
  if (state === "ended") return;
  const waits = position > 0;
  get("queue").hidden = !waits;
  if (!waits) return;
  say("place", position === 1 ? text("next") : text("place", { place: position }));
  if (seconds !== undefined) say("wait", waitWords(seconds));
}

// ---- the room ----

function opened(detail) {
  room.me = detail.me ?? room.me;
  Object.assign(room.people, detail.participants ?? {});
  for (const [code, one] of Object.entries(room.people)) if (code !== room.me) talk.read(one.read ?? 0);
  room.caughtUp = Math.max(room.caughtUp, detail.head);
  showQueue({ position: 0, ...detail });
  showPeople();
  if (detail.head <= room.seen) caughtUp();
}

const notes = { joined: "here", left: "gone", transferred: "passedOn", coordinator: "stepsIn", stepped_out: "stepsOut" };

function showNames() {
  for (const { dataset, firstChild } of document.querySelectorAll("#log [data-from]")) {
    const words = text(dataset.words, { name: nameOf(dataset.from) });
    if (firstChild.data !== words) firstChild.data = words;
  }
}

// What was said before is there: from now on it is news, or the end.
function caughtUp() {
  if (room.ended) over(room.ended);
  else talk.live();
}

function happened(event) {
  room.seen = event.seq;
  // over HTTP nobody says who we are, but whoever comes first into this room is its visitor
  room.me ??= event.kind === "joined" ? event.from : null;
  const mine = event.from === room.me;
  if (event.kind === "ended") room.ended = event.data?.why === "closed" ? "closed" : "ended";
  else if (event.kind === "message" || event.kind === "redacted") talk.message(event, mine);
  else if (!mine && notes[event.kind]) talk.named(talk.note("…"), event.data?.history === false ? "passedOnAnew" : notes[event.data?.role ?? event.data?.why] ?? notes[event.kind], event.from);
  if (event.kind === "joined" && !mine) get("queue").hidden = true;
  if (["left", "transferred"].includes(event.kind) && room.people[event.from]) room.people[event.from].state = "left";
  showPeople();
  if (!mine && event.kind === "message") noticed();
  if (event.seq >= room.caughtUp) caughtUp();
}

function noticed() {
  say("activity", "");
  if (looking && !document.hidden) {
    room.unread = 0;
    if ("read" in settings) room.connection?.read(room.ours.room, room.seen);
  } else {
    room.unread += 1;
  }
  toLoader("unread", { count: room.unread });
}

function typing({ from }) {
  say("activity", text("typing", { name: nameOf(from) }));
  clearTimeout(room.typing);
  room.typing = setTimeout(showPeople, TYPING);
}

function state({ state: now }) {
  settings.connection = now;
  say("line-state", ["connecting", "offline", "restarting"].includes(now) ? text(now) : "");
  if (now === "signed-out") over("elsewhere");
}

function enter(ours) {
  keep.token = ours.token;
  room.ours = ours;
  const ask = caller({ api: API, token: ours.token });
  const line = (room.connection = new Connection({ token: ours.token, api: API }));
  whenLeaving(() => {
    line.close();
    ask("POST", `rooms/${ours.room}/end/`, { leaving: true }, { keepalive: true, signal: null }).catch(() => {});
  });
  const box = talk.writes({
    post: (body) => {
      const message = line.post(ours.room, body);
      talk.sending(message, (id) => line.retry(id));
      return message;
    },
    retry: (id) => line.retry(id),
    drop: (id) => line.drop(id),
    typing: () => "typing" in settings && line.typing(ours.room),
  });
  const handlers = {
    opened, state, typing,
    event: happened,
    queue: (detail) => showQueue({ wait_seconds: null, ...detail }),
    message: (one) => box.changed(one),
    read: ({ from, seq }) => from !== room.me && talk.read(seq),
    present: ({ from, state: there }) => { if (room.people[from]) room.people[from].state = there; showPeople(); },
    reset: () => { room.seen = 0; talk.empty(); },
    closed: () => over("elsewhere"),
  };
  for (const [kind, call] of Object.entries(handlers)) line.addEventListener(kind, (event) => call(event.detail));
  line.join(ours.room);
  if (ours.resume_code && get("code-card")) {
    say("resume-code", ours.resume_code);
    get("code-card").hidden = false;
  }
  view("talk", false);
  get("text").focus();
}

// ---- the end ----

function over(how) {
  if (settings.view === "over") return;
  room.connection?.close();
  const here = how === "ended" || how === "closed";
  if (!here) keep.token = null;
  say("over-title", text(how));
  say("over-words", text(`${how}Words`));
  for (const id of ["survey", "transcript"]) if (get(id)) get(id).hidden = how !== "ended";
  mayComplain(how === "ended");
  get("erase-after").hidden = !here;
  get("kept").hidden = true;
  if (here) tellKept();
  if (here) setInterval(tellKept, 60_000);
  toLoader("unread", { count: 0 });
  view("over");
}

// Somebody holds it longer than the line keeps it.
async function tellKept() {
  const { kept_until: until } = await caller({ api: API, token: room.ours.token })("GET", "conversations/").catch(() => ({}));
  if (!until || get("erase-after").hidden) return;
  say("kept", text("kept", { date: new Date(until).toLocaleDateString(language, { day: "numeric", month: "long" }) }));
  get("kept").hidden = false;
}

async function finish(call, how) {
  try {
    await call();
  } catch (refusal) {
    if (![401, 404, 409].includes(refusal.status)) {
      say("line-state", refusal.detail || text("notEnded"));
      return;
    }
  }
  over(how);
}

function erased() {
  settings.view = "";
  talk.empty();
  get("transcript-log")?.replaceChildren();
  over("erased");
}

get("really-end").addEventListener("click", () => {
  const ask = caller({ api: API, token: room.ours.token });
  finish(() => ask("POST", `rooms/${room.ours.room}/end/`, {}), "ended");
});
get("really-erase").addEventListener("click", async () => {
  const ask = caller({ api: API, token: room.ours.token });
  await finish(() => ask("DELETE", `conversations/${room.ours.conversation}/`).then(erased), "elsewhere");
});
get("transcript")?.addEventListener("click", () => {
  get("transcript").hidden = true;
  get("transcript-log").hidden = false;
  get("transcript-log").replaceChildren(...get("log").cloneNode(true).childNodes);
  for (const button of get("transcript-log").querySelectorAll("button")) button.remove();
  get("transcript-log").focus();
});
complains((body) => caller({ api: API, token: room.ours.token })("POST", `conversations/${room.ours.conversation}/complaint/`, body), tellKept);
if (get("survey")) {
  sends(get("survey"), get("survey-trouble"), async () => {
    const ask = caller({ api: API, token: room.ours.token });
    await ask("POST", `conversations/${room.ours.conversation}/survey/`, { answers: typed(get("survey")) });
    get("survey").hidden = true;
    get("thanks").hidden = false;
  });
}

// ---- the page ----

function shown(open) {
  looking = open;
  if (looking && room.ours) noticed();
}

// The keyboard of a phone covers what lies below; the page is as high as what is left.
function fit() {
  document.documentElement.style.setProperty("--height", `${window.visualViewport.height}px`);
}

async function resume(token) {
  try {
    const ours = await caller({ api: API, token })("GET", "conversations/");
    if (ours.line === settings.line) return enter({ ...ours, token });
  } catch (refusal) {
    if (refusal.status !== 401) {
      view("lost", false);
      setTimeout(() => resume(token), AGAIN);
      return;
    }
  }
  keep.token = null;
  view("start", false);
  start(enter);
}

function begin() {
  if (window.origin === "null") {
    get("sandboxed").hidden = false;
    return;
  }
  if (get("minimise")) {
    get("minimise").hidden = false;
    get("minimise").addEventListener("click", () => toLoader("close"));
  }
  for (const link of document.querySelectorAll("[data-replaces]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      keep.token = null;
      location.replace(link.href);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (!get("more").open) {
      toLoader("close");
    } else {
      get("more").open = false;
      get("more").querySelector("summary").focus();
    }
  });
  hear("shown", ({ open }) => shown(open));
  document.addEventListener("visibilitychange", () => !document.hidden && room.ours && looking && noticed());
  window.visualViewport?.addEventListener("resize", fit);
  if (window.visualViewport) fit();
  toLoader("ready");
  if (keep.token) resume(keep.token);
  else start(enter);
}

begin();
