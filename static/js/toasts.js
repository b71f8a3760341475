// Messages in the corner. The region has role=status: what is added to it later is read out.
const LINGER = 8000;

function region() {
  return document.getElementById("toasts");
}

function dismiss(toast) {
  toast.remove();
}

// Good news goes by itself, unless somebody is reading it; what went wrong stays until it is put away.
function arm(toast) {
  if (toast.dataset.armed || toast.matches(".error, .warning")) return;
  toast.dataset.armed = "yes";
  let timer = setTimeout(dismiss, LINGER, toast);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(dismiss, LINGER, toast);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}

/** Shows a message: `kind` is "info", "success", "warning" or "error". The same words twice are shown once. */
export function toast(words, kind = "info") {
  const home = region();
  const mould = document.getElementById("toast-mould");
  if (!home || !mould || !words) return;
  for (const other of home.children) {
    if (other.querySelector("p")?.textContent === words) return;
  }
  const made = mould.content.firstElementChild.cloneNode(true);
  made.classList.add(kind);
  made.querySelector("p").textContent = words;
  home.append(made);
}

const home = region();
if (home) {
  new MutationObserver(() => home.querySelectorAll(".toast").forEach(arm)).observe(home, { childList: true });
  // A live region speaks of changes only, so what came with the page is put in once more.
  const first = [...home.children];
  home.replaceChildren();
  requestAnimationFrame(() => home.append(...first));
  home.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) dismiss(button.closest(".toast"));
  });
}
