// One message of a phone as elements. Text is always text; what Telegram marks in it becomes an element around it.
import { language, text } from "./texts.js";

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };

function make(tag, className, words) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words !== undefined) element.textContent = words;
  return element;
}

function safeAddress(address) {
  return /^https?:\/\//.test(address) ? address : null;
}

function anchor(address) {
  const link = make("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function around(entity, piece) {
  if (entity.type === "text_link" && safeAddress(entity.url)) return anchor(entity.url);
  if (entity.type === "url" && safeAddress(piece)) return anchor(piece);
  return TAGS[entity.type] ? make(TAGS[entity.type]) : null;
}

// Entities nest or lie apart and count UTF-16 units, as JavaScript does: cut at every edge, wrap each piece.
function formatted(words, entities) {
  const edges = new Set([0, words.length]);
  for (const { offset, length } of entities) edges.add(offset).add(offset + length);
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= words.length).sort((a, b) => a - b);
  const pieces = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [from, to] = [cuts[index], cuts[index + 1]];
    const piece = words.slice(from, to);
    let node = document.createTextNode(piece);
    for (const entity of [...entities].reverse()) {
      if (entity.offset > from || entity.offset + entity.length < to) continue;
      const wrapper = around(entity, piece);
      if (!wrapper) continue;
      wrapper.append(node);
      node = wrapper;
    }
    pieces.push(node);
  }
  return pieces;
}

function button(entry, message) {
  if (entry.callback_data === undefined && safeAddress(entry.url ?? "")) {
    const link = anchor(entry.url);
    link.className = "button";
    link.textContent = entry.text;
    return link;
  }
  const key = make("button", "button", entry.text);
  key.type = "button";
  key.dataset.message = message.id;
  key.dataset.data = entry.callback_data ?? "";
  return key;
}

function serviceWords(message, names) {
  const { service } = message;
  if (service.migrate_to_chat_id || service.migrate_from_chat_id) return text("moved");
  if (service.new_chat_members) return text("joined", { name: service.new_chat_members.map((one) => one.first_name).join(", ") });
  if (service.left_chat_member) return text("left", { name: service.left_chat_member.first_name });
  return names.get(message.from) ?? "";
}

/** The element of a message, as `person` sees it; `names` maps ids to names, `inGroup` shows who writes. */
export function render(message, person, names, inGroup) {
  if (Object.keys(message.service).length) return make("div", "message notice", serviceWords(message, names));
  const own = message.from === person;
  const item = make("div", own ? "message own" : "message");
  const bubble = make("div", "bubble");
  bubble.dir = "auto";
  const sender = make("span", inGroup && !own ? "name" : "visually-hidden", text("sender", { name: names.get(message.from) ?? "" }));
  if (inGroup && !own) sender.textContent = names.get(message.from) ?? "";
  bubble.append(sender, ...formatted(message.text, message.entities));
  const time = clock.format(new Date(message.at * 1000));
  bubble.append(make("span", "when", message.edited ? `${text("edited")} · ${time}` : time));
  item.append(bubble);
  for (const row of message.buttons) {
    const line = make("div", "keys-row");
    line.append(...row.map((entry) => button(entry, message)));
    item.append(line);
  }
  return item;
}
