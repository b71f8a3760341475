// What stands around the phones: a link that wants to be opened, the form for a new phone, the troubles.
import { plainCode, tell } from "./simulator-control.js";

const faults = document.getElementById("faults");
const link = document.getElementById("link");
const newCode = document.getElementById("new-code");
let code = new URLSearchParams(location.search).get("code") ?? "";
let rules = [];

function isFor(input, rule) {
  return rule.kind === input.dataset.kind && rule.chat === null && rule.count === null;
}

/** Shows which troubles are on, as the simulator has them. */
export function showFaults(now) {
  rules = now;
  for (const input of faults.querySelectorAll("input")) input.checked = rules.some((rule) => isFor(input, rule));
  faults.querySelector('[data-part="count"]').hidden = rules.length === 0;
}

/** Asks whose phone opens the link that brought somebody here; nothing when none did. */
export function showLink(people) {
  link.hidden = !code || people.length === 0;
  if (link.hidden) return;
  const choices = people.map((person) => Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: person.name, value: person.id }));
  const holder = link.querySelector('[data-part="choices"]');
  if (holder.childElementCount !== choices.length) holder.replaceChildren(...choices);
}

function forgetLink() {
  code = "";
  newCode.value = "";
  history.replaceState(null, "", location.pathname);
  link.hidden = true;
}

async function addPerson(event) {
  event.preventDefault();
  const form = event.target;
  const { name, language, code: box } = form.elements;
  const person = await tell("people", { name: name.value, language: language.value });
  if (!person) return;
  if (box.value.trim()) await tell("start", { person: person.id, code: plainCode(box.value) });
  form.closest("dialog").close();
  form.reset();
  forgetLink();
}

async function switchFault({ target: input }) {
  const { kind, method = "", seconds = 60, code: status = 502, retryAfter = 1 } = input.dataset;
  if (input.checked) {
    await tell("faults", { kind, method, seconds: Number(seconds), code: Number(status), retry_after: Number(retryAfter) });
    return;
  }
  for (const rule of rules.filter((one) => isFor(input, one))) await tell("faults/clear", { id: rule.id });
}

/** Starts it all; `goTo(id)` brings somebody's phone into view. */
export function begin(goTo) {
  newCode.value = code;
  document.querySelector('[data-part="new-phone"]').addEventListener("submit", addPerson);
  faults.addEventListener("change", switchFault);
  link.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button || !await tell("start", { person: Number(button.value), code: plainCode(code) })) return;
    forgetLink();
    goTo(Number(button.value));
  });
}
