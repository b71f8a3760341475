// Keys are declared where they act: aria-keyshortcuts="Control+Enter" on a button, link or field. In a form the key belongs
// to that form's own button; keys without Control or Alt are left to whoever is typing.

function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  // Alt with a digit gives another sign on some keyboards; the key itself is what counts.
  const digit = /^Digit(\d)$/.exec(event.code ?? "");
  parts.push(event.altKey && digit ? digit[1] : event.key);
  return parts.join("+").toLowerCase();
}

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function usable(element) {
  return element.getClientRects().length > 0 && !element.matches(":disabled, [aria-disabled='true']");
}

/** The element that a key means: in the open dialog or the focused form first, then anywhere on the page. */
function owner(keys, focused) {
  const scopes = [document.querySelector("dialog[open]") ?? focused?.closest?.("form"), document];
  if (document.querySelector("dialog[open]")) scopes.pop();
  for (const scope of scopes) {
    if (!scope) continue;
    for (const element of scope.querySelectorAll("[aria-keyshortcuts]")) {
      const own = element.getAttribute("aria-keyshortcuts").toLowerCase().split(/\s+/);
      if (own.includes(keys) && usable(element)) return element;
    }
  }
  return null;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const keys = pressed(event);
  const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (bare && typing(event.target)) return;
  const element = owner(keys, document.activeElement);
  if (!element) return;
  event.preventDefault();
  if (event.repeat) return;
  if (element.matches("input:not([type=submit]), textarea, select")) element.focus();
  else element.click();
});
