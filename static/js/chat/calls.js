// Calls for help ring at once and again as long as they are to be seen, for all who could answer.
import { text } from "../texts.js";
import { tell } from "./desk-notices.js";

const AGAIN = 10_000;
let known = new Set();

const calls = () => [...document.querySelectorAll("[data-call]")].map((one) => one.dataset.call);
// Who is in danger is heard whatever was switched off.
const sound = () => tell("call", text("newCall"), { always: Boolean(document.querySelector("[data-call].in-danger")) });

function look() {
  const now = calls();
  if (now.some((code) => !known.has(code))) sound();
  known = new Set(now);
}

document.addEventListener("htmx:afterSettle", look);
setInterval(() => { if (calls().length) sound(); }, AGAIN);
look();
