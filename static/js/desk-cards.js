// The desk's cards: dialogs that all of them share, the focus after a change, and the contact that is shown for a while.

const dialogOf = (button) => document.getElementById(button.dataset.opens);

// ---- one dialog for all cards: the button says what it is about and where it goes ----

function aim(button) {
  const dialog = dialogOf(button);
  const form = dialog.querySelector("form");
  form.reset();
  dialog.querySelector(".said").textContent = "";
  dialog.querySelector("[data-shows-about]").textContent = button.dataset.about;
  form.elements.seen.value = button.dataset.seen ?? "";
  form.setAttribute("hx-post", button.dataset.url);
  window.htmx.process(form);
}

// Where else to turn, for what is chosen in the form at the moment; the call counts for the team that is chosen there.
function lookAround(dialog) {
  dialog.querySelector("form").elements.team.value = document.getElementById("team")?.value ?? "";
  const section = document.getElementById("directory");
  const need = document.querySelector("[data-need]");
  const address = new URL(section.dataset.directory, location.href);
  for (const name of ["category", "place"]) {
    address.searchParams.set(name, need.querySelector(`combo-box input[type=hidden][name$="-${name}"]`).value);
  }
  window.htmx.ajax("GET", address.pathname + address.search, { source: section, target: section, swap: "innerHTML" });
}

// Before the dialog opens, which another script does.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  if (!button) return;
  if (button.dataset.card) dialogOf(button).dataset.card = button.dataset.card;
  if (button.dataset.url) aim(button);
  if (button.dataset.opens === "no-request") lookAround(dialogOf(button));
  if (button.dataset.opens === "correct") document.getElementById("correct-form").replaceChildren();
}, true);

// A refusal that concerns the request is said on its card.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status === 409) document.querySelector("dialog[data-card][open]")?.close();
});

// ---- correcting: another kind has other questions, and what is wrong is shown first ----

document.addEventListener("chosen", (event) => {
  const questions = event.detail && event.target.closest("#correct-form [data-kinds]") && document.querySelector("#correct-form [data-questions]");
  if (!questions) return;
  questions.closest("details").open = true;
  questions.dispatchEvent(new CustomEvent("kind"));
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id === "correct-form") event.detail.elt.querySelector("[aria-invalid=true]")?.focus();
});

// ---- the focus stays with the card ----

function focusCard(id) {
  if (document.activeElement === document.body) document.getElementById(id)?.focus({ preventScroll: true });
}

// A button that is gone with its card leaves the focus on the card.
document.addEventListener("htmx:beforeRequest", (event) => {
  const card = event.detail.elt.closest("article.request");
  if (card) event.detail.xhr.addEventListener("loadend", () => focusCard(card.id));
});

document.addEventListener("close", (event) => {
  const card = event.target.dataset?.card;
  if (card) setTimeout(() => focusCard(card));
}, true);

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (part.id === "requests" && event.detail.requestConfig.elt.id === "find") part.querySelector("article")?.focus();
});

// ---- what was said on a card stays there a while, also when the list comes anew ----

const LINGER = 20_000;
const saidAt = new Map();

document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.elt;
  if (part.matches("article.request")) {
    const said = part.querySelector("[data-said]");
    if (said) saidAt.set(part.id, { said, at: Date.now() });
    else saidAt.delete(part.id);
  } else if (part.id === "requests") {
    for (const [id, { said, at }] of saidAt) {
      const heading = Date.now() - at < LINGER && document.getElementById(id)?.querySelector("h3");
      if (!heading) saidAt.delete(id);
      else {
        // it was read out once
        said.removeAttribute("role");
        heading.after(said);
      }
    }
  }
});

// ---- a contact that was opened to ring back ----

let vanishing = 0;

function vanish() {
  clearTimeout(vanishing);
  document.getElementById("opened")?.replaceChildren();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "opened") return;
  const shown = event.detail.elt.querySelector("[data-vanishes]");
  if (!shown) return;
  clearTimeout(vanishing);
  vanishing = setTimeout(vanish, Number(shown.dataset.vanishes) * 1000);
  // the dialog that asked why is closed by then
  setTimeout(() => shown.focus());
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-vanish]")) vanish();
});
window.addEventListener("pagehide", vanish);
