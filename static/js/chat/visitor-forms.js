// The visitor's forms: what was typed as JSON, and what is wrong with it beside the field.
import { text } from "../texts.js";

/** {name: text} of what was answered. */
export function typed(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

/** Takes away what was wrong before. */
export function clear(form, trouble) {
  trouble.hidden = true;
  for (const list of form.querySelectorAll(".errorlist[data-field]")) list.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.dataset.described ?? "");
  }
}

/** Shows a Refusal: words above, and each field's own beside it. The focus goes to the first. */
export function show(form, trouble, refusal) {
  clear(form, trouble);
  const lost = Object.keys(refusal.fields).filter((name) => !mark(form, name, refusal.fields[name]));
  trouble.textContent = lost.length ? text("outdated") : refusal.detail || text("noAnswer");
  trouble.hidden = false;
  (form.querySelector("[aria-invalid]") ?? trouble).focus();
}

function mark(form, name, words) {
  const field = form.elements.namedItem(name);
  const input = field instanceof RadioNodeList ? field[0] : field;
  if (!input) return false;
  const list = document.createElement("ul");
  const item = document.createElement("li");
  list.className = "errorlist";
  list.id = `wrong-${form.id}-${name}`;
  list.dataset.field = name;
  item.append(words);
  list.append(item);
  input.closest(".field").append(list);
  input.setAttribute("aria-invalid", "true");
  input.dataset.described ??= input.getAttribute("aria-describedby") ?? "";
  input.setAttribute("aria-describedby", `${input.dataset.described} ${list.id}`.trim());
  return true;
}

/** Sends a form once at a time: call() is a promise; a Refusal is shown in the form. */
export function sends(form, trouble, call) {
  const button = form.querySelector("[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await call();
      clear(form, trouble);
    } catch (refusal) {
      if (!("fields" in refusal)) throw refusal;
      show(form, trouble, refusal);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
