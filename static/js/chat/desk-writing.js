// A panel in which one reads and writes in a room: its log, its box, what is wrong with what was typed. Who else is there and
// what the room is, its heirs know.
import { text } from "../texts.js";
import { Entries } from "./desk-entries.js";

const LIMIT = 4000;
const NEARLY = 3500;

const count = (words) => [...words].length;

/** The part of an element that carries data-<name>. */
export const part = (element, name) => element.querySelector(`[data-${name}]`);

/** The button for earlier messages was pressed: `more()` brings them, and what was read stays where it was. Whether they came. */
export async function pageBack(button, log, more) {
  button.setAttribute("aria-busy", "true");
  const height = log.scrollHeight;
  log.setAttribute("aria-live", "off");
  const came = await more().then(() => true, () => false);
  if (came) log.scrollTop += log.scrollHeight - height;
  button.removeAttribute("aria-busy");
  return came;
}

export class Writing {
  /** panel: the element with a log and a form. Heirs have `me`, `visitor`, `alias`, `readUpTo`, `nameOf(participant)`, `show()`,
      `isSilent` (nothing can be said here) and `showsTyping`. */
  constructor(room, connection, panel) {
    this.room = room;
    this.connection = connection;
    this.panel = panel;
    this.box = panel.querySelector("textarea");
    this.log = panel.querySelector(".log");
    this.entries = new Entries(this.log, this);
  }

  /** Name the box and the log for everybody, and hear what is done there. */
  begin(id, writeTo, logOf) {
    this.box.id = id;
    part(this.panel, "label").htmlFor = id;
    part(this.panel, "label").textContent = writeTo;
    this.box.placeholder = writeTo;
    this.log.setAttribute("aria-label", logOf);
    this.panel.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("input", () => {
      this.wrong("");
      this.#measure();
      if (this.showsTyping && this.box.value.trim()) this.connection.typing(this.room);
    });
    this.panel.querySelector(".earlier").addEventListener("click", () => this.#earlier());
  }

  send() {
    const body = this.box.value.trim();
    if (this.isSilent) return;
    if (!body) {
      this.wrong(text("empty"));
    } else if (count(body) > LIMIT) {
      this.wrong(text("tooLong", { limit: LIMIT }));
    } else {
      this.box.value = "";
      this.#measure();
      this.entries.outgoing(this.connection.post(this.room, body));
    }
    this.box.focus();
  }

  /** Send a message again. */
  retry(id) {
    this.connection.retry(id);
  }

  /** What was not sent goes back to where it was typed, before what stands there. */
  back(message) {
    this.connection.drop(message.id);
    this.entries.remove(message.id);
    this.box.value = [message.body, this.box.value].filter(Boolean).join("\n");
    this.#measure();
    this.box.focus();
  }

  get hasDraft() {
    return Boolean(this.box.value.trim()) || this.entries.hasUnsent;
  }

  /** Say what is wrong with what was typed; nothing takes it away. */
  wrong(words) {
    const error = part(this.panel, "error");
    error.textContent = words;
    error.hidden = !words;
    this.box.setAttribute("aria-invalid", String(Boolean(words)));
  }

  #measure() {
    const length = part(this.panel, "length");
    const typed = count(this.box.value);
    length.hidden = typed < NEARLY;
    if (!length.hidden) length.textContent = text("length", { count: typed, limit: LIMIT });
  }

  async #earlier() {
    const came = await pageBack(this.panel.querySelector(".earlier"), this.log, async () => {
      for (const event of await this.connection.history(this.room, this.entries.first)) this.entries.add(event);
    });
    if (came) this.show();
    else this.wrong(text("historyFailed"));
  }

  /** Whether there is more to read before what is shown, from the seq `first` on. */
  showEarlier(first) {
    this.panel.querySelector(".earlier").hidden = !this.entries.first || this.entries.first <= first;
  }

  /** Say above the box what has to be said: that the room is no longer open, or that there is no connection. */
  hintAt(words, isQuiet = false) {
    const hint = part(this.panel, "hint");
    const { state } = this.connection;
    const said = words || (isQuiet || state === "connected" ? "" : text(state === "polling" ? "polling" : "waitsForLine"));
    if (hint.textContent !== said) hint.textContent = said;
    hint.hidden = !said;
  }
}
