// Who is in a group: by code, with a name, a role and whether they are here. Whose words are whose is told by the name and
// its first letter; the colour only helps.
import { text } from "../texts.js";

const COLOURS = 8;
const STAFF = ["volunteer", "coordinator"];

export class People {
  #known = {};
  #order = [];

  /** those: {code: {alias, role, state}}. */
  learn(those) {
    for (const [code, one] of Object.entries(those)) {
      if (!(code in this.#known)) this.#order.push(code);
      this.#known[code] = { ...this.#known[code], ...one };
    }
  }

  /** An event of the log says that somebody came or went. */
  happened({ kind, from, alias, role }) {
    if (kind === "joined") this.learn({ [from]: { alias, role, state: "here" } });
    else if (kind === "left" && this.#known[from]) this.#known[from].state = "left";
  }

  present({ from, state }) {
    if (this.#known[from]) this.#known[from].state = state;
  }

  name(code) {
    return this.#known[code]?.alias || text("somebody");
  }

  /** The word for what somebody of the staff is, "" for a visitor. */
  role(code) {
    const role = this.#known[code]?.role;
    return STAFF.includes(role) ? text(role) : "";
  }

  isVisitor(code) {
    return this.#known[code]?.role === "visitor";
  }

  /** A number for somebody, from 0, for their colour. */
  place(code) {
    return this.#order.indexOf(code) + COLOURS;
  }

  get here() {
    return Object.values(this.#known).filter((one) => one.state !== "left").length;
  }

  /** Puts name, role and first letter to an entry of the log. */
  dress(entry, code) {
    entry.dataset.author = code;
    entry.classList.add(`v${(this.place(code) % COLOURS) + 1}`);
    entry.querySelector(".visually-hidden")?.remove();
    const voice = document.createElement("span");
    voice.className = "voice";
    const name = document.createElement("bdi");
    name.append(this.name(code));
    voice.append(name);
    if (this.role(code)) {
      const role = document.createElement("span");
      role.className = "tag";
      role.append(this.role(code));
      voice.append(role);
    }
    const initial = document.createElement("span");
    initial.className = "initial";
    initial.setAttribute("aria-hidden", "true");
    initial.append([...this.name(code)][0].toUpperCase());
    entry.prepend(initial, voice);
  }
}
