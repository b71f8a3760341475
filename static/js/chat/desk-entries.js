// The log of one conversation: what was said, in the order of its seq, and below it what is on its way.
import { language, text } from "../texts.js";

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
const NEAR = 80;
const BODIES = ["message", "redacted", "notice"];

function when(at) {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? clock : moment).format(date);
}

export class Entries {
  #log;
  #home;
  #talk;
  #known = new Map();
  #mine = new Map();
  #notes = new Map();
  #stays = true;
  #lowest = Infinity;

  /** log: the element with role=log. talk: {me, visitor, alias, nameOf(participant), readUpTo, retry(id), back(message)} and, where it
      wants, marked(element, body) -> the nodes of a body; isBusy: so many come and go that it is not said;
      dress(element, {from, kind}) puts more to a message. */
  constructor(log, talk) {
    this.#log = log;
    this.#home = log.querySelector(".entries");
    this.#talk = talk;
    // whoever reads the end goes on reading it when a keyboard comes up or a line of text more is written
    log.addEventListener("scroll", () => { this.#stays = this.atEnd; });
    new ResizeObserver(() => { if (this.#stays) this.toEnd(); }).observe(log);
  }

  /** An event of the room; the same one again changes nothing. */
  add(event) {
    if (this.#known.has(event.seq)) return;
    const stays = this.atEnd;
    const own = event.id && event.from === this.#talk.me ? this.#mine.get(event.id) : null;
    const element = own?.element ?? (BODIES.includes(event.kind) ? this.#message(event) : this.#note(event));
    this.#lowest = Math.min(this.#lowest, event.seq);
    if (!element) return;
    this.#known.set(event.seq, element);
    if (event.from === this.#talk.me && event.id) this.#mine.set(event.id, { element, seq: event.seq, state: "sent" });
    this.#stamp(element, event.at);
    this.#place(element, event.seq);
    this.marks();
    if (stays) this.toEnd();
  }

  /** A message of ours changed its state: it stands below everything until the house has given it a seq. */
  outgoing(message) {
    let entry = this.#mine.get(message.id);
    if (!entry) {
      const element = this.#message({ from: this.#talk.me, body: message.body });
      element.querySelector("[data-retry]").addEventListener("click", () => this.#talk.retry(message.id));
      element.querySelector("[data-back]").addEventListener("click", () => this.#talk.back(message));
      entry = { element, seq: 0, state: "" };
      this.#mine.set(message.id, entry);
      this.#home.append(element);
      this.toEnd();
    }
    entry.state = message.state;
    entry.words = message.error?.detail ?? "";
    this.marks();
  }

  /** Take a message of ours away that is not to be sent any more. */
  remove(id) {
    this.#mine.get(id)?.element.remove();
    this.#mine.delete(id);
  }

  /** Forget what is shown; what follows is the log anew. */
  reset() {
    for (const element of this.#known.values()) element.remove();
    this.#known.clear();
    this.#notes.clear();
    this.#lowest = Infinity;
    for (const [id, entry] of this.#mine) if (entry.seq) this.#mine.delete(id);
  }

  /** A line of words above what came after `seq`; the former one goes, and without a seq there is none. */
  divide(words, seq = null) {
    this.#home.querySelector(".divide")?.remove();
    if (seq === null) return;
    const line = document.createElement("p");
    line.className = "divide small";
    line.textContent = words;
    this.#home.append(line);
    this.#place(line, seq + 0.5);
  }

  /** What stands below this seq is no longer there. */
  forgetBelow(first) {
    for (const [seq, element] of this.#known) {
      if (seq >= first) continue;
      element.remove();
      this.#known.delete(seq);
    }
  }

  /** Whether something of ours is not with the house yet. */
  get hasUnsent() {
    return [...this.#mine.values()].some((entry) => !entry.seq && entry.state !== "sent");
  }

  /** The lowest seq that has come, or 0. */
  get first() {
    return Number.isFinite(this.#lowest) ? this.#lowest : 0;
  }

  get atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR;
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Say of each of our messages where it is; in words only where it tells something new. */
  marks() {
    const sent = [...this.#mine.values()].filter((entry) => entry.seq);
    const last = sent.reduce((best, entry) => (entry.seq > (best?.seq ?? 0) ? entry : best), null);
    for (const entry of this.#mine.values()) {
      const failed = entry.state === "failed";
      const state = entry.element.querySelector(".state");
      const seen = entry.seq && entry.seq <= this.#talk.readUpTo;
      const word = failed ? "notSent" : entry.state === "sending" ? "sending" : seen ? "read" : "sent";
      const words = [text(word), failed ? entry.words : ""].filter(Boolean).join(" ");
      if (state.textContent !== words) state.textContent = words;
      state.classList.toggle("visually-hidden", entry.seq > 0 && entry !== last);
      entry.element.classList.toggle("unsent", failed);
      entry.element.querySelector(".failed").hidden = !failed;
    }
  }

  #place(element, seq) {
    element.dataset.seq = seq;
    let before = this.#home.lastElementChild;
    while (before && (before === element || !before.dataset.seq || Number(before.dataset.seq) > seq)) before = before.previousElementSibling;
    const next = before ? before.nextElementSibling : this.#home.firstElementChild;
    if (next !== element) this.#home.insertBefore(element, next);
  }

  #message({ from, body, kind }) {
    const element = document.getElementById("message-mould").content.firstElementChild.cloneNode(true);
    const ours = from === this.#talk.me;
    element.classList.add(ours ? "me" : from === this.#talk.visitor ? "them" : "colleague");
    element.querySelector(".body").replaceChildren(...(kind === "redacted" ? [text("removed")] : this.#talk.marked?.(element, body) ?? [body]));
    element.classList.toggle("announcement", kind === "notice");
    element.classList.toggle("quiet", kind === "redacted");
    const author = element.querySelector(".author");
    author.textContent = ours ? text("you") : this.#talk.nameOf(from);
    author.hidden = false;
    // who it is shows in its place and colour; the name is for those who hear the page, and for colleagues
    author.classList.toggle("visually-hidden", ours || from === this.#talk.visitor);
    this.#talk.dress?.(element, { from, kind });
    return element;
  }

  /** Who is in the room is known anew: notes about somebody who has just come name them, too. */
  renamed() {
    for (const [element, event] of this.#notes) element.lastChild.data = this.#words(event);
    this.marks();
  }

  #words({ kind, from, data }) {
    const alias = this.#talk.nameOf(from);
    // in a room where people come and go all day nobody needs to read that
    return this.#talk.isBusy ? "" : {
      joined: from === this.#talk.me ? text("noteYou") : from === this.#talk.visitor ? text("noteCame", { alias }) : text("noteJoined", { alias }),
      left: text("noteLeft", { alias }),
      transferred: text(data?.taken ? "noteTaken" : "notePassed", { alias }),
      ended: text({ visitor: "endedVisitor", volunteer: "endedVolunteer" }[data?.by] ?? (data?.why === "closed" ? "endedClosed" : "endedHouse"), { alias: this.#talk.alias }),
    }[kind];
  }

  #note(event) {
    const words = this.#words(event);
    if (!words) return null;
    const element = document.createElement("p");
    element.className = "note small quiet";
    const time = document.createElement("time");
    element.append(time, " ", words);
    this.#notes.set(element, event);
    return element;
  }

  #stamp(element, at) {
    const time = element.querySelector("time");
    time.dateTime = at;
    time.textContent = when(at);
  }
}
