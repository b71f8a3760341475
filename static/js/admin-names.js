// Fields that the stock admin leaves without a name for those who hear the page get one from the words beside them.

const words = (element) => element?.textContent.trim().replace(/\s+/g, " ").replace(/:$/, "") ?? "";
const row = (field) => field.closest(".form-row, .flex-container, .fieldBox")?.querySelector("label, legend, .label");

function named(field) {
  return field.labels?.length > 0 || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby");
}

// Two boxes for one moment: "Date" and "Time" stand before them as bare text.
function moments() {
  for (const field of document.querySelectorAll("p.datetime input")) {
    if (named(field)) continue;
    const before = field.previousSibling?.nodeType === Node.TEXT_NODE ? words(field.previousSibling) : "";
    field.setAttribute("aria-label", [words(row(field)), before].filter(Boolean).join(", "));
  }
}

// In a table of rows the name of a field is the head of its column.
function columns() {
  for (const field of document.querySelectorAll(".tabular td :is(input, select, textarea):not([type=hidden])")) {
    if (named(field)) continue;
    const cell = field.closest("td");
    const head = cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
    field.setAttribute("aria-label", words(head));
  }
  for (const field of document.querySelectorAll("#result_list :is(input, select, textarea):not([type=hidden])")) {
    if (!named(field)) field.setAttribute("aria-label", words(field.closest("table").tHead.rows[0].cells[field.closest("td, th").cellIndex]));
  }
}

// Several boxes to tick are one question: those who hear the page hear it before the first of them.
function groups() {
  for (const group of document.querySelectorAll(".form-row div[id^=id_]:not([role]):has(> div > label > input)")) {
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words(row(group)));
  }
}

function tooltips() {
  for (const sign of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) sign.setAttribute("role", "img");
}

// The search box that replaces a select is named like the select.
function searches() {
  for (const box of document.querySelectorAll(".select2-container:not([data-named])")) {
    const select = box.previousElementSibling;
    if (!(select instanceof HTMLSelectElement)) continue;
    box.dataset.named = "yes";
    const name = words(select.labels[0] ?? row(select)) || select.getAttribute("aria-label") || select.name;
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", name);
    }
  }
}

let asked = 0;
function mend() {
  asked = 0;
  moments();
  columns();
  groups();
  tooltips();
  searches();
}

mend();
new MutationObserver(() => { asked ||= requestAnimationFrame(mend); }).observe(document.body, { childList: true, subtree: true });
