// Standard messages in the box of a conversation: after a slash, or by the button beside it, a list of what fits what was typed.
// The box is a text box of several lines, which cannot have the role "combobox"; the rest is that pattern: the focus stays in
// the box, aria-activedescendant names the row, arrows move, Enter and Tab take, Escape closes. Nothing is ever sent by itself.
import { text } from "../texts.js";
import { caller } from "./http.js";
import { filled, fitting } from "./standard-texts.js";

const MOST = 8;
// What is older is asked for anew: the next opening is true at one moment only.
const FRESH = 60_000;
const TOKEN = /(?:^|\s)\/([^\s/]*)$/u;
const MOVES = { ArrowDown: 1, ArrowUp: -1 };
const call = caller({ api: "", csrf: document.body.dataset.csrf });
const known = new Map();

// Somebody comes back from the page of their own ones.
window.addEventListener("focus", () => known.clear());

/** What may be inserted, as the line says now: a promise of {languages, places, messages}. */
function ask(address) {
  const before = known.get(address);
  if (before && Date.now() - before.at < FRESH) return before.answer;
  const asked = { at: Date.now(), answer: call("GET", address) };
  known.set(address, asked);
  asked.answer.catch(() => { if (known.get(address) === asked) known.delete(address); });
  return asked.answer;
}

export class StandardMessages {
  #box;
  #address;
  #language;
  #alias;
  #data = null;
  #shown = [];
  #active = -1;
  #token = null;
  #left = -1;
  #asking = false;
  #ofButton = null;

  /** talk: {box, panel, code}. address: where its line's messages are; language and alias ("" for none) of its visitor. */
  constructor(talk, { address, language, alias }) {
    this.#box = talk.box;
    this.#address = address;
    this.#language = language;
    this.#alias = alias;
    const part = (name) => talk.panel.querySelector(`[data-standard-${name}]`);
    Object.assign(this, { button: part("button"), popup: part("popup"), status: part("status"), words: part("words") });
    this.list = this.popup.querySelector("[role=listbox]");
    this.list.id = `standard-${talk.code}`;
    this.button.hidden = false;
    this.button.setAttribute("aria-controls", this.list.id);
    this.#box.setAttribute("aria-autocomplete", "list");
    this.#box.setAttribute("aria-haspopup", "listbox");
    this.#box.setAttribute("aria-controls", this.list.id);
    this.#listen();
  }

  #listen() {
    const box = this.#box;
    box.addEventListener("focus", () => ask(this.#address).catch(() => {}));
    // also while a word is being composed: on a phone every word is
    box.addEventListener("input", () => this.#look());
    // before the box's own keys, which send
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    box.addEventListener("click", () => this.#look());
    box.addEventListener("blur", () => this.#close({ tidy: true }));
    this.button.addEventListener("click", () => this.#pressed());
    // the focus stays in the box
    for (const kind of ["pointerdown", "mousedown"]) {
      for (const pressed of [this.button, this.popup]) pressed.addEventListener(kind, (event) => event.preventDefault());
    }
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(this.#shown[Number(option.dataset.index)]);
    });
  }

  get #open() { return !this.popup.hidden; }

  /** The slash and what follows it, where the caret stands: {from, to, typed}, or null. */
  #typed() {
    const { selectionStart: to, selectionEnd, value } = this.#box;
    const found = to === selectionEnd && !this.#box.readOnly ? TOKEN.exec(value.slice(0, to)) : null;
    return found && { from: to - found[1].length - 1, to, typed: found[1] };
  }

  #look() {
    const token = this.#typed();
    if (!token) this.#left = -1;
    // whoever closed the list goes on writing what they mean
    if (!token || token.from === this.#left) this.#close();
    else this.#search(token);
  }

  async #search(token) {
    this.#token = token;
    this.#asking = true;
    try {
      this.#data = await ask(this.#address);
    } catch {
      if (this.#token === token) this.#tell(text("standardFailed"));
      return;
    } finally {
      if (this.#token === token) this.#asking = false;
    }
    if (this.#token === token) this.#show();
  }

  #show() {
    const found = fitting(this.#data.messages, this.#token.typed);
    this.#shown = found.slice(0, MOST);
    if (!found.length) {
      if (this.#data.messages.length || this.#token.typed) this.#close();
      else this.#tell(text("standardNone"));
      return;
    }
    this.list.replaceChildren(...this.#shown.map((message, index) => this.#option(message, index)));
    this.list.hidden = false;
    const words = found.length > MOST ? text("standardMore", { shown: MOST, count: found.length }) : "";
    this.#unfold(words);
    this.status.textContent = words || text("standardCount", { count: found.length });
    this.#mark(0);
  }

  #tell(words) {
    this.list.hidden = true;
    this.#shown = [];
    this.#mark(-1);
    this.#unfold(words);
    this.status.textContent = words;
  }

  #unfold(words) {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.popup.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
  }

  #option(message, index) {
    const option = document.getElementById("standard-mould").content.firstElementChild.cloneNode(true);
    const language = this.#languageOf(message);
    option.id = `${this.list.id}-${index}`;
    option.dataset.index = index;
    option.querySelector(".code").textContent = `/${message.short_code}`;
    const tag = option.querySelector(".tag");
    tag.hidden = language === this.#language;
    tag.textContent = this.#data.languages[language] ?? language;
    option.querySelector("[data-owner]").textContent = text({ person: "standardOwn", line: "standardLine", house: "standardHouse" }[message.owner]);
    const said = option.querySelector("[data-said]");
    said.lang = language;
    said.textContent = this.#text(message);
    return option;
  }

  #languageOf({ texts }) {
    return [this.#language, "en", ...Object.keys(texts)].find((language) => texts[language]);
  }

  #text(message) {
    const language = this.#languageOf(message);
    return filled(message.texts[language], this.#data.places[language], this.#alias);
  }

  #key(event) {
    if (event.isComposing || !this.#token) return;
    const bare = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    const { key } = event;
    const chosen = this.#shown[this.#active];
    let ours = false;
    if ((key === "Enter" || key === "Tab") && bare && this.#asking) {
      // the list is on its way: a slash and half a word are not meant for the visitor
      ours = true;
    } else if (this.#open && bare && chosen && (key === "Enter" || key === "Tab")) {
      this.#take(chosen);
      ours = true;
    } else if (this.#open && bare && chosen && key in MOVES) {
      this.#mark((this.#active + MOVES[key] + this.#shown.length) % this.#shown.length);
      ours = true;
    } else if (key === "Escape" && (this.#open || this.#asking)) {
      this.#close({ tidy: true, leave: true });
      ours = true;
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
      this.#close();
    }
    if (!ours) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** The button: as if the slash had been typed; pressed again it takes its slash back. */
  #pressed() {
    const box = this.#box;
    const wasOpen = this.#open;
    box.focus();
    if (wasOpen) {
      this.#close({ tidy: true, leave: true });
      return;
    }
    const token = this.#typed();
    if (token) {
      this.#search(token);
      return;
    }
    const at = box.selectionEnd;
    this.#write(`${/\S$/u.test(box.value.slice(0, at)) ? " " : ""}/`, at, at);
    this.#ofButton = this.#token;
  }

  #write(words, from, to) {
    this.#box.setRangeText(words, from, to, "end");
    this.#left = -1;
    this.#box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  async #take(message) {
    const { code } = message;
    try {
      this.#data = await ask(this.#address);
    } catch {
      this.#tell(text("standardFailed"));
      return;
    }
    const token = this.#typed();
    // while it was asked for anew somebody may have taken it away
    const current = this.#data.messages.find((one) => one.code === code);
    if (!token || !current) {
      this.#look();
      return;
    }
    const words = this.#text(current);
    this.#ofButton = null;
    this.#close();
    this.#write(words, token.from, token.to);
    this.#box.focus();
    // a number that is not counted is no reason to disturb anybody
    call("POST", `${this.#address.split("?")[0]}${code}/used/`).catch(() => {});
  }

  /** tidy: the slash that the button has written goes again. leave: the list stays away from what stands there. */
  #close({ tidy = false, leave = false } = {}) {
    const token = this.#token;
    const now = token && tidy ? this.#typed() : null;
    if (now && this.#ofButton?.from === now.from && !now.typed) this.#box.setRangeText("", now.from, now.to, "end");
    else if (token && leave) this.#left = token.from;
    if (!token && !this.#open) return;
    this.#ofButton = null;
    this.#token = null;
    this.#asking = false;
    this.#shown = [];
    this.#mark(-1);
    this.popup.hidden = true;
    this.status.textContent = "";
    this.button.setAttribute("aria-expanded", "false");
  }

  #mark(index) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    const option = this.list.children[index];
    this.#active = option ? index : -1;
    if (!option) {
      this.#box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.#box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
}
