// The explorer: bars of power and memory that magnify each other, what moves what, and the reader's machine beside the book's.
"use strict";
(() => {
  const root = document.querySelector(".kscale-explorer");
  if (!root) return;
  const { bars, chain, results, knobs } = JSON.parse(root.dataset.explorer);
  const { evaluate, elasticities, printed, valueText, figureText, unitOf } = kscaleArithmetic;
  const { make, withFacts } = kscaleLive;
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (tag, facts, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(facts)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const finite = (x) => (Number.isFinite(x) ? x : 0);

  // -- the picture -------------------------------------------------------------------------------------

  const [WIDTH, HEIGHT, TOP, BAR, STEP, TALL] = [980, 470, 44, 46, 330, 340];
  const picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "kscale-flow" });
  const title = picture.appendChild(draw("title", {}));
  const ink = picture.appendChild(draw("g", {}));

  // Labels beside their slices, each with room for two lines, none beyond the bar's ends.
  function spread(middles) {
    const [room, least, most] = [38, TOP + 12, TOP + TALL - 14];
    const down = [];
    for (const middle of middles) down.push(Math.max(middle, least, (down.at(-1) ?? -Infinity) + room));
    let limit = most;
    return down.reverse().map((at) => { const kept = Math.min(at, limit); limit = kept - room; return kept; }).reverse();
  }

  function drawPicture() {
    const { values } = kscaleWhatIf;
    const text = (name) => valueText(values[name], unitOf(name), 4);
    const parts = [];
    bars.forEach((bar, number) => {
      const x = 20 + number * STEP;
      parts.push(draw("text", { x, y: TOP - 22, class: "kscale-flow-title" }, bar.title),
        draw("text", { x, y: TOP - 6, class: "kscale-flow-text" }, text(bar.whole)));
      const whole = bar.slices.reduce((sum, [name]) => sum + Math.max(finite(values[name]), 0), 0) || 1;
      let y = TOP;
      const middles = bar.slices.map(([name, label], slice) => {
        const tall = TALL * Math.max(finite(values[name]), 0) / whole;
        parts.push(draw("rect", { x, y, width: BAR, height: Math.max(tall, 1), class: `kscale-slice kscale-slice-${number}-${slice}` }));
        if (bar.leads === slice) // the slice, magnified into the next bar
          parts.push(draw("path", { class: "kscale-fan",
            d: `M${x + BAR} ${y} L${x + STEP} ${TOP} L${x + STEP} ${TOP + TALL} L${x + BAR} ${y + tall} Z` }));
        y += tall;
        return y - tall / 2;
      });
      spread(middles).forEach((at, slice) => {
        const [name, label] = bar.slices[slice];
        parts.push(draw("text", { x: x + BAR + 8, y: at - 2, class: "kscale-flow-label" }, label),
          draw("text", { x: x + BAR + 8, y: at + 14, class: "kscale-flow-text" },
            `${text(name)} (${figureText(100 * values[name] / values[bar.whole], 2)}%)`));
      });
    });
    const y = TOP + TALL + 48;
    chain.forEach(([name, label], number) => {
      const x = 20 + number * 250;
      parts.push(draw("text", { x, y: y + 16, class: "kscale-flow-text" }, label), draw("text", { x, y, class: "kscale-flow-number" }, text(name)));
      if (number) parts.push(draw("text", { x: x - 30, y, class: "kscale-flow-number" }, "→"));
    });
    ink.replaceChildren(...parts);
    title.textContent = `From ${text(bars[0].whole)} to a mind: ${bars.flatMap((bar) => bar.slices.map(([name, label]) => `${label} ${text(name)}`))
      .concat(chain.map(([name, label]) => `${text(name)} ${label}`)).join(", ")}.`;
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
    compared.tHead.rows[0].append(make("th", { scope: "col" }, "yours"), make("th", { scope: "col" }, "yours, in times the printed"));
    for (const name of Object.keys(results)) {
      cells[name] = [make("td"), make("td")];
      document.getElementById(`explorer-${name}`).append(...cells[name]);
    }
  }

  function compare() {
    for (const name of Object.keys(results)) {
      const value = kscaleWhatIf.values[name];
      cells[name][0].textContent = valueText(value, unitOf(name));
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
    root.append(kscalePanel.choice(),
      make("div", { class: "kscale-flow-room", tabindex: "0", role: "group", "aria-label": "The machine as a picture" }, picture), told, premises,
      make("h2", {}, "What moves what"), make("label", {}, "What moves the ", chosen), tornado);
    addColumns();
    let frame = 0;
    const show = () => {
      told.hidden = !kscaleWhatIf.trouble;
      told.textContent = kscaleWhatIf.trouble;
      premises.querySelectorAll(".kscale-knobs > li").forEach((item) => item.kscaleShow());
      follow();
    };
    kscaleWhatIf.listen(() => { cancelAnimationFrame(frame); frame = requestAnimationFrame(show); });
    show();
  });
})();
