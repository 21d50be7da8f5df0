// Live numbers: every number of the page follows the reader's changes; its card says what it is and where it comes from.
"use strict";
const kscaleLive = (() => {
  const { isGiven, printed, judge, valueText, anew, unitOf } = kscaleArithmetic;
  const claimOf = Object.fromEntries(kscaleModel.claims.map((claim) => [claim.id, claim]));
  const here = document.currentScript.src;

  // A short way to make elements: make("a", {href: ...}, "text", child).
  function make(tag, facts = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(facts))
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    element.append(...children.filter((child) => child !== undefined && child !== ""));
    return element;
  }
  const setFormula = (element, mathml) => { element.innerHTML = mathml; return element; };
  // A message with the meaning of each ‹quantity› in it, and its name where the reader has typed that.
  const said = (message, named = false) => message.replace(/‹(\w+)›/g, (_, name) => {
    const meaning = known?.quantities[name].meaning;
    return !meaning ? name : named ? `${meaning} (${name})` : meaning;
  });

  // -- numbers ----------------------------------------------------------------------------------------

  // A picture that stands as printed has a caption that does.
  const stands = (element) => element.closest("figcaption")?.parentElement.querySelector("svg.kscale-live") === null;
  const numbers = [...document.querySelectorAll("[data-quantity]")].filter((element) => !stands(element));
  for (const element of numbers) element.kscaleBook = element.textContent;
  const claimLinks = [...document.querySelectorAll("a[data-claim]")];
  const rows = [...document.querySelectorAll("table.kscale-ledger tbody tr")];

  // The text of a number under the changes, or null where it is as printed.
  function textOf(element, value) {
    const { quantity, own } = element.dataset;
    if (!kscaleWhatIf.isChanged(quantity)) return null;
    if (own === undefined) return anew(element.kscaleBook, element.dataset, value, nounBehind(element));
    const [was, text] = [printed[quantity], value].map((number) => valueText(number, unitOf(quantity), 6));
    return was === text ? null : text;
  }

  const nounBehind = (element) => /^[\s\u00a0]+(\p{L}+)/u.exec(element.nextSibling?.data ?? "")?.[1];

  function mark(element, text) {
    const changed = text !== null, shown = text ?? element.kscaleBook;
    element.classList.toggle("kscale-changed", changed);
    if (element.textContent !== shown) element.textContent = shown;
    if (changed) element.dataset.was = element.kscaleBook; else delete element.dataset.was;
  }

  // Counts of verdicts stay as they are: the sentences around them are about the document, and no what-if changes that.
  function follow() {
    const { values } = kscaleWhatIf;
    for (const element of numbers) mark(element, textOf(element, values[element.dataset.quantity]));
    const flipped = new Map(kscaleArithmetic.flips(values).map(([claim, verdict]) => [claim.id, verdict]));
    for (const element of claimLinks) element.classList.toggle("kscale-flipped", flipped.has(element.dataset.claim));
    for (const row of rows) flipRow(row, flipped.get(row.id.replace(/^claim-/, "")));
    document.documentElement.classList.toggle("kscale-what-if-on", Object.keys(kscaleWhatIf.changes).length > 0);
    if (card && !card.hidden) fillCard(card.kscaleFor);
  }

  function flipRow(row, verdict) {
    const span = row.cells[3]?.querySelector(".kscale-verdict");
    if (!span) return;
    row.kscaleWord ??= span.textContent.trim();
    const shown = verdict ?? row.kscaleWord;
    if (span.textContent.trim() !== shown) {
      span.classList.remove(`kscale-${span.textContent.trim()}`);
      span.classList.add(`kscale-${shown}`);
      span.textContent = shown;
    }
    row.classList.toggle("kscale-flipped", verdict !== undefined);
    let note = row.querySelector(".kscale-flip-note");
    if (verdict === undefined) note?.remove();
    else if (!note) span.parentElement.after(make("p", { class: "kscale-flip-note" }, `was ${row.kscaleWord}`));
  }

  // -- facts, read when first needed -------------------------------------------------------------------

  let known = null, waiting = [];
  function facts(received) { known = received; waiting.forEach((then) => then()); waiting = []; }
  function withFacts(then) {
    if (known) { then(); return; }
    waiting.push(then);
    if (waiting.length > 1) return;
    document.head.append(make("script", { src: new URL("kscale-facts.js", here).href }));
    if (!document.querySelector('link[href*="math-font.css"]')) // a page without formulas of its own has not got their font
      document.head.append(make("link", { rel: "stylesheet", href: new URL("math-font.css", here).href }));
  }

  // What draws, which comes with the first that needs it.
  let isAsked = false;
  const wanting = [];
  function withDoubt(then) {
    if (typeof kscaleDoubt !== "undefined") { then(); return; }
    wanting.push(then);
    if (isAsked) return;
    isAsked = true;
    withFacts(() => document.head.append(make("script", { src: new URL("kscale-doubt.js", here).href, onload: () => wanting.forEach((one) => one()) })));
  }

  // An interval that follows the premises.
  function interval(name, tag = "p") {
    const element = make(tag, { class: "kscale-interval", "data-interval": name });
    withDoubt(() => kscaleDoubt.ask(kscaleDoubt.asker(element)));
    return element;
  }

  // -- the card ----------------------------------------------------------------------------------------

  const card = "popover" in HTMLElement.prototype
    ? make("div", { class: "kscale-card", popover: "manual", role: "group", hidden: true }) : null;
  let opening = 0, closing = 0;

  function nameOf(link) { return link.dataset.quantity ?? link.dataset.card; }

  function openCard(link) {
    clearTimeout(closing);
    if (!card || (card.kscaleFor === link && !card.hidden)) return;
    withFacts(() => {
      link.after(card); // so that Tab leads from the number into its card
      fillCard(link);
      card.hidden = false;
      card.showPopover();
      place(link);
    });
  }

  function closeCard() {
    if (!card || card.hidden) return;
    if (card.contains(document.activeElement)) card.kscaleFor.focus();
    card.hidePopover();
    card.hidden = true;
  }

  // The page scrolls by itself to what gets the focus: the card goes along, and closes only when its number is gone.
  function stayOrClose() {
    if (card.hidden) return;
    const at = card.kscaleFor.getBoundingClientRect();
    const isSeen = at.bottom > 0 && at.top < innerHeight;
    if (card.contains(document.activeElement) || (isSeen && document.activeElement === card.kscaleFor)) place(card.kscaleFor);
    else closeCard();
  }

  function place(link) {
    const [at, box, gap] = [link.getBoundingClientRect(), card.getBoundingClientRect(), 6];
    const left = Math.min(Math.max(8, at.left), innerWidth - box.width - 8);
    const below = at.bottom + gap + box.height <= innerHeight - 8 || at.top < box.height + gap + 8;
    card.style.left = `${left}px`;
    card.style.top = `${Math.max(8, below ? Math.min(at.bottom + gap, innerHeight - box.height - 8) : at.top - gap - box.height)}px`;
  }

  function fillCard(link) {
    card.kscaleFor = link;
    const claim = claimOf[link.dataset.claim];
    card.setAttribute("aria-label", claim ? "A claim of the document" : known.quantities[nameOf(link)].meaning);
    card.replaceChildren(...(claim ? claimParts(link, claim) : quantityParts(link, nameOf(link))));
  }

  function quantityParts(link, name) {
    const fact = known.quantities[name];
    const { values } = kscaleWhatIf;
    const value = make("p", { class: "kscale-card-value" }, valueText(values[name], unitOf(name), 6));
    if (kscaleWhatIf.isChanged(name))
      value.append(make("span", { class: "kscale-was" }, ` the book: ${valueText(printed[name], unitOf(name), 6)}`));
    const formula = setFormula(make("p", { class: "kscale-card-formula" }), fact.equation);
    const origin = fact.kind
      ? make("p", {}, `${fact.kind[0].toUpperCase()}${fact.kind.slice(1)}: ${fact.source}`)
      : make("p", { class: "kscale-inputs" }, ...fact.inputs.map((input) =>
        make("span", {}, `${known.quantities[input].meaning}: ${valueText(values[input], unitOf(input), 4)}`)));
    return [make("p", { class: "kscale-card-meaning" }, fact.meaning), formula, value, interval(name), origin,
      ...claimsOn(name), steps(link, name)];
  }

  const claimsOn = (name) => kscaleModel.claims.filter((claim) => claim.quantity === name).slice(0, 3).map((claim) => {
    const verdict = judge(claim, kscaleWhatIf.values[name]);
    const flip = verdict === claim.was ? "" : ` (was ${claim.was})`;
    return make("p", { class: "kscale-card-claim" }, `${known.claims[claim.id].document} prints ${known.claims[claim.id].printed}: `,
      make("span", { class: `kscale-verdict kscale-${verdict}` }, verdict), flip);
  });

  function claimParts(link, claim) {
    const fact = known.claims[claim.id];
    const verdict = judge(claim, kscaleWhatIf.values[claim.quantity]);
    const parts = [make("p", { class: "kscale-card-meaning" }, fact.statement),
      make("p", { class: "kscale-card-value" }, `printed ${fact.printed}`)];
    if (claim.quantity)
      parts.push(make("p", {}, `derived ${valueText(kscaleWhatIf.values[claim.quantity], unitOf(claim.quantity), 5)}`), interval(claim.quantity));
    parts.push(make("p", {}, make("span", { class: `kscale-verdict kscale-${verdict}` }, verdict),
      verdict === claim.was ? (fact.note ? `: ${fact.note}` : "") : ` (was ${claim.was})`));
    parts.push(make("p", {}, "against the world ",
      make("span", { class: `kscale-verdict kscale-${fact.physics.replace("/", "")}` }, fact.physics)));
    return [...parts, steps(link, claim.quantity)];
  }

  function steps(link, name) {
    const entry = link.getAttribute("href") ? make("a", { href: link.getAttribute("href") }, "derivation and sources") : "";
    const change = name && make("button", { type: "button", onclick: () => { closeCard(); kscalePanel.open(name); } },
      isGiven(name) ? "change it" : "what is behind it");
    const hint = link.matches(".kscale-drag") && make("span", { class: "kscale-was" }, "drag it, or ← →");
    return make("p", { class: "kscale-card-steps" }, entry, change || "", hint || "");
  }

  function listen() {
    if (!card) return;
    document.body.append(card);
    const linkAt = (event) => event.target.closest?.("a.kscale:not([data-count])");
    let touched = false;
    document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch") return;
      const link = linkAt(event);
      if (link) { clearTimeout(closing); clearTimeout(opening); opening = setTimeout(() => openCard(link), 150); }
      else if (card.contains(event.target)) clearTimeout(closing);
      else { clearTimeout(opening); clearTimeout(closing); closing = setTimeout(closeCard, 250); }
    });
    document.addEventListener("focusin", (event) => {
      if (linkAt(event) && !touched) openCard(linkAt(event));
      else if (!card.contains(event.target) && !card.hidden && event.target !== card.kscaleFor) closeCard();
    });
    // the first touch opens the card, which holds the link; a second follows it
    document.addEventListener("click", (event) => {
      const link = linkAt(event);
      if (link && touched && (card.hidden || card.kscaleFor !== link)) { event.preventDefault(); openCard(link); }
      else if (!link && !card.contains(event.target)) closeCard();
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeCard(); });
    addEventListener("scroll", stayOrClose, { passive: true });
    numbers.concat(claimLinks).forEach((link) => { if (link.title) { link.removeAttribute("title"); } });
  }

  // On paper it is day.
  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; });
  addEventListener("afterprint", () => { root.dataset.theme = theme; });

  return { make, setFormula, said, facts, withFacts, withDoubt, interval, listen, follow, get known() { return known; }, numbers, closeCard };
})();
