// Guidance beside a conversation: a volunteer and whoever guides them, in a room that no visitor is ever in.
import { text } from "../texts.js";
import { Talk } from "./desk-talk.js";

const mould = document.getElementById("beside-mould").content.firstElementChild;

export class Beside extends Talk {
  #met = null;

  /** room, me: codes. home: the element that its panel goes into. changed(): something of it is new. */
  constructor({ room, me }, connection, home, changed) {
    const item = mould.cloneNode(true);
    Object.assign(item.dataset, { conversation: room, room, me, visitor: "", alias: text("beside"), line: "", colour: "c8", mine: 0, theirs: 0, read: "" });
    super(item, connection, { talks: home, abouts: document.createElement("div") }, changed);
    this.panel.classList.add("beside");
    // whoever needs it finds it first
    home.prepend(this.panel);
    this.box.placeholder = text("besideWrite");
  }

  opened(detail) {
    this.#met ??= detail.head;
    super.opened(detail);
  }

  /** Whether it is a new message of somebody else, bool. */
  event(event) {
    super.event(event);
    const theirs = event.kind === "message" && event.from !== this.me && event.seq > this.#met;
    if (theirs) this.unseen.add(event.seq);
    return theirs;
  }

  get state() {
    return this.over ? text("ended") : "";
  }
}
