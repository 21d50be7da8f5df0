// The what-if panel: any given moved by a slider or typed, presets, what flips, and an address to share.
"use strict";
const kscalePanel = (() => {
  const { isGiven, printed, valueText, readValue, scale, unitOf, names, flips } = kscaleArithmetic;
  const { make, setFormula, said, withFacts, numbers } = kscaleLive;
  const root = new URL("../", new URL(document.currentScript.src)).href;
  const MOST_FORESEEN = 4;
  let panel = null, chosen = [], summary, outlook, list, told, opener;
  const knobs = {}; // by name, made when first shown

  const button = make("button", { type: "button", id: "kscale-what-if", class: "kscale-what-if-button", "aria-expanded": "false",
    onclick: () => (panel?.open ? close() : open()) }, "What if?");
  const notice = make("div", { class: "kscale-notice", role: "alert", hidden: true });

  function open(name) {
    opener = document.activeElement;
    withFacts(() => {
      if (!panel) build();
      if (name) choose(isGiven(name) ? [name] : giversOf([name]).slice(0, 6));
      if (!panel.open) panel.show();
      button.setAttribute("aria-expanded", "true");
      draw();
      showNotice();
      (name && isGiven(name) ? list.querySelector(`[data-name="${name}"] input`) : panel.querySelector("select"))?.focus();
    });
  }

  function close() {
    panel.close();
    button.setAttribute("aria-expanded", "false");
    showNotice();
    (opener?.isConnected && opener !== document.body ? opener : button).focus();
  }

  // The claims that the page speaks of.
  const claimed = () => [...document.querySelectorAll("article a[data-claim]")]
    .flatMap((link) => kscaleModel.claims.find(({ id }) => id === link.dataset.claim) ?? []);

  // The givens behind some quantities: what is assumed before what was measured, then what the page itself names, and
  // those that most of the page rests on first.
  function giversOf(wanted) {
    const { known } = kscaleLive, count = {};
    for (const name of wanted) {
      const seen = new Set(), visit = (inner) => {
        if (seen.has(inner)) return;
        seen.add(inner);
        (known.quantities[inner].inputs || []).forEach(visit);
      };
      visit(name);
      for (const inner of seen) if (isGiven(inner)) count[inner] = (count[inner] || 0) + 1;
    }
    const rank = (name) => ({ premise: 0, recovered: 0, estimate: 2, measured: 3, fiction: 4, chosen: 5, definition: 6 })[known.quantities[name].kind];
    const isNamed = (name) => wanted.includes(name);
    return Object.keys(count).sort((a, b) => rank(a) - rank(b) || isNamed(b) - isNamed(a) || count[b] - count[a]);
  }

  const choose = (some) => { chosen = [...new Set([...some, ...chosen])].slice(0, 12); };

  // The presets as a choice that shows which of them is in force.
  function choice() {
    const select = make("select", { onchange: () => (select.value ? kscaleWhatIf.preset(select.value) : kscaleWhatIf.resetAll()) },
      new Option("the documents as printed", ""),
      ...Object.entries(kscaleModel.presets).map(([name, preset]) => new Option(preset.title, name)),
      make("option", { value: "own", hidden: true }, "your own changes"));
    const show = () => { select.value = kscaleWhatIf.presetInForce(); };
    kscaleWhatIf.listen(show);
    show();
    return make("label", {}, "Begin with ", select);
  }

  function build() {
    told = make("div");
    summary = make("div", { class: "kscale-summary", "aria-live": "polite" });
    outlook = make("ul", { class: "kscale-outlook" });
    list = make("ul", { class: "kscale-knobs" });
    panel = make("dialog", { class: "kscale-panel", "aria-labelledby": "kscale-panel-title",
      onkeydown: (event) => { if (event.key === "Escape") close(); } },
    make("div", { class: "kscale-panel-head" }, make("h2", { id: "kscale-panel-title" }, "What if?"),
      make("button", { type: "button", class: "kscale-close", "aria-label": "Close", onclick: close }, "×")),
    told, choice(), list, kscaleFinder.field((name) => { choose([name]); draw(); list.querySelector(`[data-name="${name}"] input`).focus(); }), summary, outlook,
    make("p", { class: "kscale-card-steps" }, kscaleBanner.copyButton(),
      make("button", { type: "button", onclick: () => kscaleWhatIf.resetAll() }, "reset all"),
      make("a", { href: `${root}book/explorer.html` }, "explorer")));
    button.after(panel);
    const onPage = [...new Set(numbers.map((element) => element.dataset.quantity).concat(claimed().map(({ quantity }) => quantity ?? [])).flat())];
    choose(onPage.length ? giversOf(onPage).slice(0, 6) : ["K1_power", "computing_share", "training_time"].filter((n) => n in printed));
  }

  function knob(name) {
    const { place, valueAt, steps } = scale(name);
    const fact = kscaleLive.known.quantities[name];
    const [, , , low, high] = kscaleModel.quantities[name];
    const slider = make("input", { type: "range", min: 0, max: steps, step: 1, "aria-label": fact.meaning,
      oninput: () => kscaleWhatIf.set(name, valueAt(Number(slider.value))) });
    const field = make("input", { type: "text", inputmode: "text", spellcheck: "false", autocomplete: "off",
      "aria-label": `${fact.meaning}, value`, onchange: () => {
        try { kscaleWhatIf.set(name, readValue(field.value, name, unitOf(name))); }
        catch (error) { kscaleWhatIf.refuse(error.message); }
      } });
    const reset = make("button", { type: "button", onclick: () => kscaleWhatIf.reset(name), "aria-label": `Reset ${fact.meaning}` }, "reset");
    const note = make("p", { class: "kscale-knob-note" });
    const item = make("li", { "data-name": name }, make("p", { class: "kscale-knob-name" }, setFormula(make("span"), fact.symbol), ` ${fact.meaning}`),
      make("div", { class: "kscale-knob" }, slider, field, reset), note);
    item.kscaleShow = () => {
      const value = kscaleWhatIf.values[name];
      slider.value = place(value);
      slider.setAttribute("aria-valuetext", valueText(value, unitOf(name)));
      if (document.activeElement !== field || !kscaleWhatIf.trouble) field.value = valueText(value, unitOf(name), 6);
      field.size = Math.max(9, field.value.length + 1);
      const own = name in kscaleWhatIf.changes;
      reset.hidden = !own;
      item.classList.toggle("kscale-moved", own);
      const outside = isGiven(name) && (value < low || value > high) && reachIsSourced(name);
      const end = (x) => valueText(x, unitOf(name));
      note.textContent = [own ? `the book: ${valueText(printed[name], unitOf(name), 6)}` : "",
        !isGiven(name) ? "derived: changing it cuts it from what it rests on" : "",
        fact.kind === "definition" ? "exact by definition" : "",
        reachIsSourced(name) ? `sources: ${end(low)} to ${end(high)}${outside ? ", and this is outside" : ""}` : ""].filter(Boolean).join("; ");
    };
    return item;
  }

  const reachIsSourced = (name) => { const [, , , low, high] = kscaleModel.quantities[name]; return isGiven(name) && low < high; };

  function draw() {
    if (!panel?.open) return;
    choose(Object.keys(kscaleWhatIf.changes).filter((name) => !chosen.includes(name)));
    const wanted = chosen.map((name) => knobs[name] ??= knob(name));
    if (wanted.length !== list.children.length || wanted.some((item, i) => item !== list.children[i])) list.replaceChildren(...wanted);
    wanted.forEach((item) => item.kscaleShow());
    const unfolded = summary.querySelector("details")?.open;
    told.replaceChildren(...arrivalParts());
    foresee();
    summary.replaceChildren(...summaryParts());
    summary.querySelector("details")?.toggleAttribute("open", Boolean(unfolded));
  }

  // What the page's claims come to, elsewhere all claims: what is in doubt, and first what a claim or finding is judged by.
  function foresee() {
    const doubt = (name) => kscaleLive.known.quantities[name].doubt ?? 0;
    const results = (claims, others) => [...new Set(claims.flatMap(({ quantity, world }) => [quantity, ...(world || "").split(" ")]).concat(others))]
      .filter((name) => name in printed && !isGiven(name)).sort((one, other) => doubt(other) - doubt(one));
    const onPage = results(claimed(), numbers.map((element) => element.dataset.quantity));
    const all = onPage.length ? onPage : results(kscaleModel.claims, []);
    const shown = all.filter((name) => doubt(name) || !doubt(all[0])).slice(0, MOST_FORESEEN);
    if (!outlook.children.length) outlook.append(...shown.map((name) =>
      make("li", { "data-outcome": name }, `${kscaleLive.known.quantities[name].meaning}: `, make("strong"), kscaleLive.interval(name))));
    for (const item of outlook.children) item.querySelector("strong").textContent = valueText(kscaleWhatIf.values[item.dataset.outcome], unitOf(item.dataset.outcome));
  }

  // What is to be told of the address, beside the button; with the panel open it stands there.
  function showNotice() {
    if (!kscaleWhatIf.arrival.length || panel?.open) { notice.hidden = true; notice.replaceChildren(); return; }
    withFacts(() => {
      if (!notice.hidden && notice.kscaleTold === kscaleWhatIf.arrival.join()) return; // or it would be read out again
      notice.kscaleTold = kscaleWhatIf.arrival.join();
      notice.hidden = false;
      notice.replaceChildren(...arrivalParts());
    });
  }

  function arrivalParts() {
    const { arrival } = kscaleWhatIf;
    if (!arrival.length) return [];
    return [...arrival.map((message) => make("p", { class: "kscale-trouble" }, said(message, true))),
      make("p", { class: "kscale-card-steps" },
        make("button", { type: "button", onclick: () => kscaleWhatIf.understood() }, "close this notice"))];
  }

  function summaryParts() {
    if (kscaleWhatIf.trouble) return [make("p", { class: "kscale-trouble", role: "alert" }, said(kscaleWhatIf.trouble))];
    const { values, isChanged, changes } = kscaleWhatIf;
    if (!Object.keys(changes).length) return [make("p", {}, "Move a premise: every number on this page, and on the pages you go to, follows.")];
    const moved = names.filter(isChanged).length;
    const onPage = new Set(numbers.filter((e) => isChanged(e.dataset.quantity)).map((e) => e.dataset.quantity)).size;
    const flipped = flips(values);
    return [
      ...kscaleBanner.overrunParts(),
      make("p", {}, `${moved} of ${names.length} quantities moved, ${onPage} of them on this page. ${flipped.length} ${flipped.length === 1 ? "verdict flips" : "verdicts flip"}.`),
      ...(flipped.length ? [make("details", {}, make("summary", {}, "which"), make("ul", {}, ...flipped.map(([claim, verdict]) =>
        make("li", {}, make("a", { href: `${root}book/ledger.html#claim-${claim.id}` }, kscaleLive.known.claims[claim.id].statement),
          `, printed ${kscaleLive.known.claims[claim.id].printed}: ${claim.was} → ${verdict}`))))] : []),
      make("p", { class: "kscale-knob-note" }, "Figures and tables that need Python stay as printed, and say so."),
    ];
  }

  function show() {
    const count = Object.keys(kscaleWhatIf.changes).length;
    button.textContent = count ? `What if? ${count} ${count === 1 ? "change" : "changes"}` : "What if?";
    button.classList.toggle("kscale-on", count > 0);
    draw();
    showNotice();
  }

  function begin() {
    document.body.append(notice, button);
    // beside the theme's own way past the menus, since the button is the last stop of all
    document.getElementById("pst-skip-link")?.append(make("a", { href: "#kscale-what-if", class: "kscale-skip",
      onclick: (event) => { event.preventDefault(); open(); } }, "Change a premise"));
    let drawn = 0; // many changes between two frames are shown once
    kscaleWhatIf.listen(() => { cancelAnimationFrame(drawn); drawn = requestAnimationFrame(() => { kscaleLive.follow(); show(); }); });
    kscaleLive.listen();
    kscaleBanner.begin();
    kscaleWhatIf.begin();
  }

  return { open, close, begin, knob, choice };
})();
kscalePanel.begin();
