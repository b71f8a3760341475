// The operator's desk: the intake form, whose parts come as it fills. Its draft is in desk-draft.js, the cards in desk-cards.js.
import "./desk-cards.js";
import "./desk-draft.js";

const BOXES = "input:not([type=hidden]), select, textarea";

const form = () => document.getElementById("intake");

function wake(selector, name, within = document) {
  for (const element of within.querySelectorAll(selector)) element.dispatchEvent(new CustomEvent(name));
}

// ---- what is asked anew when something was chosen ----

document.addEventListener("chosen", (event) => {
  const need = event.target.closest("[data-need]");
  if (!need) return;
  const kind = event.target.querySelector("input[type=hidden]").name.endsWith("-category");
  // A kind that is being looked for again leaves its questions alone; the coverage line comes after the new kind's urgency.
  if (kind && event.detail) wake("[data-kind]", "kind", need);
  else wake(".cover", "cover", need);
  wake("[data-known]", "known", need);
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!form()?.contains(box)) return;
  // Whether it is open already is asked as soon as it can be known, and not only when it is sent.
  if (["phone", "link", "practice", "team"].includes(box.name)) wake("[data-known]", "known");
  // Whoever reads posts has spoken to nobody yet, and says so when it is otherwise.
  if (box.name === "source" && box.value) form().elements.spoken_to.checked = false;
  if (!(box instanceof HTMLInputElement)) return;
  if (box.name === "languages") wake(".cover", "cover");
  else if (/-(urgency|protected|people)$/.test(box.name)) wake(".cover", "cover", box.closest("[data-need]"));
});

// ---- what was typed while a part of the form was on its way ----

const PARTS = "[data-kind], [data-known]";

const sent = new Map();
let meanwhile = [];

const isTick = (box) => box.type === "radio" || box.type === "checkbox";
const said = (box) => (isTick(box) ? box.checked : box.value);
const key = (box) => (isTick(box) ? `${box.name}=${box.value}` : box.name);
const boxes = (part) => [...part.querySelectorAll(BOXES)];

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (part.matches(PARTS)) sent.set(part.id, new Map(boxes(part).map((box) => [key(box), said(box)])));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  meanwhile = [];
  if (!part?.matches?.(PARTS)) return;
  const before = sent.get(part.id) ?? new Map();
  meanwhile = boxes(part).filter((box) => said(box) !== before.get(key(box))).map((box) => [key(box), said(box)]);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.elt;
  if (!part.matches(PARTS)) return;
  const newer = new Map(meanwhile);
  for (const box of boxes(part)) {
    if (!newer.has(key(box))) continue;
    if (isTick(box)) box.checked = newer.get(key(box));
    else box.value = newer.get(key(box));
  }
});

// ---- new parts ----

function chosenIn(need, ending) {
  const hidden = need.querySelector(`combo-box input[type=hidden][name$="-${ending}"]`);
  return { hidden, text: hidden.parentElement.querySelector("input[role=combobox]") };
}

// Several needs of one caller are mostly in one place.
function copyPlace(from, to) {
  const [known, empty] = [chosenIn(from, "place"), chosenIn(to, "place")];
  if (!known.hidden.value) return;
  empty.hidden.value = known.hidden.value;
  empty.text.value = known.text.value;
}

function needAdded() {
  const needs = [...document.querySelectorAll("[data-need]")];
  copyPlace(needs.at(-2), needs.at(-1));
  needs.at(-1).querySelector("input[role=combobox]").focus();
  const numbers = needs.map((one) => Number(one.dataset.need));
  const more = document.querySelector("[data-another]");
  more.setAttribute("hx-get", more.getAttribute("hx-get").replace(/number=\d+/, `number=${Math.max(...numbers) + 1}`));
  more.disabled = needs.length >= Number(more.dataset.another);
  window.htmx.process(more);
}

function firstWrong() {
  const wrong = form().querySelector("[aria-invalid=true]:not([type=radio]), .field:has(> .errorlist) :is(input, select, textarea)");
  return wrong?.type === "radio" ? form().querySelector(`[name="${wrong.name}"]:checked`) ?? wrong : wrong;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (part.matches("[data-kind]")) {
    wake(".cover", "cover", part.closest("[data-need]"));
  } else if (part.id === "needs") {
    needAdded();
  } else if (part.id === "intake") {
    part.querySelector("[data-focus]")?.focus();
    if ("wrong" in part.dataset) firstWrong()?.focus();
    wake(".cover", "cover");
    // What was asked on sending stands there, and has the focus.
    wake("[data-known]:empty", "known");
  }
});

document.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-need]");
  if (!remove) return;
  remove.closest("[data-need]").remove();
  document.querySelector("[data-another]").disabled = false;
  document.querySelector("[data-need]:last-child input[role=combobox]").focus();
  form().dispatchEvent(new Event("change", { bubbles: true }));
});

// Of places of one name the one that is meant.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-which] [data-place]");
  if (!button) return;
  const need = button.closest("[data-need]");
  const { hidden, text } = chosenIn(need, "place");
  hidden.value = button.dataset.place;
  text.value = button.dataset.shown;
  text.removeAttribute("aria-invalid");
  button.closest("[data-which]").remove();
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
  hidden.parentElement.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: { value: hidden.value, label: text.value } }));
  text.focus();
});

// What was said about a box goes when it is changed, and the words for the last caller when the next one's are typed.
function changed(event) {
  if (!form()?.contains(event.target)) return;
  if (event.type === "input") form().querySelector(".sent")?.remove();
  const field = event.target.closest(".field");
  field?.querySelectorAll(".errorlist").forEach((list) => list.remove());
  field?.querySelectorAll("[aria-invalid]").forEach((box) => box.removeAttribute("aria-invalid"));
}
for (const name of ["input", "change", "chosen"]) document.addEventListener(name, changed);

// ---- keys: Enter goes on to the next box, so that nothing is sent by accident ----

function usable(box) {
  return box.checkVisibility() && !box.disabled && (box.type !== "radio" || box === entryOf(box));
}

// A group of radio buttons is one stop, at the one that is chosen.
function entryOf(radio) {
  const group = [...form().querySelectorAll(`input[name="${CSS.escape(radio.name)}"]`)];
  return group.find((one) => one.checked) ?? group[0];
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.isComposing;
  if (event.key !== "Enter" || !plain || event.defaultPrevented) return;
  if (!form()?.contains(box) || !box.matches("input, select")) return;
  event.preventDefault();
  const here = box.type === "radio" ? entryOf(box) : box;
  const stops = [...form().querySelectorAll(`${BOXES}, button#send`)].filter(usable);
  stops[stops.indexOf(here) + 1]?.focus();
});
