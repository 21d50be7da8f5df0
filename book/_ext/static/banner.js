// A changed book says so, on every page and on paper: what was changed, from what to what, each to be undone, and a link.
"use strict";
const kscaleBanner = (() => {
  const { printed, valueText, figureText, unitOf, overruns } = kscaleArithmetic;
  const { make, said, withFacts } = kscaleLive;
  const banner = make("section", { class: "kscale-banner", lang: "en", "aria-label": "What is changed", hidden: true });
  let shown = "";

  // What the parts of a whole add to, where that is not the whole.
  const overrunParts = () => overruns(kscaleWhatIf.values).map(([whole, share, parts]) => make("p", { class: "kscale-trouble" },
    said(`${parts} add to ${figureText(100 * share, 3)}% of ‹${whole}›${share > 1 ? ": no machine can be so" : ", and the rest has no use"}`)));

  function copyButton() {
    const button = make("button", { type: "button", onclick: async () => {
      try { await navigator.clipboard.writeText(kscaleWhatIf.address()); button.textContent = "copied"; }
      catch { prompt("The address with your changes:", kscaleWhatIf.address()); }
      setTimeout(() => { button.textContent = "copy link"; }, 2000);
    } }, "copy link");
    return button;
  }

  function change(name) {
    const { meaning } = kscaleLive.known.quantities[name], text = (value) => valueText(value, unitOf(name), 6);
    return make("li", {}, `${meaning}: `, make("b", {}, text(kscaleWhatIf.values[name])), `, not ${text(printed[name])} `,
      make("button", { type: "button", "aria-label": `Undo ${meaning}`, onclick: () => kscaleWhatIf.reset(name) }, "undo"));
  }

  function parts(changed) {
    const title = kscaleModel.presets[kscaleWhatIf.presetInForce()]?.title;
    const list = make("ul", {}, ...changed.map(change));
    return [
      make("p", { class: "kscale-banner-title" }, title ? `This book is changed to “${title}”:` : "This book is changed:"),
      changed.length > 3 ? make("details", {}, make("summary", {}, `${changed.length} changes`), list) : list,
      ...overrunParts(),
      kscaleWhatIf.trouble ? make("p", { class: "kscale-trouble" }, said(kscaleWhatIf.trouble)) : "",
      make("p", { class: "kscale-card-steps" },
        make("button", { type: "button", onclick: () => kscaleWhatIf.resetAll() }, "undo all"), copyButton()),
      make("p", { class: "kscale-on-paper" }, `Printed with ${kscaleWhatIf.stated()}.`),
    ].filter(Boolean);
  }

  function show() {
    const changed = Object.keys(kscaleWhatIf.changes), now = kscaleWhatIf.stated() + kscaleWhatIf.trouble;
    if (now === shown || document.documentElement.classList.contains("kscale-dragging")) return;
    withFacts(() => {
      const hadFocus = banner.contains(document.activeElement), unfolded = banner.querySelector("details")?.open;
      shown = now;
      banner.hidden = !now;
      banner.replaceChildren(...(now ? parts(changed) : []));
      banner.querySelector("details")?.toggleAttribute("open", Boolean(unfolded));
      if (hadFocus) (banner.querySelector("button") ?? document.getElementById("kscale-what-if")).focus();
    });
  }

  function begin() {
    (document.querySelector(".bd-article") ?? document.querySelector("main"))?.prepend(banner);
    kscaleWhatIf.listen(show);
  }

  return { begin, show, copyButton, overrunParts };
})();
