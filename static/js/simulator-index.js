// The names above the phones: who is there, who has something new while their phone is out of sight, and a way to it.
import { text } from "./texts.js";

const index = document.getElementById("index");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const entries = new Map();

const watcher = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    const entry = [...entries.values()].find((one) => one.element === target);
    if (entry) entry.inView = isIntersecting;
    if (entry) draw(entry);
  }
}, { threshold: 0.6 });

function draw(entry) {
  const { news, button, name } = entry;
  if (entry.inView && !document.hidden) entry.looked = Math.max(entry.looked, ...news);
  const count = news.filter((at) => at > entry.looked).length;
  const badge = button.querySelector(".count");
  badge.hidden = count === 0;
  badge.textContent = count;
  button.setAttribute("aria-label", count ? text("new", { chat: name, count }) : name);
}

/** Brings a phone into view and the focus to its messages. */
export function goTo(id) {
  const element = entries.get(id)?.element;
  element?.scrollIntoView({ inline: "center", block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  element?.querySelector(".talk").focus({ preventScroll: true });
}

/** Adds somebody's name for the phone `element`, which has the colour `colour` (a class). */
export function addName(id, name, element, colour) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `button ${colour}`;
  const dot = Object.assign(document.createElement("span"), { className: "dot" });
  const badge = Object.assign(document.createElement("span"), { className: "count", hidden: true });
  const label = Object.assign(document.createElement("span"), { className: "truncate", textContent: name });
  button.append(dot, label, badge);
  button.addEventListener("click", () => goTo(id));
  index.append(button);
  entries.set(id, { name, element, button, news: [], looked: Date.now() / 1000, inView: false });
  watcher.observe(element);
}

/** Says when the bot's messages on that phone came or changed (seconds since 1970). */
export function showNews(id, times) {
  const entry = entries.get(id);
  entry.news = times;
  draw(entry);
}

/** Takes a name away. */
export function removeName(id) {
  const entry = entries.get(id);
  watcher.unobserve(entry.element);
  entry.button.remove();
  entries.delete(id);
}

/** Shows the names once there is more than one. */
export function showIndex() {
  index.hidden = entries.size < 2;
}

document.addEventListener("visibilitychange", () => entries.forEach(draw));
