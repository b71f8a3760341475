// One running conversation in the live view: facts, never a word of it.
import { span } from "../clock.js";
import { language, text } from "../texts.js";

const names = new Intl.DisplayNames(language, { type: "language" });
const words = (selector) => document.querySelector(`#lines [${selector}]`)?.textContent ?? "";
const BY = { visitor: "runVisitor", volunteer: "runVolunteer", coordinator: "runCoordinator" };

function fill(element, said) {
  if (element.textContent !== said) element.textContent = said;
  element.hidden = !said;
}

function since(time, at) {
  time.hidden = !at;
  if (!at || time.dateTime === at) return;
  time.dateTime = at;
  time.textContent = span((Date.now() - Date.parse(at)) / 1000);
}

export class Run {
  #parts = {};

  /** facts: as the `live` frame has them; line: short name of the line. */
  constructor(facts, line) {
    this.line = line;
    this.element = document.getElementById("run-mould").content.firstElementChild.cloneNode(true);
    this.button = this.element.querySelector("button");
    for (const name of ["who", "state", "about", "length", "last", "by", "said", "called", "risk", "flag", "watched"]) this.#parts[name] = this.element.querySelector(`[data-${name}]`);
    this.button.dataset.run = facts.conversation;
    this.draw(facts);
  }

  /** What it is about has changed. */
  draw(facts) {
    this.facts = facts;
    const part = this.#parts;
    const waits = facts.state === "waiting";
    fill(part.who, facts.volunteer || text("runNobody"));
    fill(part.state, text(waits ? "runWaiting" : "runActive"));
    part.state.className = `tag ${waits ? "waiting" : "good"}`;
    fill(part.about, [words(`data-line="${this.line}"`), names.of(facts.language)].filter(Boolean).join(" · "));
    since(part.length, this.began);
    fill(part.by, facts.last ? text(BY[facts.last.by] ?? "runVolunteer") : waits ? "" : text("runSilent"));
    since(part.said, facts.last?.at);
    part.last.classList.toggle("waiting-word", this.isUnanswered);
    fill(part.called, [facts.danger && text("runDanger"), facts.called && text("runCalled")].filter(Boolean).join(" · "));
    fill(part.risk, facts.risk ? words(`data-risk="${this.line} ${facts.risk}"`) || facts.risk : "");
    fill(part.flag, facts.flagged ? text("runFlagged") : "");
    fill(part.watched, facts.watched.length ? text("watched", { names: facts.watched.join(", ") }) : "");
    this.button.disabled = waits;
  }

  /** Since when it lasts: the conversation, or the wait. */
  get began() {
    return this.facts.taken ?? this.facts.since;
  }

  /** Whether the visitor had the last word in a conversation. */
  get isUnanswered() {
    return this.facts.state === "active" && this.facts.last?.by === "visitor";
  }

  get isGrave() {
    return Boolean(this.facts.risk || this.facts.flagged || this.facts.called || this.facts.danger);
  }

  /** Whether it passes {line, state, last, risk}, empty for all. */
  fits({ line, state, last, risk }) {
    return (!line || line === this.line) && (!state || state === this.facts.state) && (!last || last === this.facts.last?.by) && (!risk || this.isGrave);
  }
}

const older = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const byLength = (one, other) => older(one.began, other.began);

/** Ways to put them in order, by name; what is in danger stands before everything. */
export const ORDERS = {
  answer: (one, other) => other.isUnanswered - one.isUnanswered || (one.isUnanswered ? older(one.facts.last.at, other.facts.last.at) : byLength(one, other)),
  risk: (one, other) => other.isGrave - one.isGrave || byLength(one, other),
  length: (one, other) => (one.facts.state === "waiting") - (other.facts.state === "waiting") || byLength(one, other),
  waiting: (one, other) => (other.facts.state === "waiting") - (one.facts.state === "waiting") || byLength(one, other),
  newest: (one, other) => older(other.facts.since, one.facts.since),
};
