// The demo's phones: asks the simulator for what changed (a long poll) and does what people press and write.
import "./dialog.js";
import { ask, plainCode, tell } from "./simulator-control.js";
import { addName, goTo, removeName, showIndex, showNews } from "./simulator-index.js";
import { render } from "./simulator-message.js";
import { begin, showFaults, showLink } from "./simulator-tools.js";
import { text } from "./texts.js";

const WAIT = 25;
const PAUSE = 2000;
const LINGER = 6000;
const COLOURS = 8;

const strip = document.getElementById("phones");
const mould = document.getElementById("phone-mould").content.firstElementChild;
const phones = new Map();
const said = new Set();
let names = new Map();
let first = true;

async function listen() {
  let version = -1;
  for (;;) {
    try {
      const view = await ask(`view?since=${version}&wait=${WAIT}`);
      document.getElementById("connection").dataset.state = "connected";
      if (view.version !== version) show(view);
      version = view.version;
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) console.error(error);
      document.getElementById("connection").dataset.state = "connecting";
      version = -1;
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  }
}

// ---- what is seen ----

function show(view) {
  names = new Map(view.people.map((person) => [person.id, person.name]));
  names.set(view.bot.id, text("bot"));
  strip.hidden = view.people.length === 0; // before anything is drawn: what is hidden cannot scroll to its end
  for (const id of [...phones.keys()].filter((key) => !names.has(key))) {
    phones.get(id).element.remove();
    phones.delete(id);
    removeName(id);
  }
  const everyone = view.people.map((person) => withChats(person, view));
  if (first) everyone.sort((one, other) => Math.max(0, ...other.news) - Math.max(0, ...one.news)); // the latest first
  for (const { person, chats, news } of everyone) {
    showPhone(phones.get(person.id) ?? addPhone(person), person, chats);
    showNews(person.id, news);
  }
  showIndex();
  document.getElementById("nobody").hidden = view.people.length > 0;
  for (const answer of view.answers) showAnswer(answer);
  showFaults(view.faults);
  showLink(view.people);
  const commands = view.commands.map((command) => Object.assign(document.createElement("option"), { value: `/${command.command}`, label: command.description }));
  document.getElementById("commands").replaceChildren(...commands);
  first = false;
}

// A person with the chats on their phone, and when the bot's messages there came or changed.
function withChats(person, view) {
  const chats = view.chats.filter((chat) => chat.members.includes(person.id) && !chat.migrated_to);
  const told = chats.flatMap((chat) => chat.messages).filter((message) => message.from === view.bot.id);
  return { person, chats, news: told.map((message) => message.changed) };
}

function part(element, name) {
  return element.querySelector(`[data-part="${name}"]`);
}

function addPhone(person) {
  const element = mould.cloneNode(true);
  const colour = `c${(person.id % COLOURS) + 1}`;
  element.classList.add(colour);
  const title = element.querySelector("h2");
  Object.assign(title, { textContent: person.name, title: person.name, id: `phone-${person.id}` });
  element.setAttribute("aria-labelledby", title.id);
  element.querySelector(".face").textContent = [...person.name][0].toUpperCase();
  const phone = { id: person.id, element, chat: person.id, drawn: new Map(), seen: new Map(), person };
  const log = element.querySelector(".talk");
  log.addEventListener("click", (event) => press(phone, event.target.closest("button[data-message]")));
  part(element, "chats").addEventListener("change", (event) => choose(phone, Number(event.target.value)));
  part(element, "block").addEventListener("click", () => tell("block", { person: person.id, blocked: !phone.person.blocked }));
  part(element, "write").addEventListener("submit", (event) => write(phone, event));
  part(element, "open").addEventListener("submit", (event) => open(phone, event));
  phones.set(person.id, phone);
  strip.append(element);
  addName(person.id, person.name, element, colour);
  return phone;
}

function showPhone(phone, person, chats) {
  const { element } = phone;
  phone.person = person;
  phone.chats = chats;
  element.lang = person.language;
  element.classList.toggle("blocked", person.blocked);
  const standing = person.blocked ? "blocked" : person.started ? "ready" : "notStarted";
  part(element, "standing").textContent = text(standing);
  const block = part(element, "block");
  block.hidden = !person.started;
  block.textContent = text(person.blocked ? "unblock" : "block");
  block.setAttribute("aria-pressed", String(person.blocked));
  part(element, "write").hidden = !person.started;
  const opening = part(element, "opening");
  if (!person.started && phone.started !== false) opening.open = true;
  if (person.started && phone.started === false) opening.open = false;
  phone.started = person.started;
  if (!chats.some((chat) => chat.id === phone.chat)) choose(phone, person.id);
  showChats(phone);
  showMessages(phone);
}

function showChats(phone) {
  const select = part(phone.element, "chats");
  part(phone.element, "which").hidden = phone.chats.length < 2;
  phone.chats.forEach((chat, index) => {
    const newest = chat.messages.at(-1)?.id ?? 0;
    if (chat.id === phone.chat || !phone.seen.has(chat.id)) phone.seen.set(chat.id, newest);
    const count = chat.messages.filter((message) => message.id > phone.seen.get(chat.id)).length;
    const title = chat.kind === "private" ? text("bot") : chat.title;
    const option = select.options[index] ?? select.appendChild(document.createElement("option"));
    option.value = chat.id;
    option.textContent = count ? text("new", { chat: title, count }) : title;
    option.selected = chat.id === phone.chat;
  });
  while (select.options.length > phone.chats.length) select.remove(phone.chats.length);
}

function choose(phone, chat) {
  phone.chat = chat;
  phone.drawn.clear();
  phone.element.querySelector(".talk").replaceChildren();
  if (phone.chats.some((one) => one.id === chat)) {
    showChats(phone);
    showMessages(phone);
  }
}

// Only what is new or changed is drawn, so that a screen reader reads that alone and the focus stays where it is.
function showMessages(phone) {
  const log = phone.element.querySelector(".talk");
  const chat = phone.chats.find((one) => one.id === phone.chat);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const kept = new Set(chat.messages.map((message) => message.id));
  for (const [id, old] of phone.drawn) {
    if (kept.has(id)) continue;
    old.item.remove();
    phone.drawn.delete(id);
  }
  let added = false;
  for (const message of chat.messages) {
    const state = JSON.stringify(message);
    const old = phone.drawn.get(message.id);
    if (old?.state === state) continue;
    const item = render(message, phone.id, names, chat.kind !== "private");
    if (old) {
      const hadFocus = old.item.contains(document.activeElement);
      old.item.replaceWith(item);
      if (hadFocus) (item.querySelector(".button") ?? log).focus();
    } else {
      log.append(item);
      added = true;
    }
    phone.drawn.set(message.id, { state, item });
  }
  part(phone.element, "nothing").hidden = chat.messages.length > 0;
  if (atEnd || (added && first)) log.scrollTop = log.scrollHeight;
}

function showAnswer(answer) {
  if (said.has(answer.query)) return;
  said.add(answer.query);
  const phone = phones.get(answer.person);
  if (first || !phone) return;
  for (const key of phone.element.querySelectorAll('[aria-busy="true"]')) key.removeAttribute("aria-busy");
  if (!answer.text) return;
  const words = document.createElement("p");
  words.textContent = answer.text;
  part(phone.element, "said").replaceChildren(words);
  setTimeout(() => words.remove(), answer.alert ? 3 * LINGER : LINGER);
}

// ---- what people do ----

async function press(phone, key) {
  if (!key || key.getAttribute("aria-busy")) return;
  key.setAttribute("aria-busy", "true");
  setTimeout(() => key.removeAttribute("aria-busy"), LINGER);
  const { message, data } = key.dataset;
  const done = await tell("press", { person: phone.id, chat: phone.chat, message: Number(message), data });
  if (!done) key.removeAttribute("aria-busy");
}

async function write(phone, event) {
  event.preventDefault();
  const box = event.target.elements.text;
  const words = box.value;
  if (!words.trim()) return;
  if (await tell("text", { person: phone.id, chat: phone.chat, text: words }) && box.value === words) box.value = "";
}

async function open(phone, event) {
  event.preventDefault();
  const box = event.target.elements.code;
  if (await tell("start", { person: phone.id, code: plainCode(box.value) })) {
    box.value = "";
    part(phone.element, "opening").open = false;
    choose(phone, phone.id);
  }
}

begin(goTo);
listen();
