// The button that prints the page.
document.querySelector("[data-prints]")?.addEventListener("click", () => print());
