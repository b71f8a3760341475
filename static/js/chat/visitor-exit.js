// Leaving at once: first nothing is to be seen, then the house is told, then the page is another one, and the way back does
// not lead here. In a frame the loader on the host page does the going.
import { keep } from "./visitor-keep.js";

const SHIFTS = 3;
const WITHIN = 2000;
const LOADER = 400;
const framed = "framed" in document.body.dataset && window.parent !== window;
const address = document.body.dataset.exit;

let tell = () => {};
let left = false;

/** What tells the house, set while there is a conversation: a call that outlives the page. */
export function whenLeaving(call) {
  tell = call;
}

/** Away from here, now. */
export function leave() {
  if (left) return;
  left = true;
  document.body.replaceChildren();
  document.title = "";
  tell();
  keep.token = null;
  if (!framed) {
    location.replace(address);
    return;
  }
  toLoader("leave");
  // framed by something that is not our loader: at least this frame is empty
  setTimeout(() => location.replace("about:blank"), LOADER);
}

/** Say something to the page that frames us. It holds nothing that the host page may not know. */
export function toLoader(what, more = {}) {
  if (framed) window.parent.postMessage({ hotline: what, address, ...more }, "*");
}

/** hear(what, call): call(message) whenever the loader says this. */
export function hear(what, call) {
  window.addEventListener("message", (event) => {
    if (framed && event.source === window.parent && event.data?.hotline === what) call(event.data);
  });
}

let shifts = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") shifts = [];
  else if (!event.repeat) shifts = [...shifts, event.timeStamp].slice(-SHIFTS);
  if (shifts.length === SHIFTS && shifts[2] - shifts[0] < WITHIN) leave();
}, true);
document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
hear("leave", leave);
