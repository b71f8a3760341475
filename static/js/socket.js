// The doorbell: one socket to /ws/ (subprotocol hotline.v1) that brings only the names of topics; see rings.js.
import { ring, ringAll, show } from "./rings.js";

const PROTOCOL = "hotline.v1";
const HEARTBEAT = 15_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const PATIENCE = 10_000;

const holder = document.querySelector("[data-socket]");
const address = holder?.dataset.socket;

let socket = null;
let heartbeat = HEARTBEAT;
let attempts = 0;
let welcomed = false;
let finished = false;
let heard = 0;
let reconnecting = 0;
let beating = 0;
let givingUp = 0;

// ---- the socket ----

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function received(frame) {
  if (frame.type === "welcome") {
    welcomed = true;
    attempts = 0;
    if (frame.heartbeat > 0) heartbeat = frame.heartbeat * 1000;
    clearTimeout(givingUp);
    show("connected");
    // what rang while nobody listened: since the page was made, or since the connection broke
    ringAll();
    clearInterval(beating);
    beating = setInterval(beat, heartbeat);
  } else if (frame.type === "ring") {
    ring(frame.topic);
  }
}

function beat() {
  // a socket can look alive and hear nothing
  if (Date.now() - heard > heartbeat + PATIENCE) drop();
  else send({ type: "ping" });
}

// Asks at once whether anybody is there; no answer, no connection.
function probe() {
  if (socket?.readyState !== WebSocket.OPEN) {
    connect();
    return;
  }
  const asked = Date.now();
  send({ type: "ping" });
  const asking = socket;
  setTimeout(() => { if (socket === asking && heard < asked) drop(); }, 5000);
}

function drop() {
  const old = socket;
  socket = null;
  if (old) {
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }
  closed(0);
}

function closed(code) {
  clearInterval(beating);
  clearTimeout(givingUp);
  socket = null;
  if (code === 4401 || code === 4403) {
    finished = true;
    show("signed-out");
    // the rights of this page have changed under it; the server decides what may still be seen, and what may be sent:
    // on a page with data-stays somebody may be typing
    if (code === 4403 && welcomed && !("stays" in holder.dataset)) location.reload();
    return;
  }
  show(navigator.onLine ? "connecting" : "offline");
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts) * (0.5 + Math.random());
  attempts = Math.min(attempts + 1, 10);
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, code === 4429 ? LONGEST_PAUSE : pause);
}

function connect() {
  clearTimeout(reconnecting);
  if (finished || socket) return;
  if (!navigator.onLine) {
    show("offline");
    return;
  }
  if (attempts > 0) show("connecting");
  const target = new URL(address, location.href);
  target.protocol = target.protocol.replace("http", "ws");
  const made = new WebSocket(target, PROTOCOL);
  socket = made;
  givingUp = setTimeout(drop, PATIENCE);
  made.onopen = () => send({ type: "hello", rooms: {} });
  made.onmessage = (event) => {
    heard = Date.now();
    let frame;
    try {
      frame = JSON.parse(event.data);
    } catch {
      return;
    }
    received(frame);
  };
  made.onclose = (event) => { if (socket === made) closed(event.code); };
}

function atOnce() {
  attempts = 0;
  probe();
}

if (address) {
  window.addEventListener("online", atOnce);
  window.addEventListener("offline", () => { drop(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) atOnce(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { ringAll(); atOnce(); } });
  window.addEventListener("pagehide", () => { clearTimeout(reconnecting); });
  connect();
  // a first connection that takes its time is said, a quick one is not worth a word
  setTimeout(() => { if (!welcomed && !finished) show(navigator.onLine ? "connecting" : "offline"); }, 1500);
}
