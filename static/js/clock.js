// Times kept fresh: <time datetime="…" data-since> says for how long, <time datetime="…" data-until> counts down, and
// <time datetime="…" data-ago> says it in words that stand alone: "3 min. ago", "in 2 days".
// The server's clock counts (<html data-now="…">): cheap phones are often wrong.
import { language, text } from "./texts.js";

const started = Date.parse(document.documentElement.dataset.now ?? "");
const skew = Number.isNaN(started) ? 0 : started - (performance.timeOrigin + performance.now());

const unit = (name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 });
const minutes = unit("minute");
const hours = unit("hour");
const days = unit("day");

/** A span in seconds in few signs: 0:40, 14 min, 1 hr, 3 days. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  if (whole < 3600) return minutes.format(Math.floor(whole / 60));
  if (whole < 2 * 86400) return hours.format(Math.floor(whole / 3600));
  return days.format(Math.floor(whole / 86400));
}

const relative = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });

/** A moment seen from now, `seconds` ahead or (below zero) ago: "3 min. ago", "in 2 mo.". */
export function ago(seconds) {
  const sizes = [["year", 365 * 86400], ["month", 30 * 86400], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const [name, size] = sizes.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return Math.abs(seconds) < 60 ? text("now") : relative.format(Math.trunc(seconds / size), name);
}

function show() {
  const now = Date.now() + skew;
  for (const element of document.querySelectorAll("time[data-since], time[data-until], time[data-ago]")) {
    const at = Date.parse(element.dateTime);
    if (Number.isNaN(at)) continue;
    const { until, ago: stands } = element.dataset;
    const left = until === undefined ? now - at : at - now;
    const words = stands !== undefined ? ago((at - now) / 1000) : until !== undefined && left <= 0 ? text("now") : span(left / 1000);
    if (element.textContent !== words) element.textContent = words;
  }
}

show();
setInterval(() => { if (!document.hidden) show(); }, 1000);
document.addEventListener("visibilitychange", show);
document.addEventListener("htmx:afterSettle", show);
