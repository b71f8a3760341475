// What the page says to the simulator, and how it says that something went wrong.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

class Refusal extends Error {}

/** Reads from the control interface, or posts `body` to it. Throws when it refuses or does not answer. */
export async function ask(path, body) {
  const answer = await fetch(`control/${path}`, body === undefined
    ? { cache: "no-store" }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw new Refusal(value.error);
  return value;
}

/** What it answered, or null when it was not done; then a message says why, and what was typed stays. */
export async function tell(path, body) {
  try {
    return await ask(path, body);
  } catch (error) {
    toast(error instanceof Refusal ? error.message : text("noAnswer"), "error");
    return null;
  }
}

/** The code in what somebody pastes: t.me/…?start=<code>, the simulator's own link, "/start <code>" or the code alone. */
export function plainCode(words) {
  return words.trim().replace(/^.*[?&](?:start|startgroup|code)=/, "").replace(/^\/start\s+/, "").replace(/[&#].*$/, "");
}
