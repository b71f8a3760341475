// A group at the desk: what is said there, beside it the chat of those of the house, and the panel with people and doors.
import { ring, ringAll, show } from "../rings.js";
import { text } from "../texts.js";
import { toast } from "../toasts.js";
import { Connection } from "./connection.js";
import { Pane } from "./group-pane.js";

const desk = document.getElementById("group-desk");
const { room, backroom } = desk.dataset;
const connection = new Connection({ csrf: document.body.dataset.csrf });
const panes = new Map();
const removing = document.getElementById("ask-remove-message");

function view(name) {
  desk.dataset.view = name;
  for (const button of desk.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  if (name === "about") panes.get(backroom)?.seen();
}

for (const button of desk.querySelectorAll("[data-show]")) button.addEventListener("click", () => view(button.dataset.show));

if (room) {
  const { moderates } = desk.dataset;
  const remove = moderates ? (seq) => {
    document.getElementById("remove-seq").value = seq;
    removing.showModal();
  } : null;
  const about = moderates ? (code) => moderates.replace("VISITOR", code) : null;
  panes.set(room, new Pane(document.getElementById("group-pane"), room, connection, { remove, about }));
  panes.set(backroom, new Pane(document.getElementById("back-pane"), backroom, connection, { count: desk.querySelector("[data-back-count]") }));
  for (const code of panes.keys()) connection.join(code, null);
}

for (const kind of ["opened", "event", "message", "present", "reset"]) {
  connection.addEventListener(kind, ({ detail }) => panes.get(detail.room)?.[kind](detail));
}
connection.addEventListener("event", ({ detail }) => detail.kind === "ended" && out("groupOver"));
connection.addEventListener("closed", ({ detail }) => panes.has(detail.room) && out("groupOut"));
connection.addEventListener("state", ({ detail }) => {
  show(detail.state);
  for (const pane of panes.values()) pane.line(detail.state);
  if (detail.state === "connected") ringAll();
});
connection.addEventListener("ring", ({ detail }) => ring(detail.topic));

// Out of the room. What is not with the house yet is in nobody's way: the page stays as it is until it is taken care of.
let isOver = false;
function out(why) {
  if (![...panes.values()].some((pane) => pane.isUnsaved)) return location.reload();
  isOver ||= why === "groupOver";
  for (const pane of panes.values()) pane.halt(text(isOver ? "groupOver" : "groupOut"), !isOver);
}

connection.addEventListener("opened", ({ detail }) => !isOver && panes.get(detail.room)?.halt(""));

// Coming in again loads nothing anew: what was typed is still in its box.
async function comeIn() {
  const source = desk.querySelector("[data-again]");
  await window.htmx.ajax("POST", source.dataset.again, { source, target: "#panel", swap: "innerHTML", values: { act: "come_in" } });
  if (document.querySelector("#panel [value=go_out]")) for (const [code, pane] of panes) connection.join(code, pane.seq ?? null);
}

for (const button of desk.querySelectorAll("[data-again]")) button.addEventListener("click", comeIn);
desk.addEventListener("submit", (event) => {
  if (!panes.size || event.submitter?.value !== "come_in") return;
  event.preventDefault();
  comeIn();
});

document.addEventListener("told", ({ detail }) => toast(detail.words, "warning"));

// Whether to remove somebody is asked once for all of them: the dialog learns whom.
desk.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-remove-visitor]");
  if (!button) return;
  const dialog = document.getElementById("ask-remove-visitor");
  const form = dialog.querySelector("form");
  form.action = button.dataset.removeVisitor;
  form.setAttribute("hx-post", button.dataset.removeVisitor);
  window.htmx.process(form);
  dialog.querySelector("h2").textContent = text("removeThem", { name: button.dataset.alias });
  dialog.showModal();
});
