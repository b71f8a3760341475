// The chat on any website: <script src="https://HOST/static/widget.js" data-line="youth" async></script>
// A round button that opens the line in a frame. It keeps nothing, loads nothing before it is pressed, and asks of the
// host page's policy only script-src and frame-src. data-label, data-language and data-colour ("#0b6b66") are possible, and
// data-group with the code of one of the line's groups.
(() => {
  const script = document.currentScript;
  const { line, group, label, colour, language } = script.dataset;
  const house = new URL(script.src).origin;
  const WORDS = {
    en: ["Chat", "Close the chat", "Leave this page", "New message"],
    de: ["Chat", "Chat schließen", "Seite verlassen", "Neue Nachricht"],
    nb: ["Chat", "Lukk chatten", "Forlat siden", "Ny melding"],
    uk: ["Чат", "Закрити чат", "Покинути сторінку", "Нове повідомлення"],
    ru: ["Чат", "Закрыть чат", "Покинуть страницу", "Новое сообщение"],
  };
  const wished = language || document.documentElement.lang || navigator.language;
  const [chat, close, leave, news] = WORDS[wished.slice(0, 2)] ?? WORDS.en;
  const name = label || chat;
  const paint = /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#0b6b66";
  const small = window.matchMedia("(max-width: 520px), (max-height: 480px)");
  const SVG = "http://www.w3.org/2000/svg";
  const FACE = "600 15px/1.3 system-ui, sans-serif";
  const GAP = 16, SIZE = 60, TOP = 2147483000;
  const ANSWER = 300, WITHIN = 2000;

  let frame = null, open = false, unread = 0, exit = "https://www.wikipedia.org/", scroll = "", gone = false;
  let host, button, dot, out, number, turn;

  // Styles by script alone: a policy of the host page that forbids inline styles does not forbid these.
  function make(tag, style, attributes = {}) {
    const made = document.createElement(tag);
    Object.assign(made.style, style);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function icon() {
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("width", "28");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z");
    for (const [key, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "1.75"], ["stroke-linejoin", "round"]]) path.setAttribute(key, value);
    svg.append(path);
    return svg;
  }

  function build() {
    const others = [...document.querySelectorAll("[data-hotline-chat]")];
    number = others.length;
    // scripts come in any order; what a frame keeps goes by the line, and by its turn where a line stands here twice
    turn = others.filter((one) => one.dataset.hotlineChat === line).length;
    host = make("div", { position: "fixed", zIndex: TOP, insetInlineEnd: `${GAP + number * (SIZE + GAP)}px`, bottom: `${GAP}px`, display: "flex", alignItems: "center", gap: "8px" });
    host.dataset.hotlineChat = line;
    const bare = { border: "2px solid #fff", color: "#fff", cursor: "pointer", font: FACE, boxShadow: "0 2px 12px rgb(0 0 0 / 30%)" };
    out = make("button", { ...bare, background: "#1d2529", borderRadius: "8px", minHeight: "44px", padding: "4px 14px", display: "none" }, { type: "button" });
    out.append(leave);
    out.addEventListener("click", leaveNow);
    button = make("button", { ...bare, position: "relative", background: paint, borderRadius: "50%", width: `${SIZE}px`, height: `${SIZE}px`, padding: "0", display: "grid", placeItems: "center" }, { type: "button" });
    dot = make("span", { position: "absolute", insetInlineEnd: "0", top: "0", width: "16px", height: "16px", borderRadius: "50%", background: "#b3261e", border: "2px solid #fff", display: "none" });
    button.append(icon(), dot);
    button.addEventListener("click", () => (open ? shut() : show()));
    host.attachShadow({ mode: "open" }).append(out, button);
    document.body.append(host);
    paintState();
    window.addEventListener("message", heard);
    small.addEventListener("change", place);
    window.visualViewport?.addEventListener("resize", place);
    document.addEventListener("hotline-chat", (event) => { if (event.detail !== number) shut(false); });
  }

  function paintState() {
    const words = open ? close : unread ? `${name}: ${news}` : name;
    button.setAttribute("aria-label", words);
    button.title = words;
    button.setAttribute("aria-expanded", String(open));
    dot.style.display = unread && !open ? "block" : "none";
    out.style.display = frame && !open ? "block" : "none";
    // an open sheet lies over the button of another chat on the same page
    host.style.zIndex = String(TOP + Number(open));
  }

  // A sheet on the phone, as high as the keyboard leaves it; a card on the desk.
  function place() {
    if (!frame) return;
    const sheet = small.matches;
    const view = window.visualViewport;
    const card = { top: "auto", left: "auto", insetInlineEnd: `${GAP}px`, bottom: `${GAP + SIZE + 12}px`, width: "400px", height: "min(680px, calc(100vh - 110px))", borderRadius: "14px" };
    const page = { insetInlineEnd: "auto", bottom: "auto", left: "0", top: `${view?.offsetTop ?? 0}px`, width: "100vw", height: view ? `${view.height}px` : "100vh", borderRadius: "0" };
    Object.assign(frame.style, sheet ? page : card, { display: open ? "block" : "none" });
    // what lies behind a sheet does not scroll
    document.documentElement.style.overflow = open && sheet ? "hidden" : scroll;
  }

  function show() {
    if (!frame) {
      scroll = document.documentElement.style.overflow;
      frame = make("iframe", { position: "fixed", zIndex: TOP + 1, border: "0", background: "#fff", colorScheme: "light dark", boxShadow: "0 8px 40px rgb(0 0 0 / 30%)" }, { title: name, name: `hotline-${turn}`, referrerpolicy: "no-referrer" });
      frame.src = `${house}/chat/${encodeURIComponent(line)}/${group ? `groups/${encodeURIComponent(group)}/` : ""}frame/?language=${encodeURIComponent(wished.slice(0, 2))}`;
      host.shadowRoot.append(frame);
      document.addEventListener("keydown", keys, true);
    }
    open = true;
    unread = 0;
    document.dispatchEvent(new CustomEvent("hotline-chat", { detail: number }));
    place();
    paintState();
    tell({ hotline: "shown", open });
    frame.focus();
  }

  function shut(focus = true) {
    if (!open) return;
    open = false;
    place();
    paintState();
    tell({ hotline: "shown", open });
    if (focus) button.focus();
  }

  function tell(message) {
    frame?.contentWindow.postMessage(message, house);
  }

  function heard({ source, origin, data }) {
    if (!frame || source !== frame.contentWindow || origin !== house || !data) return;
    if (/^https?:/.test(data.address)) exit = data.address;
    if (data.hotline === "ready") tell({ hotline: "shown", open });
    else if (data.hotline === "close") shut();
    else if (data.hotline === "leave") go();
    else if (data.hotline === "unread") {
      unread = open ? 0 : data.count;
      paintState();
    }
  }

  // ---- leaving at once: blank first, then the house is told by the frame, then away without a way back ----

  let shifts = [];
  function keys(event) {
    if (event.key !== "Shift") shifts = [];
    else if (!event.repeat) shifts = [...shifts, event.timeStamp].slice(-3);
    if (shifts.length === 3 && shifts[2] - shifts[0] < WITHIN) leaveNow();
  }

  function blank() {
    document.documentElement.style.setProperty("display", "none", "important");
    document.title = "";
  }

  function leaveNow() {
    blank();
    tell({ hotline: "leave" });
    setTimeout(go, ANSWER);
  }

  function go() {
    if (gone) return;
    gone = true;
    blank();
    try {
      window.top.location.replace(exit);
    } catch {
      window.location.replace(exit);
    }
  }

  if (document.body) build();
  else document.addEventListener("DOMContentLoaded", build);
})();
