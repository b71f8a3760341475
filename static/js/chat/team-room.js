// One room of the internal chat: its log and box, who is here, what was not read yet.
import { text } from "../texts.js";
import { part, Writing } from "./desk-writing.js";
import { Mentions, pieces } from "./team-mentions.js";

const WRITING = 6000;
const SAID = ["message", "notice"];

export class TeamRoom extends Writing {
  #head = 0;
  #first;
  #read;
  #people = new Map();
  #writing = new Map();

  /** item: its button in the list. home: where its panel goes. changed(): the list is to be drawn. */
  constructor(item, connection, home, changed) {
    const { teamRoom, me, title, read, first, after } = item.dataset;
    super(teamRoom, connection, document.getElementById("team-mould").content.firstElementChild.cloneNode(true));
    Object.assign(this, { me, visitor: null, alias: title, readUpTo: 0, showsTyping: true, isBusy: true, lost: false, changed });
    this.#first = Number(first);
    this.#read = Number(read);
    this.unseen = new Set();
    this.named = new Set();
    this.panel.setAttribute("aria-label", title);
    this.begin(`team-box-${teamRoom}`, text("teamWrite", { room: title }), text("teamLog", { room: title }));
    this.mentions = new Mentions(this.panel, `people-${teamRoom}`, () => this.#offered());
    home.append(this.panel);
    this.show();
    connection.join(teamRoom, Number(after));
  }

  get isSilent() {
    return this.lost;
  }

  /** The name of a participant; nobody's where the account is gone. */
  nameOf(participant) {
    return this.#people.get(participant)?.alias || text("colleague");
  }

  // Whoever is here first.
  #offered() {
    const others = [...this.#people].filter(([code, { alias, state }]) => code !== this.me && alias && state !== "left");
    const offered = others.map(([, { alias, state }]) => ({ alias, here: state === "here" }));
    return offered.sort((one, other) => other.here - one.here || one.alias.localeCompare(other.alias));
  }

  // ---- what comes ----

  opened({ first, head, participants = {} }) {
    // what comes after a break is news, what was there when the page was opened is not
    if (!this.#people.size) this.#head = Math.max(this.#head, head);
    for (const [code, person] of Object.entries(participants)) this.#people.set(code, person);
    this.#forget(Math.max(this.#read, participants[this.me]?.read ?? 0));
    this.begins(first);
    this.show();
  }

  /** The lowest seq that there still is. */
  begins(first) {
    if (!(first > this.#first)) return;
    this.#first = first;
    this.entries.forgetBelow(first);
    this.#forget(first - 1);
    this.show();
  }

  /** An event of the room; live: somebody looks at it now. What it is to whoever sits here: "mention", "message" or "". */
  event(event, live) {
    const isNews = event.seq > this.#head;
    this.#head = Math.max(this.#head, event.seq);
    this.log.setAttribute("aria-live", isNews && live ? "polite" : "off");
    this.entries.add(event);
    const isSaid = SAID.includes(event.kind) && event.from !== this.me;
    if (event.from !== this.me) this.#stopWriting(event.from);
    else if (event.seq > this.#read && SAID.includes(event.kind)) this.seen();
    const isNamed = isSaid && this.#names(event.body);
    if (isSaid && event.seq > this.#read && !live) {
      this.unseen.add(event.seq);
      if (isNamed) this.named.add(event.seq);
    }
    this.show();
    this.changed();
    if (!isSaid || !isNews || event.seq <= this.#read) return "";
    return isNamed || event.kind === "notice" ? "mention" : "message";
  }

  #names(body) {
    const alias = this.#people.get(this.me)?.alias;
    return Boolean(alias) && pieces(body, this.#aliases()).some((piece) => piece.alias === alias);
  }

  #aliases() {
    return [...this.#people.values()].map(({ alias }) => alias).filter(Boolean);
  }

  /** The nodes of a body, with whoever is named in it set apart. */
  marked(element, body) {
    const mine = this.#people.get(this.me)?.alias;
    const found = pieces(body, this.#aliases());
    element.classList.toggle("named", found.some(({ alias }) => alias && alias === mine));
    return found.map(({ words, alias }) => {
      if (!alias) return words;
      const name = document.createElement("b");
      name.className = "mention";
      name.textContent = words;
      return name;
    });
  }

  reset({ head }) {
    this.entries.reset();
    this.#head = head;
    this.unseen.clear();
    this.named.clear();
    this.changed();
  }

  /** We have read so far in another tab. */
  read({ from, seq }) {
    if (from === this.me) this.#forget(seq);
  }

  /** What is new since the last time stands below a line, until one writes or turns away. */
  look() {
    if (this.unseen.size) this.entries.divide(text("teamNews"), this.#read);
    this.seen();
  }

  /** Everything here was seen. */
  seen() {
    if (!this.lost && this.#head > this.#read) this.connection.read(this.room, this.#head);
    this.#forget(this.#head);
  }

  /** Nobody looks at it any more. */
  turnAway() {
    this.entries.divide("");
  }

  send() {
    this.turnAway();
    super.send();
  }

  #forget(seq) {
    this.#read = Math.max(this.#read, seq);
    for (const seen of [this.unseen, this.named]) for (const one of seen) if (one <= this.#read) seen.delete(one);
    this.changed();
  }

  present({ from, state }) {
    const person = this.#people.get(from);
    if (!person) return;
    person.state = state;
    this.show();
  }

  typing({ from }) {
    clearTimeout(this.#writing.get(from));
    this.#writing.set(from, setTimeout(() => this.#stopWriting(from), WRITING));
    this.show();
  }

  #stopWriting(from) {
    clearTimeout(this.#writing.get(from));
    if (this.#writing.delete(from)) this.show();
  }

  /** It is no longer theirs: what was said goes from the screen, what was typed stays. */
  lose() {
    this.lost = true;
    this.#forget(this.#head);
    this.entries.reset();
    this.#people.clear();
    this.show();
  }

  // ---- what is shown ----

  show() {
    const here = [...this.#people].filter(([code, { alias, state }]) => code !== this.me && alias && state === "here").map(([, person]) => person);
    const names = here.map(({ alias, role }) => (role === "coordinator" ? text("teamGuides", { alias }) : alias)).sort();
    const isKnown = this.#people.size > 0 && this.connection.state === "connected";
    this.#say("here", isKnown ? (names.length ? text("teamHere", { aliases: names.join(", ") }) : text("teamNobody")) : "");
    const writes = [...this.#writing.keys()].map((code) => this.nameOf(code));
    this.#say("typing", writes.length ? text("teamWriting", { alias: writes.join(", ") }) : "");
    this.box.readOnly = this.lost;
    for (const button of this.panel.querySelectorAll(".write .button")) button.disabled = this.lost;
    this.showEarlier(this.#first);
    this.hintAt(this.lost ? text("teamLost") : "");
  }

  #say(name, words) {
    const element = part(this.panel, name);
    if (element.textContent !== words) element.textContent = words;
  }

  /** Draw its button in the list. */
  draw(item, isCurrent) {
    item.setAttribute("aria-pressed", String(isCurrent));
    const number = part(item, "count");
    number.hidden = !this.unseen.size;
    number.textContent = this.named.size ? `@ ${this.unseen.size}` : this.unseen.size || "";
    number.classList.toggle("urgent", this.named.size > 0);
    number.setAttribute("aria-label", [text("unread", { count: this.unseen.size }), this.named.size ? text("teamNamed") : ""].filter(Boolean).join(", "));
  }

  /** It is off the desk. */
  drop() {
    for (const timer of this.#writing.values()) clearTimeout(timer);
    this.connection.leave(this.room);
    this.panel.remove();
  }
}
