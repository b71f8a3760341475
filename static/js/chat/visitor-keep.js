// The one thing that a visitor's device keeps: the token, for this tab, this line and this frame. Where the browser keeps
// nothing, it lies in memory and a reload ends it.
const { line, framed } = document.body.dataset;
const key = `chat:${line}:${framed === undefined ? "" : window.name || "frame"}`;
let memory = null;

function storage(use) {
  try {
    return use(window.sessionStorage);
  } catch {
    return null;
  }
}

export const keep = {
  get token() {
    return storage((store) => store.getItem(key)) ?? memory;
  },
  set token(token) {
    memory = token;
    storage((store) => (token === null ? store.removeItem(key) : store.setItem(key, token)));
  },
};
