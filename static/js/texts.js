// Words for scripts come translated with the page: <div id="texts" data-no-connection="…">, and what one page alone needs
// in <div id="page-texts">.

const word = (id, name) => document.getElementById(id)?.dataset[name];

/** The translated text of that name (camelCase of its data attribute); `values` fill its {placeholders}. */
export function text(name, values = {}) {
  const found = word("page-texts", name) ?? word("texts", name) ?? "";
  return found.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** The page's language, as Intl wants it. */
export const language = document.documentElement.lang || "en";
