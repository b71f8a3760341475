// One conversation on the desk: its log and box in the middle, what the visitor told on the right, its place in the list.
import { text } from "../texts.js";
import { part, Writing } from "./desk-writing.js";

const WRITING = 6000;

export class Talk extends Writing {
  #head = 0;
  #met = false;
  #first = 1;
  #own = 0;
  #writing = 0;
  #presence = "here";
  #names = new Map();
  #last = "";

  /** item: its button in the list. homes: {talks, abouts}, where panel and right column go. changed(): the list is to be drawn. */
  constructor(item, connection, homes, changed) {
    const { conversation, room, me, visitor, alias, colour } = item.dataset;
    super(room, connection, document.getElementById("talk-mould").content.firstElementChild.cloneNode(true));
    Object.assign(this, { code: conversation, me, visitor, colour });
    this.alias = alias || text("visitor");
    this.line = item.dataset.line;
    this.showsTyping = "typing" in item.dataset;
    this.showsRead = "read" in item.dataset;
    this.readUpTo = Number(item.dataset.theirs);
    this.#own = Number(item.dataset.mine);
    this.over = "over" in item.dataset;
    this.lost = false;
    this.unseen = new Set();
    this.changed = changed;
    this.about = document.createElement("div");
    this.about.className = "about";
    this.about.hidden = true;
    this.#dress(item);
    homes.talks.append(this.panel);
    homes.abouts.append(this.about);
    connection.join(room, null);
  }

  #dress(item) {
    this.panel.classList.add(this.colour);
    this.panel.id = `panel-${this.code}`;
    this.panel.querySelector(".face").replaceChildren(item.querySelector(".face").firstChild.cloneNode(true));
    part(this.panel, "alias").textContent = this.alias;
    this.panel.setAttribute("aria-label", this.alias);
    this.begin(`box-${this.code}`, text("writeTo", { alias: this.alias }), text("logOf", { alias: this.alias }));
    this.show();
  }

  /** The name of a participant. */
  nameOf(participant) {
    return participant === this.visitor ? this.alias : this.#names.get(participant) || text("colleague");
  }

  get isSilent() {
    return this.over || this.lost;
  }

  // ---- what comes ----

  /** The room was opened, or opened again. */
  opened({ state, first, head, participants = {} }) {
    this.#first = first;
    // what comes after a break is news, what was there when the page was opened is not
    if (!this.#met) this.#head = head;
    this.#met = true;
    if (!this.showsRead && !this.#own) this.#own = head;
    for (const [code, { alias, state: presence, read = 0 }] of Object.entries(participants)) {
      this.#names.set(code, alias);
      if (code === this.visitor) {
        this.#presence = presence;
        this.readUpTo = Math.max(this.readUpTo, read);
      }
    }
    if (state === "ended") this.over = true;
    this.entries.renamed();
    this.show();
  }

  /** An event of the room. Whether it is a message of the visitor that was not there when the room was opened, bool. */
  event(event) {
    const news = event.seq > this.#head;
    this.#head = Math.max(this.#head, event.seq);
    // only what is new is read out
    this.log.setAttribute("aria-live", news && !this.panel.hidden ? "polite" : "off");
    this.entries.add(event);
    const theirs = event.kind === "message" && event.from === this.visitor;
    if (theirs) {
      this.#stopWriting();
      if (event.seq > this.#own) this.unseen.add(event.seq);
    }
    if (event.kind === "message") this.#last = event.body;
    if (event.kind === "ended") this.over = true;
    if (event.from === this.me) this.gone = event.kind === "transferred" ? (event.data?.taken ? "takenOver" : "passedOn") : "";
    this.show();
    return news && theirs;
  }

  reset({ head }) {
    this.entries.reset();
    this.#head = head;
    this.unseen.clear();
  }

  /** Somebody has read: the visitor, or we in another tab. */
  read({ from, seq }) {
    if (from === this.visitor) {
      this.readUpTo = Math.max(this.readUpTo, seq);
      this.entries.marks();
    } else if (from === this.me) {
      this.#forget(seq);
    }
  }

  /** We have seen everything here. */
  seen() {
    if (this.showsRead && !this.lost && !this.gone && this.#head > this.#own) this.connection.read(this.room, this.#head);
    this.#forget(this.#head);
  }

  #forget(seq) {
    this.#own = Math.max(this.#own, seq);
    for (const one of this.unseen) if (one <= this.#own) this.unseen.delete(one);
    this.changed();
  }

  present({ from, state }) {
    if (from !== this.visitor) return;
    this.#presence = state;
    this.show();
  }

  typing({ from }) {
    if (!this.showsTyping || from !== this.visitor) return;
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => this.#stopWriting(), WRITING);
    this.show();
  }

  #stopWriting() {
    clearTimeout(this.#writing);
    this.#writing = 0;
    this.show();
  }

  /** The right to it is gone: given back, or erased. What was said goes from the screen; what was typed here stays. */
  lose() {
    this.lost = true;
    this.#last = "";
    this.unseen.clear();
    this.entries.reset();
    this.about.replaceChildren();
    this.show();
  }

  // ---- what is shown ----

  /** Where the visitor is, in a word; nothing while nobody can know. */
  get state() {
    if (this.over) return text("ended");
    if (this.connection.state !== "connected") return "";
    if (this.#writing) return text("writing");
    return text({ here: "here", reconnecting: "reconnecting" }[this.#presence] ?? "gone");
  }

  show() {
    part(this.panel, "state").textContent = [this.line, this.state].filter(Boolean).join(" · ");
    this.panel.querySelector(".write").hidden = this.over && !this.hasDraft;
    this.box.readOnly = this.isSilent;
    for (const button of this.panel.querySelectorAll(".write .button")) button.disabled = this.isSilent;
    this.showEarlier(this.#first);
    this.hint();
    this.changed?.();
  }

  /** What has to be said above the box. */
  hint() {
    this.hintAt(this.lost ? text(this.gone || "lost") : "", this.over);
  }

  /** Draw its place in the list. */
  draw(item, isCurrent) {
    if (isCurrent) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
    const number = part(item, "count");
    number.hidden = !this.unseen.size;
    number.textContent = this.unseen.size || "";
    number.setAttribute("aria-label", text("unread", { count: this.unseen.size }));
    const telling = this.over || this.#writing || this.#presence !== "here" ? this.state : "";
    const words = telling || this.#last || this.line;
    if (part(item, "last").textContent !== words) part(item, "last").textContent = words;
  }

  /** It is off the desk. */
  drop() {
    clearTimeout(this.#writing);
    this.connection.leave(this.room);
    this.panel.remove();
    this.about.remove();
  }
}
