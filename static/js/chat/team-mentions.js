// Naming a colleague: after an @ a list of who is meant; and what a body looks like in which somebody is named. The box keeps
// the focus, aria-activedescendant names the row, arrows move, Enter and Tab take, Escape closes.
import { text } from "../texts.js";

const MOST = 8;
// An alias may have a blank in it.
const TOKEN = /(?:^|[\s(])@([^\s@]*(?: [^\s@]*)?)$/u;
const MOVES = { ArrowDown: 1, ArrowUp: -1 };
const WORD = /[\p{L}\p{N}_]/u;

const small = (words) => words.toLocaleLowerCase();

/** [{words, alias}]: a body in pieces, `alias` set where one of these aliases stands behind an @. */
export function pieces(body, aliases) {
  const longest = [...aliases].sort((one, other) => other.length - one.length);
  const found = [];
  let from = 0;
  for (let at = body.indexOf("@"); at >= 0; at = body.indexOf("@", at + 1)) {
    if (at && WORD.test(body[at - 1])) continue;
    const alias = longest.find((one) => small(body.slice(at + 1, at + 1 + one.length)) === small(one) && !WORD.test(body[at + 1 + one.length] ?? ""));
    if (!alias) continue;
    if (at > from) found.push({ words: body.slice(from, at), alias: "" });
    found.push({ words: body.slice(at, at + 1 + alias.length), alias });
    from = at + 1 + alias.length;
  }
  if (from < body.length) found.push({ words: body.slice(from), alias: "" });
  return found;
}

export class Mentions {
  #box;
  #people;
  #shown = [];
  #active = -1;
  #left = -1;

  /** panel: of the room, with its box. people(): [{alias, here}] who can be named, in the order in which they are offered. */
  constructor(panel, id, people) {
    this.#people = people;
    this.#box = panel.querySelector("textarea");
    this.popup = panel.querySelector("[data-people]");
    this.list = this.popup.querySelector("[role=listbox]");
    this.status = panel.querySelector("[data-people-status]");
    this.list.id = id;
    for (const [name, value] of [["autocomplete", "list"], ["haspopup", "listbox"], ["controls", id]]) this.#box.setAttribute(`aria-${name}`, value);
    this.#listen(panel.querySelector("[data-people-button]"));
  }

  #listen(button) {
    const box = this.#box;
    box.addEventListener("input", () => this.#look());
    box.addEventListener("click", () => this.#look());
    // before the box's own keys, which send
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    box.addEventListener("blur", () => this.#close());
    for (const pressed of [button, this.popup]) pressed.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.index));
    });
    button.addEventListener("click", () => {
      box.focus();
      if (this.#typed()) return;
      const before = box.value.slice(0, box.selectionEnd);
      box.setRangeText(/\S$/u.test(before) ? " @" : "@", box.selectionEnd, box.selectionEnd, "end");
      box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
  }

  #typed() {
    const { selectionStart: to, selectionEnd, value } = this.#box;
    const found = to === selectionEnd && !this.#box.readOnly ? TOKEN.exec(value.slice(0, to)) : null;
    return found && { from: to - found[1].length - 1, to, typed: small(found[1]) };
  }

  #look() {
    const token = this.#typed();
    if (!token) this.#left = -1;
    const fits = ({ alias }) => small(alias).startsWith(token.typed) || small(alias).includes(` ${token.typed}`);
    this.#shown = token && token.from !== this.#left ? this.#people().filter(fits).slice(0, MOST) : [];
    if (!this.#shown.length) {
      this.#close();
      return;
    }
    this.list.replaceChildren(...this.#shown.map(({ alias, here }, index) => this.#option(alias, here, index)));
    this.popup.hidden = false;
    this.status.textContent = text("peopleCount", { count: this.#shown.length });
    this.#mark(0);
  }

  #option(alias, here, index) {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `${this.list.id}-${index}`;
    option.dataset.index = index;
    const name = document.createElement("b");
    name.textContent = alias;
    const state = document.createElement("span");
    state.className = "small quiet";
    state.textContent = here ? text("here") : "";
    option.append(name, state);
    return option;
  }

  #key(event) {
    if (event.isComposing || !this.#shown.length) return;
    const { key } = event;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Enter" || key === "Tab") this.#take(this.#active);
    else if (key in MOVES) this.#mark((this.#active + MOVES[key] + this.#shown.length) % this.#shown.length);
    else if (key === "Escape") {
      this.#left = this.#typed()?.from ?? -1;
      this.#close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #take(index) {
    const token = this.#typed();
    const { alias } = this.#shown[index];
    this.#close();
    if (!token) return;
    this.#box.setRangeText(`@${alias} `, token.from, token.to, "end");
    this.#left = token.from;
    this.#box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.#box.focus();
  }

  #close() {
    this.#shown = [];
    this.#mark(-1);
    this.popup.hidden = true;
    this.status.textContent = "";
  }

  #mark(index) {
    this.#active = index;
    for (const [number, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(number === index));
    const option = index < 0 ? null : this.list.children[index];
    if (option) this.#box.setAttribute("aria-activedescendant", option.id);
    else this.#box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }
}
