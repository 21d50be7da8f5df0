/* What every page does: print from its menu, copy formulas as LaTeX, and search without asking for what a page read
   from the disk may not open. */
for (const button of document.querySelectorAll("[data-kscale-print]")) button.addEventListener("click", () => window.print());

document.addEventListener("copy", (event) => {
  const selection = window.getSelection();
  if (selection.isCollapsed || !event.clipboardData) return;
  const whole = document.createElement("div");
  for (let i = 0; i < selection.rangeCount; i++) whole.append(selection.getRangeAt(i).cloneContents());
  if (!whole.querySelector("math annotation")) return;
  event.clipboardData.setData("text/html", whole.innerHTML);
  for (const formula of whole.querySelectorAll("math")) {
    const source = formula.querySelector("annotation");
    const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
    if (source) formula.replaceWith(mark + source.textContent.trim() + mark);
  }
  whole.style.cssText = "position: fixed; left: -200vw; width: 100vw"; // laid out, so that lines and cells stay apart
  document.body.append(whole);
  event.clipboardData.setData("text/plain", whole.innerText);
  whole.remove();
  event.preventDefault();
});

/* What scrolls inside itself can be reached, and scrolled, by keyboard, and fades where it goes on. */
const BOXES = ".math, .kscale-picture, .kscale-flow-room, .pst-scrollable-table-container";
const showItGoesOn = (box) => box.classList.toggle("kscale-goes-on", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
const reachWideBoxes = () => {
  const boxes = [...document.querySelectorAll(BOXES)];
  const areWide = boxes.map((box) => box.clientWidth && box.scrollWidth > box.clientWidth);
  boxes.forEach((box, i) => {
    if (areWide[i]) box.tabIndex = 0; else box.removeAttribute("tabindex");
    if (areWide[i] || box.classList.contains("kscale-goes-on")) showItGoesOn(box);
  });
};
document.addEventListener("scroll", ({ target }) => { if (target.matches?.(BOXES)) showItGoesOn(target); }, { capture: true, passive: true });
const sizes = new ResizeObserver(() => requestAnimationFrame(reachWideBoxes)); // of the window, of letters that come late
for (const box of document.querySelectorAll(BOXES)) for (const part of [box, ...box.children]) sizes.observe(part);

if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

/* What was searched for is marked on the page that a result leads to, and on no other; and the marks can be hidden. */
if (document.getElementById("search-results")) {
  let isFollowed = false;
  document.addEventListener("click", (event) => { isFollowed ||= Boolean(event.target.closest("#search-results a")); });
  addEventListener("pagehide", () => { if (!isFollowed) localStorage.removeItem("sphinx_highlight_terms"); });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest(".highlight-link a")) return;
  event.preventDefault(); // its address is a script, which the page's policy refuses
  SphinxHighlight.hideSearchWords();
});
