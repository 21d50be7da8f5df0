// One switch for all folded code of a page: off, the folds are not there; on, they are all open, on the next page too.
"use strict";
(() => {
  const folds = [...document.querySelectorAll("details.hide")];
  const room = document.querySelector(".article-header-buttons");
  const NAME = "kscale-code";
  const stored = (what) => { try { return what(sessionStorage); } catch { return null; } }; // some browsers refuse it on the disk
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm kscale-code-switch";
  button.textContent = "Show code";
  function show(on) {
    button.setAttribute("aria-pressed", on);
    document.documentElement.classList.toggle("kscale-code", on);
    for (const fold of folds) fold.open = on;
  }
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    stored((store) => store.setItem(NAME, on ? "on" : "off"));
    show(on);
  });
  show(stored((store) => store.getItem(NAME)) === "on");
  room.prepend(button);
})();
