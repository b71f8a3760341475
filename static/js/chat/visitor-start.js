// Before the chat: how the line stands, language, name, questions; then the house is asked for a place.
import { language, text } from "../texts.js";
import { caller } from "./http.js";
import { sends, typed } from "./visitor-forms.js";

const LOOK = 30_000;
const { line, language: spoken } = document.body.dataset;
const ask = caller({ api: "/chat/api/" });
const minutes = new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" });
const begin = document.getElementById("begin");
const back = document.getElementById("return");

// One secret for all tries of this page: the house gives the same place to the same secret.
const secret = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** How long it takes, in words; null where nobody can say. */
export function waitWords(seconds) {
  return seconds ? text("about", { time: minutes.format(Math.ceil(seconds / 60)) }) : text("unknownWait");
}

function open() {
  return document.body.dataset.state === "open";
}

function dirty() {
  const fields = [...begin.querySelectorAll("input, textarea, select")];
  return fields.some((field) => (field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? "")));
}

function showState({ state, waiting, wait_seconds: seconds, opens_at: opens }) {
  document.body.dataset.state = state;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  // nothing that somebody has typed goes away under their hands
  begin.hidden = !open() && !dirty();
  document.getElementById("outlook").textContent = waiting ? `${text("waiting", { count: waiting })}. ${waitWords(seconds)}` : text("nobodyWaits");
  document.getElementById("opens").hidden = !opens;
  if (opens) {
    const time = document.querySelector("#opens time");
    time.dateTime = opens;
    time.textContent = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" }).format(new Date(opens));
  }
}

async function look() {
  if (document.hidden || document.getElementById("start").hidden) return;
  try {
    showState(await ask("GET", `lines/${line}/`));
  } catch {
    // the next look will tell
  }
}

/** Lets somebody begin, or come back; started({token, conversation, room, resume_code}) when they have a place. */
export function start(started) {
  const trouble = document.getElementById("trouble");
  begin.hidden = !open();
  if (back) back.hidden = false;
  for (const button of document.querySelectorAll("[data-alias]")) {
    button.addEventListener("click", () => {
      const field = document.getElementById("alias");
      field.value = button.dataset.alias;
      field.focus();
    });
  }
  sends(begin, trouble, async () => {
    const { alias = "", ...answers } = typed(begin);
    try {
      started(await ask("POST", `lines/${line}/conversations/`, { id: secret, alias, answers, language: spoken }));
    } catch (refusal) {
      if (refusal.status === 409) look();
      throw refusal;
    }
  });
  const resume = document.getElementById("resume");
  if (resume) {
    sends(resume, document.getElementById("resume-trouble"), async () => {
      started(await ask("POST", `lines/${line}/resume/`, { code: document.getElementById("code").value }));
    });
  }
  look();
  setInterval(look, LOOK);
}
