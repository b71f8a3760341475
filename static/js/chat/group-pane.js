// One room of a group at the desk: its log and the box to write in.
import { text } from "../texts.js";
import { Entries } from "./desk-entries.js";
import { pageBack } from "./desk-writing.js";
import { People } from "./group-people.js";

const COLOURS = 8;

export class Pane {
  #panel;
  #log;
  #room;
  #connection;
  #people = new People();
  #entries = null;
  #options;
  #unread = 0;
  #box;
  #halted = "";
  // what the room begins with, and what of it has come here
  #first = 1;
  #lowest = Infinity;
  #out = new Set();

  /** options: remove(seq) and about(code) -> the address of a visitor, for whoever may take messages and people out; count: the element that counts what is unread here. */
  constructor(panel, room, connection, options) {
    this.#panel = panel;
    this.#room = room;
    this.#connection = connection;
    this.#options = options;
    this.#log = panel.querySelector(".log");
    const form = panel.querySelector(".write");
    const box = (this.#box = form.querySelector("textarea"));
    const send = () => {
      if (!box.value.trim() || box.readOnly || !this.#entries) return;
      this.#entries.outgoing(connection.post(room, box.value.trim()));
      box.value = "";
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); box.focus(); });
    box.addEventListener("focus", () => this.seen());
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
      event.preventDefault();
      send();
    });
    this.#panel.addEventListener("click", ({ target }) => {
      const button = target.closest?.(".take-out");
      if (button) options.remove(Number(button.closest("[data-seq]").dataset.seq));
    });
    panel.querySelector(".earlier").addEventListener("click", () => this.#earlier());
  }

  opened({ me, participants, first }) {
    this.#people.learn(participants);
    this.#first = first;
    const box = this.#box;
    this.#entries ??= new Entries(this.#log, {
      me,
      nameOf: (code) => [this.#people.name(code), this.#people.role(code)].filter(Boolean).join(" · "),
      readUpTo: 0,
      retry: (id) => this.#connection.retry(id),
      back: (message) => {
        this.#connection.drop(message.id);
        this.#entries.remove(message.id);
        box.value = box.value || message.body;
        box.focus();
      },
      dress: (element, event) => this.#dress(element, event),
    });
    this.me = me;
  }

  event(event) {
    if (!this.#entries) return;
    this.seq = event.seq;
    this.#people.happened(event);
    this.#take(event);
    if (event.data?.of) this.#gone(`[data-seq="${event.data.of}"].message`);
    if (event.kind === "left" && event.data?.why) {
      this.#gone(`.message[data-author="${event.from}"]`);
      this.#out.add(event.from);
      for (const button of this.#log.querySelectorAll(`[data-author="${event.from}"] .put-out`)) button.remove();
    }
    if (event.kind === "message" && event.from !== this.me) {
      this.#unread += 1;
      this.#log.setAttribute("aria-live", "polite");
    }
    this.#count();
  }

  message(message) {
    this.#entries?.outgoing(message);
  }

  present(detail) {
    this.#people.present(detail);
  }

  reset() {
    this.#entries?.reset();
    this.#lowest = Infinity;
  }

  /** Whoever looks at it has read it. */
  seen() {
    this.#unread = 0;
    this.#count();
  }

  /** Whether something was written here that the house does not have. */
  get isUnsaved() {
    return Boolean(this.#box.value.trim() || this.#entries?.hasUnsent);
  }

  /** Nothing can be written here any more, and why; "" when it can again. canReturn: whether to offer that. */
  halt(words, canReturn = false) {
    this.#halted = words;
    this.#box.readOnly = Boolean(words);
    this.#panel.querySelector(".write [type=submit]").disabled = Boolean(words);
    this.#panel.querySelector("[data-again]").hidden = !canReturn;
    this.line(this.#connection.state);
  }

  /** Says how the line stands. */
  line(state) {
    const hint = this.#panel.querySelector("[data-hint]");
    const words = this.#halted || (state === "connected" ? "" : text(state === "polling" ? "polling" : "waitsForLine"));
    if (hint.textContent !== words) hint.textContent = words;
    hint.hidden = !words;
  }

  #take(event) {
    if (!event.data?.of) this.#entries.add(event);
    this.#lowest = Math.min(this.#lowest, event.seq);
    this.#panel.querySelector(".earlier").hidden = this.#lowest <= this.#first;
  }

  async #earlier() {
    const error = this.#panel.querySelector("[data-error]");
    error.hidden = await pageBack(this.#panel.querySelector(".earlier"), this.#log, async () => {
      for (const event of await this.#connection.history(this.#room, this.#lowest)) this.#take(event);
    });
    error.textContent = error.hidden ? "" : text("historyFailed");
  }

  #count() {
    const element = this.#options.count;
    if (!element) return;
    element.hidden = !this.#unread;
    element.textContent = this.#unread || "";
    element.setAttribute("aria-label", text("unreadHere", { count: this.#unread }));
  }

  #dress(element, { from, kind }) {
    element.dataset.author = from;
    element.classList.add(`c${(this.#people.place(from) % COLOURS) + 1}`);
    if (!this.#options.remove) return;
    const meta = element.querySelector(".meta");
    const name = this.#people.name(from);
    if (kind !== "redacted") meta.append(" ", this.#button("take-out", "remove", text("removeOf", { name })));
    // from here also those are reached who went before anybody could press
    if (!this.#people.isVisitor(from) || this.#out.has(from)) return;
    const button = this.#button("put-out", "removeAuthor", `${text("removeAuthor")}: ${name}`);
    button.dataset.removeVisitor = this.#options.about(from);
    button.dataset.alias = name;
    meta.append(" ", button);
  }

  #button(does, word, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button small plain ${does}`;
    button.setAttribute("aria-label", label);
    button.append(text(word));
    return button;
  }

  #gone(selector) {
    for (const element of this.#log.querySelectorAll(selector)) {
      element.classList.add("quiet");
      element.querySelector(".body").textContent = text("removed");
      element.querySelector(".take-out")?.remove();
    }
  }
}
