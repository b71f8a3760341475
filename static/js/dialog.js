// Native dialogs: data-opens="<id>" on a button opens it, data-closes inside puts it away. Escape and the focus are the
// browser's. A form in the dialog that htmx sends closes it when the answer was good; a part of it that comes anew does not.

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = target?.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const sender = event.target instanceof Element && event.target.matches("form, [type=submit]") ? event.target : null;
  const form = sender?.closest("form");
  if (event.detail.successful && form) form.closest("dialog[open]")?.close();
});

// Sent twice is asked twice: a plain form goes once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.matches("[hx-post], [hx-put], [hx-get], [method='dialog']")) return;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
