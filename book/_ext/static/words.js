// Words that follow a premise: a finding that no longer holds is struck, and says what is so instead; any other text
// whose numbers moved carries a bar in the margin, since its words are about the documents as printed.
"use strict";
(() => {
  const { make } = kscaleLive, { valueText, flips } = kscaleArithmetic;
  const sentences = [...document.querySelectorAll("[data-finding]")];
  const conditions = {}; // of each finding on the page, told by its own script
  const BLOCKS = "p, li, figcaption, dd, blockquote, td", AS_PRINTED = "These words are about the documents as printed.";
  // [block, its numbers]: of the prose alone. A finding's condition judges its own words, unless they hold a number against
  // one printed; and words beside it are about what it says.
  const texts = new Map();
  const textOf = (nodes) => [...nodes].map((node) => node.textContent).join("").trim();
  const isJudged = (block) => {
    const own = [...block.querySelectorAll(".kscale-finding")];
    return own.length > 0 && textOf([block]) === textOf(own) && !own.some((sentence) => sentence.querySelector("[data-claim]"));
  };
  for (const number of document.querySelectorAll(".bd-article [data-quantity]")) {
    const block = number.closest(BLOCKS);
    if (!block || number.closest(".cell_output, .kscale-explorer, .kscale-ledger, .kscale-quantities") || isJudged(block)) continue;
    if (block.matches("td") && textOf([block]) === textOf([number])) continue; // a number without words
    texts.set(block, [...(texts.get(block) ?? []), number.dataset.quantity]);
  }

  // What the world says of a claim was judged by a quantity that may move.
  const worlds = new Map(kscaleModel.claims.map(({ id, world }) => [id, world]));
  for (const { id, world, quantity } of kscaleModel.claims) { // and the odds were drawn from the premises as printed
    const odds = document.getElementById(`claim-${id}`)?.querySelector("td:has(> .kscale-odds)");
    if (odds) texts.set(odds, [quantity, world].filter(Boolean));
  }
  for (const row of document.querySelectorAll('tr[id^="claim-"], .cell_output tr:has(a[data-verdict])')) {
    const world = worlds.get(row.id.replace(/^claim-/, "") || row.querySelector("a[data-verdict]").dataset.verdict);
    if (world) texts.set([...row.cells].at(-1), world.split(" "));
  }

  // Counts of verdicts are the documents' as printed: a table of them says so in its head.
  const counted = new Set([...document.querySelectorAll("[data-count], .kscale-counts th:first-child")].map((count) => count.closest(`th, ${BLOCKS}`)));
  for (const block of counted) if (!texts.has(block)) texts.set(block, []);

  // A caption says what its picture shows: as printed, too, once that has moved.
  const captions = new Map();
  for (const picture of document.querySelectorAll("svg.kscale-live")) {
    const caption = picture.closest("figure")?.querySelector("figcaption p");
    if (caption) captions.set(caption, picture);
    if (caption && !texts.has(caption)) texts.set(caption, []);
  }

  // What is so instead of the first comparison that these values break; nothing where they keep all.
  function told(name, values) {
    for (const [left, right, holds, unit, compared] of conditions[name] ?? []) {
      const [now, bound] = [left(values), right(values)];
      if (holds(now, bound)) continue;
      const place = now < bound ? "below" : now > bound ? "above" : "just";
      return `${valueText(now, unit)}, ${place} ${valueText(bound, unit)} (${compared})`;
    }
    return "";
  }

  function strike(element, text) {
    const isStruck = text !== "";
    if (text === element.kscaleTold) return; // what is set anew is laid out anew
    element.kscaleTold = text;
    element.classList.toggle("kscale-struck", isStruck);
    element.querySelector(".kscale-struck-word")?.remove();
    if (element.nextElementSibling?.matches(".kscale-no-longer")) element.nextElementSibling.remove();
    if (!isStruck) return;
    element.prepend(make("span", { class: "kscale-struck-word" }, "Struck: "));
    element.after(make("span", { class: "kscale-no-longer" }, ` No longer: ${text}.`));
  }

  function mark(block, isMoved) {
    block.classList.toggle("kscale-as-printed", isMoved);
    const bar = block.querySelector(":scope > .kscale-bar-mark");
    if (!isMoved) bar?.remove();
    else if (!bar) block.prepend(make("button", { type: "button", class: "kscale-bar-mark", "aria-label": AS_PRINTED, "data-words": AS_PRINTED }));
  }

  function follow() {
    const { values, isChanged } = kscaleWhatIf, hasFlips = flips(values).length > 0;
    for (const element of sentences) strike(element, told(element.dataset.finding, values));
    for (const [block, names] of texts) mark(block, names.some(isChanged) || (hasFlips && counted.has(block)) || captions.get(block)?.classList.contains("kscale-moved") === true);
  }

  let drawn = 0; // many changes between two frames are shown once
  kscaleWhatIf.listen(() => { cancelAnimationFrame(drawn); drawn = requestAnimationFrame(follow); });
  function findings(known) {
    Object.assign(conditions, known);
    if (Object.keys(kscaleWhatIf.changes).length) follow();
  }

  globalThis.kscaleWords = { told, findings };
})();
