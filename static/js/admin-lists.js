// Lists of the admin: on a phone each row is a card, whose words say which column they are of; open filters are put away.

for (const table of document.querySelectorAll("#result_list, .inline-group .tabular table, .cards-on-phones")) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => (head.querySelector(".text") ?? head).textContent.trim());
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      [...row.cells].forEach((cell, at) => { if (heads[at] && !cell.matches(".action-checkbox")) cell.dataset.label = heads[at]; });
    }
  }
}

const open = () => document.querySelectorAll(".filters details[open]");

document.addEventListener("click", (event) => {
  for (const one of open()) if (!one.contains(event.target)) one.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const one of open()) {
    one.open = false;
    one.querySelector("summary").focus();
  }
});
