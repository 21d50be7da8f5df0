// The explorer: bars of power and memory that magnify each other, what moves what, and the reader's machine beside the book's.
"use strict";
(() => {
  const root = document.querySelector(".kscale-explorer");
  if (!root) return;
  const { bars, chain, results, knobs, sizes } = JSON.parse(root.dataset.explorer);
  const { evaluate, elasticities, overruns, printed, shortText, figureText, unitOf } = kscaleArithmetic;
  const { make, said, withFacts } = kscaleLive;
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (tag, facts, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(facts)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const finite = (x) => (Number.isFinite(x) ? Math.max(x, 0) : 0);

  // -- the picture, as book/_ext/live/flow.py draws it at rest --------------------------------------------

  const { width, height, top, bar: BAR, step: STEP, tall: TALL, label: LABEL, rest: REST, decade: DECADE, least: LEAST } = sizes;
  const FOOT = top + TALL; // on which all bars stand
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "kscale-flow" });
  const title = picture.appendChild(draw("title", {}));
  const ink = picture.appendChild(draw("g", {}));
  const broken = make("div", { role: "status" }); // what the bars show and cannot be

  // Labels beside their slices, each with room for two lines, none beyond the bar's ends.
  function spread(middles) {
    const [room, least, most] = [38, top + 12, FOOT - 14];
    const down = [];
    for (const middle of middles) down.push(Math.max(middle, least, (down.at(-1) ?? -Infinity) + room));
    let limit = most;
    return down.reverse().map((at) => { const kept = Math.min(at, limit); limit = kept - room; return kept; }).reverse();
  }

  // What the parts of a bar add to, in parts of its whole; 1 but for rounding where they are all of it.
  const filled = (bar) => overruns(kscaleWhatIf.values).find(([whole, , parts]) => whole === bar.whole && parts === "the parts")?.[1] ?? 1;
  const addsTo = (share) => `the parts add to ${figureText(100 * share, 3)}%`;

  // How tall a bar is: as the book draws it, and so much more or less for each factor of ten, on one scale for all bars.
  function tallness(name) {
    const decades = Math.log10(kscaleWhatIf.values[name] / printed[name]);
    return Number.isNaN(decades) ? REST : Math.min(Math.max(REST + DECADE * decades, LEAST), TALL);
  }

  function drawBar(bar, number) {
    const { values } = kscaleWhatIf;
    const text = (name) => shortText(values[name], unitOf(name));
    const x = 20 + number * STEP, share = filled(bar), all = tallness(bar.whole);
    const perUnit = all / Math.max(share, 1) / (values[bar.whole] || 1); // an overrun is drawn too, so that the bar shrinks
    const parts = [draw("text", { x, y: top - 30, class: "kscale-flow-title" }, bar.title),
      draw("text", { x, y: top - 14, class: "kscale-flow-text" }, text(bar.whole))];
    if (Math.abs(all - REST) > 0.5)
      parts.push(draw("path", { class: "kscale-flow-book", d: `M${x - 10} ${FOOT - REST} L${x + BAR + 6} ${FOOT - REST}` }),
        draw("text", { x, y: FOOT + 18, class: "kscale-flow-text" }, `${figureText(values[bar.whole] / printed[bar.whole], 3)} times the book’s`));
    let y = FOOT - all;
    const middles = bar.slices.map(([name, , colour], slice) => {
      const tall = Math.min(finite(values[name]) * perUnit, all);
      parts.push(draw("rect", { x, y, width: BAR, height: Math.max(tall, 1), fill: colour, class: `kscale-slice kscale-slice-${number}-${slice}` }));
      if (bar.leads === slice) // the slice, magnified into the next bar
        parts.push(draw("path", { class: "kscale-fan",
          d: `M${x + BAR} ${y} L${x + STEP} ${FOOT - tallness(bars[number + 1].whole)} L${x + STEP} ${FOOT} L${x + BAR} ${y + tall} Z` }));
      y += tall;
      return y - tall / 2;
    });
    if (share !== 1) parts.push(...mismatch(share, x, all));
    spread(middles).forEach((at, slice) => {
      const [name, label] = bar.slices[slice];
      parts.push(draw("path", { class: "kscale-flow-lead", d: `M${x + BAR} ${middles[slice]} L${x + LABEL - 4} ${at - 6}` }),
        draw("text", { x: x + LABEL, y: at - 2, class: "kscale-flow-label" }, label),
        draw("text", { x: x + LABEL, y: at + 14, class: "kscale-flow-text" },
          `${text(name)} (${figureText(100 * values[name] / values[bar.whole], 2)}%)`));
    });
    return parts;
  }

  // The whole as an outline, what the parts have beyond it, and how much that is.
  function mismatch(share, x, all) {
    const whole = all / Math.max(share, 1), y = FOOT - all;
    const outline = draw("rect", { x: x - 3, y, width: BAR + 6, height: whole, class: "kscale-whole" });
    const beyond = draw("rect", { x, y: y + whole, width: BAR, height: all - whole, class: "kscale-overrun" });
    return [...(share > 1 ? [beyond] : []), outline,
      draw("text", { x, y: FOOT + 34, class: "kscale-flow-wrong" }, addsTo(share))];
  }

  function drawPicture() {
    const { values } = kscaleWhatIf;
    const text = (name) => shortText(values[name], unitOf(name));
    const parts = bars.flatMap(drawBar);
    const y = FOOT + 66;
    chain.forEach(([name, label], number) => {
      const x = 20 + number * 245;
      parts.push(draw("text", { x, y, class: "kscale-flow-number" }, text(name)), draw("text", { x, y: y + 17, class: "kscale-flow-text" }, label));
      if (number) parts.push(draw("text", { x: x - 40, y: y + 17, class: "kscale-flow-number" }, "→"));
    });
    ink.replaceChildren(...parts);
    const slices = bars.flatMap((bar) => bar.slices.map(([name, label]) => `${label} ${text(name)}`));
    const links = chain.map(([name, label]) => `${text(name)} ${label}`);
    title.textContent = `From ${text(bars[0].whole)} to a mind: ${[...slices, ...links].join(", ")}.`;
    broken.replaceChildren(...kscaleBanner.overrunParts());
  }

  // -- what moves what ---------------------------------------------------------------------------------

  const outcome = (name, changes) => evaluate({ ...kscaleWhatIf.changes, ...changes }).values?.[name];

  function swing(result, name) {
    const [, , , low, high] = kscaleModel.quantities[name];
    if (!(low < high)) return kscaleLive.known.quantities[name].kind;
    const ends = [low, high].map((end) => outcome(result, { [name]: end }) / kscaleWhatIf.values[result]);
    return ends.every(Number.isFinite) ? `× ${figureText(Math.min(...ends), 2)} to ${figureText(Math.max(...ends), 2)}` : "";
  }

  const chosen = make("select", { onchange: () => drawTornado() });
  const bodyOfTornado = make("tbody");
  const tornado = make("table", { class: "table kscale-tornado" },
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "premise"), make("th", { scope: "col" }, "1% more of it gives"), make("th", { scope: "col" }, "its sourced range gives"))),
    bodyOfTornado);

  function drawTornado() {
    const result = chosen.value;
    const rows = elasticities(result, kscaleWhatIf.changes);
    const widest = Math.max(...rows.map(([, slope]) => Math.abs(slope)), 1);
    bodyOfTornado.replaceChildren(...rows.slice(0, 12).map(([name, slope]) => {
      const bar = make("span", { class: `kscale-bar ${slope < 0 ? "kscale-less" : "kscale-more"}` });
      bar.style.width = `${50 * Math.min(Math.abs(slope) / widest, 1)}%`;
      bar.style.marginLeft = slope < 0 ? `${50 - 50 * Math.min(Math.abs(slope) / widest, 1)}%` : "50%";
      return make("tr", {}, make("th", { scope: "row" }, make("button", { type: "button", onclick: () => kscalePanel.open(name) },
        kscaleLive.known.quantities[name].meaning)), make("td", {}, `${slope > 0 ? "+" : "−"}${figureText(Math.abs(slope), 3)}%`, make("span", { class: "kscale-bar-room" }, bar)),
      make("td", {}, swing(result, name)));
    }));
  }

  // -- beside the book's machines ----------------------------------------------------------------------

  const cells = {};
  function addColumns() {
    const compared = document.querySelector("table.kscale-compared");
    compared.tHead.rows[0].append(make("th", { scope: "col" }, "yours"), make("th", { scope: "col" }, "yours, in times the printed"),
      make("th", { scope: "col" }, "80% of the draws"));
    for (const name of Object.keys(results)) {
      cells[name] = [make("td"), make("td")];
      document.getElementById(`explorer-${name}`).append(...cells[name], kscaleLive.interval(name, "td"));
    }
  }

  function compare() {
    for (const name of Object.keys(results)) {
      const value = kscaleWhatIf.values[name];
      cells[name][0].textContent = shortText(value, unitOf(name));
      cells[name][1].textContent = figureText(value / printed[name], 4);
      for (const cell of cells[name]) cell.classList.toggle("kscale-changed", kscaleWhatIf.isChanged(name));
    }
  }

  function follow() { drawPicture(); compare(); drawTornado(); }

  withFacts(() => {
    chosen.append(...Object.entries(results).map(([name, label]) => new Option(label, name)));
    chosen.value = "active_parameters";
    const premises = make("div", { class: "kscale-premises" },
      make("ul", { class: "kscale-knobs" }, ...knobs.map((name) => kscalePanel.knob(name))),
      make("p", { class: "kscale-card-steps" },
        make("button", { type: "button", onclick: () => kscaleWhatIf.resetAll() }, "reset all"),
        make("button", { type: "button", onclick: () => kscalePanel.open() }, "other premises and what flips")));
    const told = make("p", { class: "kscale-trouble", role: "alert", hidden: true });
    root.replaceChildren(
      make("div", { class: "kscale-machine" },
        make("div", { class: "kscale-flow-room", tabindex: "0", role: "group", "aria-label": "The machine as a picture" }, picture),
        make("p", { class: "kscale-flow-hint" }, "The picture is wider than the screen: it scrolls sideways."),
        broken, told, kscalePanel.choice(), premises),
      make("h2", {}, "What moves what"), make("label", {}, "What moves the ", chosen),
      make("div", { class: "pst-scrollable-table-container" }, tornado));
    addColumns();
    dispatchEvent(new Event("resize")); // the room of the picture may be too narrow for it
    let frame = 0;
    const show = () => {
      told.hidden = !kscaleWhatIf.trouble;
      told.textContent = said(kscaleWhatIf.trouble);
      premises.querySelectorAll(".kscale-knobs > li").forEach((item) => item.kscaleShow());
      follow();
    };
    kscaleWhatIf.listen(() => { cancelAnimationFrame(frame); frame = requestAnimationFrame(show); });
    show();
  });
})();
