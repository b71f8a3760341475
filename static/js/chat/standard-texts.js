// Standard messages as texts: which of them fit what was typed, and what stands in their places.
const ALIKE = { ø: "o", æ: "ae", œ: "oe", ß: "ss", ł: "l", đ: "d", ı: "i", "’": "'", "ʼ": "'" };

/** Small letters without accents, in whatever script. */
export function fold(words) {
  return words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[øæœßłđı’ʼ]/g, (sign) => ALIKE[sign]);
}

/** Of `messages` (in the order own, line, house) those that fit what was typed: by short code first, then by any of their words. */
export function fitting(messages, typed) {
  const wanted = fold(typed);
  const rank = (message) => {
    const code = fold(message.short_code);
    if (code.startsWith(wanted)) return code === wanted ? 0 : 1;
    const words = [code, ...Object.values(message.texts).map(fold)].join(" ").split(/[^\p{L}\p{N}']+/u);
    return words.some((word) => word.startsWith(wanted)) ? 2 : 3;
  };
  const ranked = messages.map((message) => [wanted ? rank(message) : 0, message]);
  return ranked.filter(([place]) => place < 3).sort(([a], [b]) => a - b).map(([, message]) => message);
}

/** The text with its places filled in; without an alias the sentence closes over the gap. */
export function filled(words, places, alias) {
  const named = alias ? words : words
    .replace(/(^|\n|[.!?…]\s+)\{alias\}[\s,:;.!?–-]*(\p{L}?)/gu, (whole, before, letter) => before + letter.toUpperCase())
    .replace(/,?\s?\{alias\}/gu, "");
  return named.replace(/\{(alias|line|opens)\}/g, (whole, name) => ({ ...places, alias })[name] ?? whole);
}
