// Puts the page together.
document.querySelector(".theme").append(
  choice("Colours", [["auto", "Auto"], ["light", "Light"], ["dark", "Dark"]], storedTheme(), setTheme));
setTheme(storedTheme());

if (navigator.clipboard) {
  for (const box of document.querySelectorAll(".command")) {
    const copy = button("Copy", "Copy the command", async () => {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      copy.textContent = "Copied";
    });
    box.append(copy);
  }
}

const sections = [
  ["space", "Design space", space && (node => new Space(node))],
  ["comparison", "Comparison", (page.designs.length + page.baselines.length > 1 || space)
    && (node => new Comparison(node))],
  ["design", page.designs.length > 1 ? "Designs" : "Design", page.designs.length > 0
    && (node => new Design(node))],
];
const inputs = document.getElementById("inputs");
const links = document.querySelector("nav");
for (const [id, title, fillIn] of sections) {
  if (!fillIn) continue;
  const body = h("div");
  inputs.before(h("section", { id, "aria-labelledby": `${id}-heading` },
    h("h2", { id: `${id}-heading` }, title), body));
  links.querySelector("[href='#inputs']").before(h("a", { href: `#${id}` }, title));
  fillIn(body);
}

document.querySelector(".downloads").append(
  button("Report as JSON", "Everything on this page as JSON", () =>
    download(`${fileName(page.title)}.json`, "application/json", JSON.stringify(page, null, 2))));
// Figures ask to be drawn once they are in the page, in microtasks that were made before this one.
queueMicrotask(async () => {
  await drawings;
  document.documentElement.dataset.ready = "true";
});
