// "Yes, I come along": out of the group into a conversation of two. The answer may be lost when the way is open already; the
// same id finds it again, as often as it takes.
import { text } from "../texts.js";

const trouble = document.getElementById("asked-trouble");

/** Whether this refusal leaves open what the house has done: no answer, a broken one, or too many calls. */
const isOpen = ({ status }) => status === 0 || status === 429 || status >= 500;

export class Aside {
  #post;
  #came;
  #again;
  #asking = false;

  /** post() -> a promise of the conversation's start, always with the same id; came(started); again() looks, now or `later`. */
  constructor({ post, came, again }) {
    this.#post = post;
    this.#came = came;
    this.#again = again;
    // said, and neither there nor refused yet
    this.isOpen = false;
  }

  /** Go, or find out what became of it. */
  async go() {
    if (this.#asking) return;
    this.#asking = this.isOpen = true;
    try {
      this.#came(await this.#post());
    } catch (refusal) {
      this.#asking = false;
      this.isOpen = isOpen(refusal);
      trouble.textContent = refusal.detail || text("noAnswer");
      this.#again(this.isOpen);
    }
  }
}
