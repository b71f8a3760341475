// Hearing rooms by plain HTTP, for networks through which no socket comes: long polls, one a room.
const HOLD = 25;
// A browser opens six connections to a house; with more rooms than this nobody waits at the door.
const MOST_HELD = 2;
const GIVE_UP = (HOLD + 15) * 1000;
const PAUSE = 3_000;
const LONGEST_PAUSE = 30_000;

/**
 * ask(method, path, data, options): see http.js. hooks: after(room) -> the last seq seen; answer(room, what came);
 * worked() and failed() after each try; refused(room, refusal) when the house lets nobody in any more.
 */
export class Polling {
  #ask;
  #hooks;
  #rooms = new Map();

  constructor(ask, hooks) {
    this.#ask = ask;
    this.#hooks = hooks;
  }

  /** Hear a room. */
  follow(room) {
    if (this.#rooms.has(room)) return;
    const stop = new AbortController();
    this.#rooms.set(room, stop);
    this.#run(room, stop.signal);
  }

  /** Hear it no more; without a name none of them. */
  leave(room) {
    for (const [one, stop] of [...this.#rooms]) {
      if (room !== undefined && room !== one) continue;
      this.#rooms.delete(one);
      stop.abort();
    }
  }

  async #run(room, signal) {
    // the first asks only whether anybody answers
    for (let hold = 0, failures = 0; !signal.aborted;) {
      const began = Date.now();
      try {
        const path = `rooms/${room}/events/?after=${this.#hooks.after(room)}&wait=${hold}`;
        const found = await this.#ask("GET", path, undefined, { signal: limited(signal) });
        if (signal.aborted) return;
        failures = 0;
        this.#hooks.worked();
        this.#hooks.answer(room, found);
        const answeredAtOnce = hold > 0 && !found.events.length && Date.now() - began < 1000;
        hold = this.#rooms.size <= MOST_HELD ? HOLD : 0;
        if (answeredAtOnce || !hold) await pause(PAUSE, signal);
      } catch (refusal) {
        if (signal.aborted) return;
        if ([401, 403, 404].includes(refusal.status)) {
          this.#hooks.refused(room, refusal);
          return;
        }
        if (refusal.status !== 429) this.#hooks.failed();
        failures += 1;
        hold = 0;
        await pause((refusal.after ?? 0) * 1000 || Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * (0.5 + Math.random() / 2), signal);
      }
    }
  }
}

// Aborted with `signal`, or when nothing came for too long.
function limited(signal) {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), GIVE_UP);
  signal.addEventListener("abort", () => { clearTimeout(timer); own.abort(); }, { once: true });
  return own.signal;
}

function pause(milliseconds, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
  });
}
