// One socket that comes back by itself. It trusts nothing but what it hears: a socket can look open and be dead.
const PROTOCOL = "hotline.v1";
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const PATIENCE = 10_000;
const PROBE = 5_000;
const TICK = 5_000;
// Timers that come so much too late: the machine has slept, or the page was frozen.
const SLEPT = 15_000;
const RESTART = 1012;
const FLOOD = 4429;

/**
 * hooks: hello() -> the first frame; frame(frame) for all that comes; down(code, failures) -> milliseconds until the next
 * try, or null to leave that to the wire. `failures` counts sockets in a row that never answered.
 */
export class Wire {
  #address;
  #hooks;
  #socket = null;
  #welcomed = false;
  #answered = false;
  #failures = 0;
  #heartbeat = 15_000;
  #heard = 0;
  #pinged = 0;
  #ticked = Date.now();
  #timers = { next: 0, patience: 0, tick: 0 };
  #listeners = new AbortController();

  constructor(address, hooks) {
    this.#address = new URL(address, location.href);
    this.#address.protocol = this.#address.protocol.replace("http", "ws");
    this.#hooks = hooks;
    const { signal } = this.#listeners;
    const atOnce = () => this.atOnce();
    window.addEventListener("online", atOnce, { signal });
    window.addEventListener("offline", () => this.#drop(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && atOnce(), { signal });
    document.addEventListener("resume", atOnce, { signal });
    document.addEventListener("visibilitychange", () => document.hidden || atOnce(), { signal });
    this.#timers.tick = setInterval(() => this.#tick(), TICK);
    // not from in here: a browser may refuse at once, and nobody could be told yet
    this.#timers.next = setTimeout(() => this.#connect());
  }

  /** Whether frames go through as far as anybody can tell. */
  get up() {
    return this.#welcomed && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a frame (object with its `type`); whether there was a socket for it. */
  send(frame) {
    if (!this.up) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Asks now whether anybody is there, or tries again now. */
  atOnce() {
    if (!this.#socket) this.#connect();
    else if (this.up) this.#probe();
  }

  /** For good. */
  close() {
    this.#listeners.abort();
    clearInterval(this.#timers.tick);
    this.#forget();
    clearTimeout(this.#timers.next);
    this.#connect = () => {};
  }

  #connect = () => {
    clearTimeout(this.#timers.next);
    if (this.#socket) return;
    this.#welcomed = this.#answered = false;
    let made;
    try {
      made = new WebSocket(this.#address, PROTOCOL);
    } catch {
      this.#down(0);
      return;
    }
    this.#socket = made;
    this.#timers.patience = setTimeout(() => this.#drop(), PATIENCE);
    made.onopen = () => made.send(JSON.stringify({ type: "hello", ...this.#hooks.hello() }));
    made.onmessage = (event) => this.#received(event.data);
    made.onclose = (event) => this.#down(event.code);
  };

  #received(data) {
    this.#heard = Date.now();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.type === "welcome") {
      this.#welcomed = true;
      if (frame.heartbeat > 0) this.#heartbeat = frame.heartbeat * 1000;
      // the welcome shows that we hear; only an answer shows that we are heard
      this.#ping();
    } else if (frame.type === "pong") {
      this.#answered = true;
      this.#failures = 0;
      clearTimeout(this.#timers.patience);
    }
    this.#hooks.frame(frame);
  }

  #ping() {
    this.#pinged = Date.now();
    this.send({ type: "ping" });
  }

  #tick() {
    const now = Date.now();
    const slept = now - this.#ticked > TICK + SLEPT;
    this.#ticked = now;
    if (slept) this.atOnce();
    else if (this.up && now - this.#heard > this.#heartbeat + PATIENCE) this.#drop();
    else if (this.up && now - this.#pinged >= this.#heartbeat) this.#ping();
  }

  #probe() {
    const asked = Date.now();
    const asking = this.#socket;
    this.#ping();
    setTimeout(() => { if (this.#socket === asking && this.#heard < asked) this.#drop(); }, PROBE);
  }

  #forget() {
    clearTimeout(this.#timers.patience);
    const old = this.#socket;
    this.#socket = null;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }

  #drop() {
    if (!this.#socket) return;
    this.#forget();
    this.#down(0);
  }

  #down(code) {
    this.#forget();
    if (!this.#answered) this.#failures += 1;
    const usual = code === FLOOD ? LONGEST_PAUSE : FIRST_PAUSE * 2 ** (code === RESTART ? 0 : Math.min(this.#failures, 10));
    const pause = this.#hooks.down(code, this.#failures) ?? Math.min(LONGEST_PAUSE, usual) * (0.5 + Math.random() / 2);
    clearTimeout(this.#timers.next);
    this.#timers.next = setTimeout(() => this.#connect(), pause);
  }
}
