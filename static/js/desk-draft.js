// What is typed into the intake form is kept as a sealed draft in this browser, one for each open form. The key lives in the
// server's session: after log-out nobody opens it, on this machine or elsewhere.
import { text } from "./texts.js";

const PREFIX = "hotline.draft.";
const PAUSE = 400;
// What stands in a form that nobody has touched.
const UNTOUCHED = /^(csrfmiddlewaretoken|submission|need|team|spoken_to|.*-usual|.*-asked|.*-urgency)$/;

const form = () => document.getElementById("intake");
const able = Boolean(window.crypto?.subtle && navigator.locks);
let connected = true;
let timer = 0;
// What was typed into a form that was emptied: it can be brought back until something new is typed.
let emptied = null;
let leaving = false;

const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const own = () => form().elements.submission.value;
const keys = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

async function key() {
  return crypto.subtle.importKey("raw", bytes(form().dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
}

// Whether this tab is the one that writes a draft: it stays so until it is closed or reloaded.
function hold(id) {
  return new Promise((resolve) => {
    navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : null;
    });
  });
}

function say(words) {
  const state = form()?.querySelector("[data-draft-state]");
  if (state && state.textContent !== words) state.textContent = words;
}

function sayHow() {
  if (!able) say(text("draftNotSaved"));
  else say(text(connected ? "draftSaved" : "draftOffline"));
}

function typed() {
  return [...new FormData(form())].filter(([name]) => name !== "csrfmiddlewaretoken");
}

function touched(entries) {
  return entries.some(([name, value]) => value && !UNTOUCHED.test(name));
}

async function save() {
  if (!form() || !able) return;
  const id = own();
  const entries = typed();
  if (!touched(entries)) {
    localStorage.removeItem(PREFIX + id);
    form().dataset.draft = "none";
    return;
  }
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(JSON.stringify(entries)));
  // sent, emptied or logged out meanwhile
  if (own() !== id || leaving) return;
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify({ at: Date.now(), iv: base64(iv), sealed: base64(sealed) }));
    form().dataset.draft = "kept";
    sayHow();
  } catch {
    say(text("draftNotSaved"));
  }
}

function forget(id) {
  clearTimeout(timer);
  localStorage.removeItem(PREFIX + id);
}

// The entries of a draft, or null: sealed in another session, or damaged. Nobody can open such a one any more.
async function open(name) {
  try {
    const { iv, sealed } = JSON.parse(localStorage.getItem(name));
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await key(), bytes(sealed));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

// The form with these entries; a new, empty one for none. Whether it came, bool. htmx answers for one request of its source
// and passes over what that asks meanwhile: the source here asks nothing else.
async function fill(entries) {
  const id = own();
  const values = {};
  for (const [name, value] of entries) (values[name] ??= []).push(value);
  await window.htmx.ajax("POST", form().dataset.draftUrl, { values, source: form().parentElement, target: "#intake", swap: "outerHTML" });
  return own() !== id;
}

// One after the other: each takes the form as the one before has left it. What fails, requests.js has told.
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work).catch(() => {}));

const age = (name) => {
  try { return JSON.parse(localStorage.getItem(name)).at; } catch { return 0; }
};

async function restore() {
  await hold(own());
  for (const name of keys().sort((one, other) => age(other) - age(one))) {
    // another tab is at it
    if (!(await hold(name.slice(PREFIX.length)))) continue;
    const entries = await open(name);
    if (entries) {
      await fill(entries);
      return;
    }
    localStorage.removeItem(name);
  }
}

async function begin() {
  if (!form()) return;
  sayHow();
  if (able) await inTurn(restore);
  if (document.activeElement === document.body) form().querySelector("input[role=combobox]").focus();
}

// ---- typing, sending, emptying ----

function later(event) {
  if (!form()?.contains(event.target)) return;
  if (event.type === "input" && emptied) {
    emptied = null;
    form().querySelector("[data-bring-back]").hidden = true;
  }
  form().dataset.draft = "waiting";
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}
for (const name of ["input", "change", "chosen"]) document.addEventListener(name, later);

// A new form takes the place of the old one: with what was typed, or because that was sent.
let before = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "intake") before = own();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "intake") return;
  sayHow();
  if (own() !== before && event.detail.elt.querySelector(".sent")) forget(before);
  if (able && own() !== before) hold(own());
});

async function empty() {
  const entries = typed();
  const id = own();
  if (!touched(entries) || !(await fill([]))) return;
  forget(id);
  emptied = entries;
  form().querySelector("[data-bring-back]").hidden = false;
  form().querySelector("input[role=combobox]").focus();
}

async function bringBack() {
  if (!emptied || !(await fill(emptied))) return;
  emptied = null;
  save();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-empty]")) inTurn(empty);
  if (event.target.closest("[data-bring-back]")) inTurn(bringBack);
});

// A call that was no request is over, and so is what was typed of it.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.closest?.("#no-request form")) inTurn(empty);
});

document.addEventListener("submit", (event) => {
  if (!new URL(event.target.action, location.href).pathname.endsWith("/logout/")) return;
  leaving = true;
  keys().forEach((name) => localStorage.removeItem(name));
});

document.addEventListener("connection", (event) => {
  connected = event.detail.state === "connected" || event.detail.state === "signed-out";
  sayHow();
});

// htmx stands ready after the page is read.
if (document.readyState === "complete") begin();
else window.addEventListener("load", begin);
