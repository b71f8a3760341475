// The internal chat at the desk: a dock in the right column, or on a phone a view of its own. It opens and closes without
// disturbing a conversation, and is there for whoever has none.
import { tell } from "./desk-notices.js";
import { TeamRoom } from "./team-room.js";

const KEY = "hotline.chat.team";

function kept() {
  try {
    return localStorage.getItem(KEY) === "open";
  } catch {
    return false;
  }
}

function keep(isOpen) {
  try {
    localStorage.setItem(KEY, isOpen ? "open" : "closed");
  } catch {
    // a browser that keeps nothing begins closed
  }
}

export class Team {
  #connection;
  #rooms = new Map();
  #current = null;
  #hooks;
  #dock = document.getElementById("team");
  #chat = document.getElementById("chat");

  /** hooks: drawn() when numbers changed, leave() goes back to the conversation, turn() to this view on a narrow screen,
      isNarrow() whether there is room for one view alone, shows() whether this one is it or there is room for all. */
  constructor(connection, hooks) {
    this.#connection = connection;
    this.#hooks = hooks;
    if (!this.#dock) return;
    this.toggle = document.getElementById("team-toggle");
    this.body = document.getElementById("team-body");
    this.toggle.addEventListener("click", (event) => this.#toggled(event));
    this.#dock.addEventListener("click", (event) => {
      const item = event.target.closest("[data-team-room]");
      if (item) this.#choose(this.#rooms.get(item.dataset.teamRoom), { focus: true });
    });
    document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "team-rooms") this.sync(); });
    this.#listen();
    this.#show(kept());
    this.sync();
  }

  #listen() {
    const of = (kind, act) => this.#connection.addEventListener(kind, ({ detail }) => {
      const room = this.#rooms.get(detail.room);
      if (room) act(room, detail);
    });
    for (const kind of ["opened", "read", "present", "typing", "reset"]) of(kind, (room, detail) => room[kind](detail));
    of("message", (room, detail) => room.entries.outgoing(detail));
    of("closed", (room) => room.lose());
    of("event", (room, detail) => {
      const live = this.#isLooked(room);
      const news = room.event(detail, live);
      if (live) room.seen();
      else if (news === "mention") tell("mention");
    });
    this.#connection.addEventListener("state", () => { for (const room of this.#rooms.values()) room.show(); });
  }

  /** The list as the server has it now: rooms that are new, and those that are no longer theirs. */
  sync() {
    const items = this.#items();
    const codes = new Set(items.map((item) => item.dataset.teamRoom));
    for (const item of items) {
      const former = this.#rooms.get(item.dataset.teamRoom);
      if (former && !former.lost) {
        former.begins(Number(item.dataset.first));
        continue;
      }
      // first out, then in: leaving afterwards would make the new one deaf
      former?.drop();
      const room = new TeamRoom(item, this.#connection, document.getElementById("team-talks"), () => this.#draw());
      room.box.value = former?.box.value ?? "";
      this.#rooms.set(room.room, room);
      if (this.#current === former) this.#current = null;
    }
    for (const room of [...this.#rooms.values()]) {
      if (codes.has(room.room)) continue;
      // whoever has typed something there is told and keeps it
      if (room.hasDraft) {
        room.lose();
        continue;
      }
      room.drop();
      this.#rooms.delete(room.room);
      if (this.#current === room) this.#current = null;
    }
    if (!this.#current) this.#choose(this.#rooms.get(items[0]?.dataset.teamRoom), {});
    this.#draw();
  }

  /** Whether something that was typed is not with the house yet. */
  get hasDraft() {
    return [...this.#rooms.values()].some((room) => room.hasDraft);
  }

  /** How many messages name whoever sits here and were not seen. */
  get named() {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.named.size, 0);
  }

  /** Somebody may look at it now: the page has the focus again, or another view is shown. */
  look() {
    if (this.#current && this.#isLooked(this.#current)) this.#current.look();
  }

  /** The view of its own on a phone: open whatever the dock was. */
  view() {
    this.#show(true);
    this.look();
  }

  #items() {
    return [...this.#dock.querySelectorAll("[data-team-room]")];
  }

  #isLooked(room) {
    return room === this.#current && !this.body.hidden && !document.hidden && document.hasFocus() && this.#hooks.shows();
  }

  #toggled(event) {
    if (this.#hooks.isNarrow() && !this.body.hidden && this.#hooks.shows()) {
      this.#hooks.leave();
      return;
    }
    const byKeyboard = event.detail === 0;
    const isInside = this.#dock.contains(document.activeElement);
    if (byKeyboard && !this.body.hidden && !isInside) {
      this.#focus();
      return;
    }
    const isOpen = this.body.hidden;
    this.#show(isOpen);
    keep(isOpen);
    if (isOpen) this.#focus();
    else if (byKeyboard && isInside) this.#hooks.leave();
  }

  #focus() {
    this.#hooks.turn();
    this.look();
    (this.#current?.box ?? this.toggle).focus();
  }

  #show(isOpen) {
    this.body.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#chat.dataset.team = "open";
    else delete this.#chat.dataset.team;
    if (!isOpen) this.#current?.turnAway();
    else this.#current?.entries.toEnd();
  }

  #choose(room, { focus = false }) {
    if (!room) return;
    if (this.#current && this.#current !== room) {
      this.#current.turnAway();
      this.#current.panel.hidden = true;
    }
    this.#current = room;
    room.panel.hidden = false;
    room.entries.toEnd();
    this.look();
    if (focus) room.box.focus();
    this.#draw();
  }

  #draw() {
    for (const item of this.#items()) this.#rooms.get(item.dataset.teamRoom)?.draw(item, this.#current?.room === item.dataset.teamRoom);
    const total = [...this.#rooms.values()].reduce((sum, room) => sum + room.unseen.size, 0);
    for (const badge of document.querySelectorAll("[data-team-total]")) {
      badge.hidden = !total;
      badge.textContent = this.named ? `@ ${total}` : total || "";
      badge.classList.toggle("urgent", this.named > 0);
    }
    this.#dock.hidden = !this.#rooms.size;
    this.#hooks.drawn();
  }
}
