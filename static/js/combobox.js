// <combo-box data-url="…">: a text box with a list of suggestions, after the ARIA pattern "combobox with listbox popup".
// Inside stand an input[role=combobox], an input[type=hidden] for what was chosen, ul[role=listbox], p[role=status], p.hint.
// The address is asked with ?q=… and answers {"results": [{"value", "label", "detail"?, "shown"?}]}; shown is what stands in
// the box when it is chosen, the label where there is none. Choosing sets the hidden
// input and fires "change" there and "chosen" (detail: the result, or null) on the element. What was typed stays in any case.
import { text } from "./texts.js";

const PAUSE = 120;

class ComboBox extends HTMLElement {
  #results = [];
  #active = -1;
  #timer = 0;
  #asking = null;
  #leaving = false;

  connectedCallback() {
    this.input = this.querySelector("input[role=combobox]");
    this.hidden_ = this.querySelector("input[type=hidden]");
    this.list = this.querySelector("[role=listbox]");
    this.status = this.querySelector("[role=status]");
    this.hint = this.querySelector(".hint");
    if (!this.input || this.dataset.ready) return;
    this.dataset.ready = "yes";
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("focus", () => { this.#leaving = false; });
    this.input.addEventListener("click", () => { if (!this.hidden_.value && this.#results.length) this.#open(); });
    this.input.addEventListener("blur", () => this.#left());
    // mousedown would take the focus away before the click arrives
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.index));
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  get minimum() { return Number(this.dataset.minimum ?? 1); }

  #typed() {
    this.#forget();
    this.#say("");
    this.#tell("");
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    const words = this.input.value.trim();
    if (words.length < this.minimum) {
      delete this.dataset.busy;
      this.#results = [];
      this.#close();
      return;
    }
    // What stands in the list answers to fewer letters: whoever types fast must not choose from it.
    this.#mark(-1);
    this.dataset.busy = "yes";
    this.#timer = setTimeout(() => this.#ask(words), PAUSE);
  }

  async #ask(words) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.dataset.busy = "yes";
    const address = new URL(this.dataset.url, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show((await answer.json()).results, words);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#results = [];
      this.#close();
      this.#tell(text("searchFailed"));
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        delete this.dataset.busy;
      }
    }
  }

  #show(results, words) {
    this.#results = results;
    this.list.replaceChildren(...results.map((result, index) => this.#option(result, index)));
    if (this.#leaving || document.activeElement !== this.input) {
      this.#settle(words);
      return;
    }
    if (results.length === 0) {
      this.#close();
      this.#tell(text("searchNothing"));
      return;
    }
    this.#open();
    this.#mark(0);
    this.#say(text("searchCount", { count: results.length }));
  }

  #option(result, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.dataset.index = index;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = document.createElement("span");
    label.textContent = result.label;
    option.append(label);
    if (result.detail) {
      const detail = document.createElement("span");
      detail.className = "detail";
      detail.textContent = result.detail;
      option.append(detail);
    }
    return option;
  }

  #key(event) {
    const open = !this.list.hidden;
    const last = this.#results.length - 1;
    const key = event.key;
    if (event.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (last < 0) {
        if (key === "ArrowDown" && this.input.value.trim().length >= this.minimum) this.#ask(this.input.value.trim());
      } else if (!open) {
        this.#open();
        this.#mark(key === "ArrowDown" ? 0 : last);
      } else {
        const step = key === "ArrowDown" ? 1 : -1;
        this.#mark((this.#active + step + last + 1) % (last + 1));
      }
      event.preventDefault();
    } else if (key === "Enter" && open && this.#active >= 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (key === "Enter" && !event.ctrlKey && !event.metaKey && this.#pending()) {
      // still searching: nothing to take yet, and the form is not meant
      event.preventDefault();
    } else if (key === "Tab" && open && this.#active >= 0 && !event.shiftKey) {
      this.#choose(this.#active);
    } else if (key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  #pending() {
    return !this.hidden_.value && this.dataset.busy === "yes";
  }

  #left() {
    this.#leaving = true;
    this.#close();
    if (this.hidden_.value || !this.input.value.trim()) return;
    if (this.#results.length && !this.#pending()) this.#settle(this.input.value.trim());
  }

  // Left before the list was there: take what cannot be meant otherwise, ask in words for the rest.
  #settle(words) {
    if (this.hidden_.value) return;
    const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: "base" }) === 0;
    const exact = this.#results.filter((result) => same(result.label, words));
    const only = this.#results.length === 1 ? this.#results : exact;
    if (only.length === 1) this.#choose(this.#results.indexOf(only[0]));
    else this.#tell(this.#results.length ? text("searchChoose") : text("searchNothing"));
  }

  #choose(index) {
    const result = this.#results[index];
    if (!result) return;
    this.input.value = result.shown ?? result.label;
    this.#close();
    this.#tell("");
    this.#say("");
    this.input.removeAttribute("aria-invalid");
    this.#set(result.value, result);
  }

  #forget() {
    if (this.hidden_.value) this.#set("", null);
  }

  #set(value, result) {
    this.hidden_.value = value;
    this.hidden_.dispatchEvent(new Event("change", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: result }));
  }

  #open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.#active = -1;
  }

  #mark(index) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    const option = this.list.children[index];
    this.#active = option ? index : -1;
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #say(words) { this.status.textContent = words; }

  #tell(words) {
    if (!this.hint) return;
    this.hint.textContent = words;
    this.hint.hidden = !words;
  }
}

customElements.define("combo-box", ComboBox);
