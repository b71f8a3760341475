// Loaded in the head, as a classic script: on a slow machine a page can be seen before its scripts are there. A button that
// is pressed by then, or a key with Control or Alt, is not lost: the last of them comes again when somebody listens. Links,
// boxes, menus and what sends a form need no script.
{
  const early = new AbortController();
  let again = null;

  const hold = (event) => {
    const button = event.target instanceof Element && event.target.closest("button[type=button]:not([popovertarget])");
    if (!button) return;
    event.stopPropagation();
    again = () => button.click();
  };

  const remember = (event) => {
    if (event.repeat || (!event.ctrlKey && !event.altKey && !event.metaKey)) return;
    const { target } = event;
    again = () => (target.isConnected ? target : document).dispatchEvent(new KeyboardEvent("keydown", event));
  };

  document.addEventListener("click", hold, { capture: true, signal: early.signal });
  document.addEventListener("keydown", remember, { capture: true, signal: early.signal });
  // All scripts of the page have run by then; htmx waits for the same word, and hears it first.
  window.addEventListener("DOMContentLoaded", () => {
    early.abort();
    again?.();
  });
}
