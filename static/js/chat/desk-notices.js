// Sound and notices on the desktop. What is chosen stays in this browser; a notice never holds what somebody wrote.
import { text } from "../texts.js";

const KEY = "hotline.chat.notices";
// A message rises, a visitor calls twice, a colleague knocks once, a call for help goes to and fro.
const TONES = {
  mention: [[784, 0]],
  message: [[660, 0], [880, 0.12]],
  visitor: [[523, 0], [523, 0.22], [784, 0.44]],
  call: [[988, 0], [740, 0.18], [988, 0.36], [740, 0.54]],
};
const LENGTH = 0.16;

const home = document.getElementById("notices");
const chosen = { message: true, visitor: true, mention: true, call: true, desktop: false, ...stored() };
const sound = window.AudioContext ? new AudioContext() : null;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // a browser that keeps nothing asks again next time
  }
}

function may() {
  return window.Notification?.permission === "granted";
}

function show() {
  for (const box of home.querySelectorAll("[data-setting]")) box.checked = chosen[box.dataset.setting];
  // who can be called is to be heard calling, whatever they chose
  const wanted = home.querySelector("[data-setting=call]") || chosen.message || chosen.visitor || chosen.mention;
  document.getElementById("sound-blocked").hidden = !wanted || sound?.state === "running";
  document.getElementById("notices-blocked").hidden = !chosen.desktop || may();
}

function play(kind) {
  if (sound?.state !== "running") return;
  for (const [pitch, delay] of TONES[kind]) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const start = sound.currentTime + delay;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  }
}

function notice(words, options = { tag: "hotline-chat" }) {
  if (!may()) return;
  const shown = new Notification(words, options);
  shown.onclick = () => { window.focus(); shown.close(); };
}

const WORDS = { message: "newMessage", visitor: "newVisitor", mention: "newMention" };

// A call for help is put in the place of nothing else, and comes up again each time.
const OPTIONS = { call: { tag: "hotline-call", renotify: true } };

/** Something new: "message", "visitor", "mention" or "call". It sounds, and is shown on the desktop while nobody looks at this
    page, in `words` if these are not the usual ones; always: whatever is switched off here. */
export function tell(kind, words = text(WORDS[kind]), { always = false } = {}) {
  if (always || chosen[kind]) play(kind);
  if ((always || chosen.desktop) && !document.hasFocus()) notice(words, OPTIONS[kind]);
}

home.addEventListener("change", async (event) => {
  const name = event.target.dataset.setting;
  if (!name) return;
  chosen[name] = event.target.checked;
  keep();
  if (name === "desktop" && chosen.desktop) await window.Notification?.requestPermission();
  show();
});

home.addEventListener("click", async (event) => {
  const kind = event.target.closest("[data-try]")?.dataset.try;
  if (kind === "desktop") {
    await window.Notification?.requestPermission();
    document.getElementById("notices-blocked").hidden = may();
    notice(text("noticeTried"));
  } else if (kind) {
    await sound?.resume();
    play(kind);
  }
});

// Browsers let nothing sound before somebody has done something on the page.
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => sound?.resume());
sound?.addEventListener("statechange", show);
show();
