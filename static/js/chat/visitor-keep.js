// The one thing that a visitor's device keeps: the token, for this tab, this line and this frame. Where the browser keeps
// nothing, it lies in memory and a reload ends it.
const { line, framed } = document.body.dataset;
const keyOf = (place) => `chat:${place}:${framed === undefined ? "" : window.name || "frame"}`;
const key = keyOf(line);
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

/** Puts a token where the page of another line or room of this house, in this tab and frame, finds it. */
export function keepFor(place, token) {
  storage((store) => store.setItem(keyOf(place), token));
}
