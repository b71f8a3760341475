// All that is live in the chat, for visitors and volunteers: rooms without gaps, messages that are sent until they are
// acknowledged, a state that is true. docs/protocol.md says what goes over the line.
import { caller } from "./http.js";
import { Log } from "./log.js";
import { Outbox, uuid } from "./outbox.js";
import { Polling } from "./polling.js";
import { Wire } from "./wire.js";

// Sockets in a row that never answered, after which HTTP is tried; from then on a socket is tried so often.
const FEW = 3;
const AGAIN = 60_000;
const ASK_AGAIN = 5_000;
const TYPING = 3_000;
const TAKE_PATIENCE = 20_000;
const PEOPLE = ["joined", "left", "transferred"];
const RESTART = 1012;
const OUT = [4401, 4403];

/**
 * Events (in `detail`): "state" {state: connected | connecting | offline | polling | signed-out | restarting}; "opened",
 * "read", "typing", "present", "queue", "closed", "taken", "ring" as the frames of these names; "event" once for each, in
 * order; "reset" {room, first, head}; "message" when one of ours changed; "refused" for an error.
 */
export class Connection extends EventTarget {
  #ask;
  #token;
  #as;
  #wire;
  #polling;
  #works = false;
  #outbox;
  #rooms = new Map();
  #takes = new Map();
  #typed = 0;

  /** token: a visitor's; without one the session of a member of staff counts, with `csrf` for posting. as: the frame with
      which they say what for they are here: "attend" (at the chat desk) or "watch" (at the live view). */
  constructor({ socket = "/ws/", api = "/chat/api/", token = null, csrf = null, as = null } = {}) {
    super();
    this.state = "connecting";
    this.#ask = caller({ api, token, csrf });
    this.#token = token;
    this.#as = as;
    this.#outbox = new Outbox({
      changed: (message) => this.#tell("message", message),
      send: (message) => this.#send(message),
      ask: this.#ask,
    });
    this.#polling = new Polling(this.#ask, {
      after: (room) => this.#rooms.get(room)?.seq ?? 0,
      answer: (room, found) => this.#answered(room, found),
      worked: () => this.#polled(),
      failed: () => { this.#works = false; this.#lost("connecting"); },
      refused: (room, refusal) => (refusal.status === 401 ? this.#end() : this.#gone({ room, reason: refusal.code })),
    });
    this.#wire = new Wire(socket, {
      hello: () => this.#hello(),
      frame: (frame) => this.#frame(frame),
      down: (code, failures) => this.#down(code, failures),
    });
  }

  /** Hear a room past the seq `after`; null: its latest page and what follows. */
  join(room, after = 0) {
    if (this.#rooms.has(room)) return;
    this.#rooms.set(room, new Log(after));
    this.#open(room);
    if (this.#polls) this.#polling.follow(room);
  }

  /** Hear it no more. */
  leave(room) {
    if (!this.#rooms.delete(room)) return;
    this.#polling.leave(room);
    this.#wire.send({ type: "close", room });
  }

  /** Up to 200 events before a seq, for paging back: a promise of the list. They are told to nobody else. */
  history(room, before) {
    return this.#ask("GET", `rooms/${room}/events/?before=${before}`).then(({ events }) => events);
  }

  /** Say something. Returns the message {id, room, body, state: sending | sent | failed, error?}, which changes by itself. */
  post(room, body) {
    return this.#outbox.post(room, body);
  }

  /** Try a message again, now. */
  retry(id) {
    this.#outbox.retry(id);
    if (!this.#wire.up) this.#wire.atOnce();
  }

  /** Try it no more. */
  drop(id) {
    this.#outbox.drop(id);
  }

  /** Everything up to `seq` was seen. */
  read(room, seq) {
    const log = this.#rooms.get(room);
    if (!(seq > log?.read)) return;
    log.read = seq;
    this.#wire.send({ type: "read", room, seq });
  }

  /** Somebody is typing here; call it at every key. */
  typing(room) {
    if (Date.now() - this.#typed < TYPING) return;
    if (this.#wire.send({ type: "typing", room })) this.#typed = Date.now();
  }

  /** End the conversation of a room: a promise, true when it has ended; false was told as "refused". */
  async end(room) {
    try {
      await this.#ask("POST", `rooms/${room}/end/`, {});
      return true;
    } catch (refusal) {
      if (refusal.code === "ended") return true;
      this.#tell("refused", { code: refusal.code || "unconfirmed", detail: refusal.detail, room });
      return false;
    }
  }

  /** Take a visitor, {line} or {conversation}: a promise of {conversation, room}, or a rejection {code, detail}. */
  take(wanted) {
    const frame = { type: "take", id: uuid(), ...wanted };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(frame.id)?.reject({ code: "unconfirmed", detail: "" }), TAKE_PATIENCE);
      this.#takes.set(frame.id, { frame, resolve, reject, timer });
      this.#wire.send(frame);
    });
  }

  /** For good. */
  close() {
    this.#wire.close();
    this.#polling.leave();
    this.#outbox.close();
    for (const id of [...this.#takes.keys()]) this.#settle(id);
  }

  // ---- the state ----

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  #show(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell("state", { state });
  }

  #lost(state) {
    if (!this.#wire.up) this.#show(navigator.onLine ? state : "offline");
  }

  #end() {
    this.close();
    this.#show("signed-out");
  }

  // ---- by socket ----

  #hello() {
    const rooms = {};
    for (const [room, log] of this.#rooms) {
      log.greeted = log.seq !== null;
      if (log.greeted) rooms[room] = log.seq;
    }
    return this.#token ? { token: this.#token, rooms } : { rooms };
  }

  #down(code, failures) {
    if (OUT.includes(code)) return this.#end();
    if (failures >= FEW) for (const room of this.#rooms.keys()) this.#polling.follow(room);
    if (this.#polls) return AGAIN;
    this.#lost(code === RESTART ? "restarting" : "connecting");
    return null;
  }

  #frame(frame) {
    const { type, ...detail } = frame;
    if (type === "welcome") this.#welcomed();
    else if (type === "opened") this.#opened(detail);
    else if (type === "event") this.#event(detail);
    else if (type === "ack" || type === "held") this.#outbox.acknowledged(detail);
    else if (type === "heads") for (const [room, log] of this.#rooms) this.#mend(room, log, detail.rooms[room]);
    else if (type === "reset") this.#reset(detail);
    else if (type === "closed") this.#gone(detail);
    else if (type === "taken") this.#taken(detail);
    else if (type === "error") this.#refused(detail);
    else if (type !== "pong") this.#tell(type, detail);
  }

  #welcomed() {
    this.#polling.leave();
    this.#works = false;
    if (this.#as) this.#wire.send({ type: this.#as });
    for (const [room, log] of this.#rooms) {
      if (!log.greeted) this.#open(room);
      if (log.read) this.#wire.send({ type: "read", room, seq: log.read });
    }
    for (const { frame } of this.#takes.values()) this.#wire.send(frame);
    this.#show("connected");
    this.#outbox.flush();
  }

  #open(room) {
    this.#wire.send({ type: "open", room, after: this.#rooms.get(room).seq ?? undefined });
  }

  #opened(detail) {
    const log = this.#rooms.get(detail.room);
    if (!log) return;
    log.opened(detail.first, detail.head);
    Object.assign(log, { head: detail.head, crowd: detail.kind === "group" });
    this.#tell("opened", detail);
  }

  #event(event) {
    const log = this.#rooms.get(event.room);
    if (!log) return;
    for (const next of log.take(event)) {
      if (next.id) this.#outbox.acknowledged(next); // in the log is as good as answered
      this.#tell("event", next);
      // who is in a room now, its opening tells; where there are many, the event itself
      if (!log.crowd && PEOPLE.includes(next.kind) && next.seq > log.head) this.#open(event.room);
    }
    this.#mend(event.room, log);
  }

  // Asks for what is missing: at once, and again when the answer does not bring it.
  #mend(room, log, head) {
    if (log.asking || this.#rooms.get(room) !== log || !log.misses(head)) return;
    log.asking = setTimeout(() => { log.asking = 0; this.#mend(room, log); }, ASK_AGAIN);
    this.#open(room);
  }

  #reset(detail) {
    const log = this.#rooms.get(detail.room);
    if (!log) return;
    log.reset(detail.first);
    this.#tell("reset", detail);
  }

  #gone(detail) {
    this.#rooms.delete(detail.room);
    this.#polling.leave(detail.room);
    this.#tell("closed", detail);
  }

  #taken(detail) {
    this.#tell("taken", detail);
    this.#settle(detail.id)?.resolve({ conversation: detail.conversation, room: detail.room });
  }

  #refused(detail) {
    if (this.#takes.has(detail.id)) this.#settle(detail.id).reject({ code: detail.code, detail: detail.detail });
    else if (this.#outbox.refused(detail.id, detail.code, detail.detail)) return;
    else if (detail.code === "unknown_room" && detail.room) this.#gone({ ...detail, reason: detail.code });
    else this.#tell("refused", detail);
  }

  #settle(id) {
    const take = this.#takes.get(id);
    if (this.#takes.delete(id)) clearTimeout(take.timer);
    return take;
  }

  // ---- by HTTP ----

  get #polls() {
    return this.#works && !this.#wire.up;
  }

  #polled() {
    if (this.#wire.up) return;
    const news = !this.#works;
    this.#works = true;
    this.#show("polling");
    if (news) this.#outbox.flush();
  }

  #answered(room, found) {
    const log = this.#rooms.get(room);
    if (!log) return;
    const { head: _head, ...shown } = found.room;
    if (log.shows(shown)) this.#opened({ room, ...found.room });
    if (found.room.head < log.seq) this.#reset({ room, first: found.room.first, head: found.room.head });
    for (const event of found.events) this.#event({ ...event, room });
  }

  // Hands a message to the line: true, false, or a promise of its acknowledgement where it goes by HTTP.
  #send({ id, room, body }) {
    if (this.#wire.up) return this.#wire.send({ type: "post", room, id, body });
    return this.#polls ? this.#ask("POST", `rooms/${room}/events/`, { id, body }) : false;
  }
}
