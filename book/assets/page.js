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

/* A formula that scrolls inside itself can be reached, and scrolled, by keyboard. */
const reachWideFormulas = () => {
  const holders = [...document.querySelectorAll(".math")];
  const areWide = holders.map((holder) => holder.clientWidth && holder.scrollWidth > holder.clientWidth);
  holders.forEach((holder, i) => { if (areWide[i]) holder.tabIndex = 0; else holder.removeAttribute("tabindex"); });
};
document.fonts.ready.then(reachWideFormulas);
document.fonts.addEventListener("loadingdone", reachWideFormulas);
addEventListener("resize", reachWideFormulas);

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
