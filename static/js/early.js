// Loaded in the head, as a classic script: on a slow machine a page can be seen before its scripts are there. A button that
// is pressed by then, or a key with Control or Alt, is not lost: the last of each comes again when somebody listens, and until
// then nobody hears it, not even a script that is there already. Links, boxes, menus and what sends a form need no script.
{
  // Longer ago than this (ms), and it is no longer what somebody wants.
  const OLD = 10_000;
  // Whoever presses again so soon (ms) after it came is impatient, and does not mean a second press.
  const IMPATIENT = 700;
  const MODIFIERS = ["Control", "Alt", "AltGraph", "Meta", "Shift"];
  const early = new AbortController();
  const kept = new Map();

  const button = ({ target }) =>
    target instanceof Element ? target.closest("button[type=button]:not([popovertarget])") : null;

  // A modifier alone is no key yet, and with AltGr somebody types a sign.
  const keys = (event) => {
    if (!(event.ctrlKey || event.altKey || event.metaKey) || event.repeat) return null;
    if (MODIFIERS.includes(event.key) || event.getModifierState("AltGraph")) return null;
    return [event.code, event.key, event.ctrlKey, event.altKey, event.metaKey, event.shiftKey].join();
  };

  const repeat = {
    click: ({ pressed }) => pressed.click(),
    keydown: ({ event, target }) =>
      (target.isConnected ? target : document).dispatchEvent(new KeyboardEvent("keydown", event)),
  };

  const swallow = (type, which, pressed) => {
    const stop = (event) => {
      if (event.isTrusted && which(event) === pressed) event.stopPropagation();
    };
    document.addEventListener(type, stop, { capture: true, signal: AbortSignal.timeout(IMPATIENT) });
  };

  for (const [type, which] of [
    ["click", button],
    ["keydown", keys],
  ]) {
    const keep = (event) => {
      const pressed = which(event);
      if (!pressed) return;
      event.stopPropagation();
      kept.set(type, { pressed, event, target: event.target, which });
    };
    document.addEventListener(type, keep, { capture: true, signal: early.signal });
  }

  // All scripts of the page have run by then; htmx waits for the same word, and hears it first.
  window.addEventListener("DOMContentLoaded", () => {
    early.abort();
    const young = [...kept].filter(([, { event }]) => performance.now() - event.timeStamp < OLD);
    for (const [type, one] of young.sort(([, a], [, b]) => a.event.timeStamp - b.event.timeStamp)) {
      swallow(type, one.which, one.pressed);
      repeat[type](one);
    }
  });
}
