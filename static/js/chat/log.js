// What a page has seen of one room: each event once, in order, without a gap, whichever way and however often it comes.
const PAGE = 50;
// Events held back behind a gap; what is beyond comes again with the answer to `open`.
const MOST_HELD = 500;

export class Log {
  #held = new Map();
  #shown = "";

  /** after: the last seq that was seen; null stands for "the latest page", whose begin the house will say. */
  constructor(after) {
    this.seq = after;
    this.read = 0;
    this.asking = 0;
    // whether the latest hello named the room
    this.greeted = false;
    this.head = 0;
    // a room of many
    this.crowd = false;
  }

  /** The room was opened, or begins anew: nothing below `first` will ever come. */
  opened(first, head) {
    this.seq ??= Math.max(0, head - PAGE);
    this.seq = Math.max(this.seq, first - 1);
  }

  /** Forget all and take what follows from `first` on. */
  reset(first) {
    this.#held.clear();
    this.seq = first - 1;
  }

  /** The events (list) that can be shown now that this one is here. */
  take(event) {
    const ready = [];
    if (this.seq === null || event.seq <= this.seq) return ready;
    if (this.#held.size < MOST_HELD) this.#held.set(event.seq, event);
    for (let next; (next = this.#held.get(this.seq + 1)); ready.push(next)) {
      this.#held.delete(next.seq);
      this.seq += 1;
    }
    return ready;
  }

  /** Whether what the house says of the room itself is other than before. */
  shows(room) {
    const before = this.#shown;
    this.#shown = JSON.stringify(room);
    return this.#shown !== before;
  }

  /** Whether something is missing, as far as is known; head: the latest seq that the house named. */
  misses(head = 0) {
    return this.seq !== null && (this.#held.size > 0 || head > this.seq);
  }
}
