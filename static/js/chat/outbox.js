// Messages on their way. Each keeps its id until the house has acknowledged it, so that it can be sent any number of times.
const SEND_AGAIN = 8_000;
// So long "sending" is the truth; then it is "not sent", and still tried.
const DOUBT = 20_000;
const TOO_FAST = 2_000;
const LOOK = 1_000;

/** Random, in the form of a UUID; also where the browser keeps randomUUID for https alone. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Outbox {
  #hooks;
  #waiting = new Map();
  #looking = 0;
  #flushing = false;

  /** hooks: changed(message); send(message) -> true, false, or a promise of {room, id, seq, at}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** A new message, on its way from now on. */
  post(room, body) {
    const message = { id: uuid(), room, body, state: "sending" };
    this.#waiting.set(message.id, { message, since: Date.now(), next: 0, final: false });
    this.#looking ||= setInterval(() => this.#look(), LOOK);
    this.#flush();
    return message;
  }

  /** Try one again that failed. */
  retry(id) {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    Object.assign(entry, { since: Date.now(), next: 0, final: false });
    this.#change(entry, "sending");
    this.#flush();
  }

  /** Give one up. */
  drop(id) {
    this.#waiting.delete(id);
  }

  /** There is a line again: everything that is not acknowledged goes out once more, in its order. */
  flush() {
    for (const entry of this.#waiting.values()) entry.next = 0;
    this.#flush();
  }

  /** The house has it. answer: {id, seq, at}; without a seq a moderator reads it before the others do. */
  acknowledged({ id, seq, at }) {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    this.#waiting.delete(id);
    Object.assign(entry.message, { seq, at });
    this.#change(entry, seq ? "sent" : "held");
  }

  /** The house did not take it; whether it was one of ours. */
  refused(id, code, detail) {
    const entry = this.#waiting.get(id);
    if (!entry) return false;
    if (code === "too_fast") {
      entry.next = Date.now() + TOO_FAST;
      return true;
    }
    entry.final = true;
    this.#change(entry, "failed", { code, detail });
    return true;
  }

  /** For good. */
  close() {
    clearInterval(this.#looking);
  }

  #change(entry, state, error) {
    const { message } = entry;
    if (message.state === state && !error) return;
    message.state = state;
    if (error) message.error = error;
    else delete message.error;
    this.#hooks.changed(message);
  }

  #look() {
    const now = Date.now();
    for (const entry of this.#waiting.values()) {
      if (entry.message.state === "sending" && now - entry.since > DOUBT) {
        this.#change(entry, "failed", { code: "unconfirmed", detail: "" });
      }
    }
    if (!this.#waiting.size) {
      clearInterval(this.#looking);
      this.#looking = 0;
    }
    this.#flush();
  }

  // In order, and by HTTP one after the other: what was written first stands first.
  async #flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (const entry of [...this.#waiting.values()]) {
        if (entry.final || entry.next > Date.now() || !this.#waiting.has(entry.message.id)) continue;
        const sent = this.#hooks.send(entry.message);
        if (!sent) break;
        entry.next = Date.now() + SEND_AGAIN;
        if (sent !== true && !(await this.#answered(entry, sent))) break;
      }
    } finally {
      this.#flushing = false;
    }
  }

  async #answered(entry, answer) {
    try {
      this.acknowledged(await answer);
      return true;
    } catch (refusal) {
      const tooFast = refusal.status === 429;
      if (refusal.status >= 400 && refusal.status < 500) this.refused(entry.message.id, tooFast ? "too_fast" : refusal.code, refusal.detail);
      return !tooFast && refusal.status >= 400 && refusal.status < 500;
    }
  }
}
