// Calls for help ring as long as they are to be seen, for all who could answer.
import { tell } from "./desk-notices.js";

const AGAIN = 10_000;

setInterval(() => { if (document.querySelector("[data-call]")) tell("visitor"); }, AGAIN);
