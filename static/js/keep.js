// A part that reloads by a ring must not take anything out of somebody's hands: what they had unfolded stays unfolded
// (details with an id), and the focus stays on the same control, also when that has no id.
const REACHABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";

let kept = null;

function place(element) {
  const root = element.closest("[id]");
  return { root: root.id, index: [...root.querySelectorAll(REACHABLE)].indexOf(element), words: element.textContent };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  kept = null;
  if (!target?.isConnected) return;
  const focused = document.activeElement;
  const within = focused && focused !== target && target.contains(focused) && focused.closest("[id]");
  kept = {
    open: [...target.querySelectorAll("details[id][open]")].map((details) => details.id),
    focus: within ? place(focused) : null,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
  const { focus } = kept;
  kept = null;
  if (!focus || (document.activeElement && document.activeElement !== document.body)) return;
  const root = document.getElementById(focus.root);
  if (!root) return;
  const controls = [...root.querySelectorAll(REACHABLE)];
  const same = controls[focus.index];
  const found = same?.textContent === focus.words ? same : controls.find((one) => one.textContent === focus.words);
  found?.focus({ preventScroll: true });
});
