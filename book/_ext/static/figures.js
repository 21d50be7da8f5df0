// Pictures that follow a premise: the marks of a figure drawn anew in the same SVG, from the same expressions.
"use strict";
const kscaleFigures = (() => {
  const { figureText, between, printed } = kscaleArithmetic;
  const { quantities } = kscaleModel;
  const FUNCTION = 2, STILL = 1.5, FAR = 30; // of a quantity; points that a mark may move unseen, and that its place may leave the panel
  const BAR = 6, STRIP = 2.5, DEPTH = 4; // points of a line that is a bar, of its ghost, and what is left between numbers and the name of their axis
  const NEEDED = { point: ["x", "y"], curve: ["x", "y"], rule: [], band: [], arrow: ["start", "end"], label: ["at"], leader: ["to"] };
  const GHOSTLY = ["point", "curve", "rule"]; // marks whose printed place is shown, behind all of these
  const figures = {};

  const numbers = (text) => text.match(/-?\d*\.?\d+(?:e-?\d+)?/g).map(Number);

  // -- what the marks are under some values -----------------------------------------------------------------------

  const resolved = (thing, values) =>
    typeof thing === "function" ? thing(values)
      : Array.isArray(thing) ? thing.map((part) => resolved(part, values))
      : thing?.number ? text(thing, values) : thing;
  const text = ({ number, factor, digits, after }, values) =>
    figureText(resolved(number, values) / factor, digits, true).replace("-", "−").replaceAll("\u00a0×\u00a0", " × ") + after;

  function gridOf([, low, high, points, logarithmic], values) {
    const [from, to] = [resolved(low, values), resolved(high, values)];
    return Array.from({ length: points }, (_, i) => i / (points - 1)).map((part) => (logarithmic ? from * (to / from) ** part : from + (to - from) * part));
  }

  // Along a sweep only what hangs on the premise that runs is computed anew.
  function swept({ x, y, over, drawn }, values, changes, setDrawn) {
    const [runs, , , , , along] = over, at = Object.create(values), found = { x: [], y: [] };
    const path = along.filter((name) => !(name in changes));
    for (const [i, value] of gridOf(over, values).entries()) {
      at[runs] = value;
      for (const name of path) at[name] = quantities[name][FUNCTION](at);
      if (drawn) setDrawn(at, `${runs} ${i}`);
      found.x.push(resolved(x, at));
      found.y.push(resolved(y, at));
    }
    const isPair = Array.isArray(y); // a band between two curves
    return { x: found.x, y: isPair ? y.map((_, side) => found.y.map((pair) => pair[side])) : found.y };
  }

  // Where a curve is lowest, by a parabola through its lowest point and the two beside it.
  function lowest({ x, y }) {
    const at = y.indexOf(Math.min(...y)), [before, least, after] = y.slice(at - 1, at + 2);
    if (at < 1 || after === undefined) return { x: x[at], y: y[at] };
    const step = (before - after) / (2 * (before - 2 * least + after));
    return { x: x[at] + Math.abs(step) * (x[at + (step > 0 ? 1 : -1)] - x[at]), y: least - ((before - after) * step) / 4 };
  }

  function resolvedMarks({ marks, under, drawn, found }, values, changes) {
    const all = Object.create(values);
    const setDrawn = (at, place = "") => { for (const [symbol, [name, share, error]] of Object.entries(drawn ?? {})) at[symbol] = found?.[`${name} ${error} ${place}`]?.(share) ?? NaN; };
    setDrawn(all);
    for (const [symbol, scenario] of Object.entries(under)) {
      const [name, further] = scenario, causes = Object.keys(further), at = Object.create(values);
      scenario[2] ??= between(causes, name);
      for (const cause of causes) at[cause] = resolved(further[cause], values);
      for (const passed of scenario[2]) if (!(passed in changes)) at[passed] = quantities[passed][FUNCTION](at);
      all[symbol] = at[name];
    }
    return marks.map((mark) => {
      if (mark.over) return mark.kind === "point" ? lowest(swept(mark, all, changes)) : swept(mark, all, changes, setDrawn);
      const { kind, panel, drawn: _, ...things } = mark;
      return Object.fromEntries(Object.entries(things).map(([key, thing]) => [key, resolved(thing, all)]));
    });
  }

  // -- where they stand -----------------------------------------------------------------------------------------------

  const scaled = (scale, value) => (scale === "log" ? Math.log10(value) : value);
  const unscaled = (scale, value) => (scale === "log" ? 10 ** value : value);

  // From a number on an axis to its place in the picture, and whether it lies within the panel.
  function place(axis, ends, from, to) {
    const [low, high] = ends.map((end) => scaled(axis[0], end));
    return (value) => from + ((scaled(axis[0], value) - low) / (high - low)) * (to - from);
  }

  // The ends of an axis: the printed ones, unless something that stands alone would lie beyond them.
  function endsFor([scale, low, high, free], places) {
    const reach = [low, high].map((end) => scaled(scale, end)), backwards = low > high;
    const found = places.filter(Number.isFinite).map((value) => scaled(scale, value)).filter(Number.isFinite);
    let [least, most] = backwards ? [reach[1], reach[0]] : reach;
    const margin = 0.06 * (most - least), [lowest, highest] = [Math.min(...found), Math.max(...found)];
    if (free && lowest < least - margin / 60) least = lowest - margin;
    if (free && highest > most + margin / 60) most = highest + margin;
    if (least === Math.min(...reach) && most === Math.max(...reach)) return [low, high];
    const ends = [least, most].map((end) => unscaled(scale, end));
    return backwards ? ends.reverse() : ends;
  }

  const flat = (thing) => (Array.isArray(thing) ? thing.flatMap(flat) : thing === undefined ? [] : [thing]);

  function placesOn(figure, panel, now) {
    const places = { x: [], y: [] };
    figure.marks.forEach((mark, i) => {
      if (mark.panel !== panel || !figure.live[i] || mark.kind === "label" || mark.kind === "leader") return;
      const { start, end, ...own } = now[i], was = figure.printed[i];
      for (const [axis, k] of [["x", 0], ["y", 1]]) {
        const [inside, before] = [own, was].map((one) => within(figure.panels[panel][axis], flat(one[axis])));
        const whole = flat(was[axis]).length; // a curve that was drawn to its ends is again
        if (!mark.over || before === whole || inside < before / 2) places[axis].push(...flat(own[axis]));
        for (const tip of [start, end]) if (tip) places[axis].push(tip[k]);
      }
    });
    return places;
  }
  const within = ([, low, high], values) =>
    values.filter((value) => value >= Math.min(low, high) && value <= Math.max(low, high)).length;

  // -- drawing ------------------------------------------------------------------------------------------------------

  const line = (points) => points.map(([x, y], i) => `${i ? "L" : "M"} ${x.toFixed(2)} ${Math.min(1e4, Math.max(-1e4, y)).toFixed(2)}`).join(" ");
  const pairs = (x, y, at) => {
    const [xs, ys] = [flat(x), flat(y)], count = Math.max(xs.length, ys.length);
    return Array.from({ length: count }, (_, i) => at(xs[xs.length === 1 ? 0 : i], ys[ys.length === 1 ? 0 : i]))
      .filter(([left, top]) => Number.isFinite(left) && Number.isFinite(top));
  };

  const draw = {
    point(element, { x, y }, { at }) {
      const points = pairs(x, y, at);
      element.querySelectorAll("use").forEach((use, i) => {
        use.setAttribute("visibility", points[i] ? "visible" : "hidden");
        if (points[i]) { use.setAttribute("x", points[i][0]); use.setAttribute("y", points[i][1]); }
      });
    },
    curve(element, { x, y }, { at }) { element.querySelector("path").setAttribute("d", line(pairs(x, y, at))); },
    rule(element, { x, y }, { box: [left, top, right, bottom], atX, atY }) {
      const ends = x === undefined ? [[left, atY(y)], [right, atY(y)]] : [[atX(x), bottom], [atX(x), top]];
      element.querySelector("path").setAttribute("d", line(ends));
    },
    band(element, { x, y }, { box: [left, top, right, bottom], at, atX, atY }) {
      const path = element.querySelector("path"), lift = Number(element.querySelector("use")?.getAttribute("y") ?? 0);
      let corners;
      if (x !== undefined && y !== undefined) corners = [...pairs(x, y[0], at), ...pairs(x, y[1], at).reverse()];
      else {
        const [l, r] = x === undefined ? [left, right] : x.map(atX), [t, b] = y === undefined ? [top, bottom] : y.map(atY);
        corners = [[l, b], [r, b], [r, t], [l, t]];
      }
      path.setAttribute("d", `${line(corners.map(([px, py]) => [px, py - lift]))} z`);
    },
    arrow(element, { start, end }, { at }) {
      const [[x0, y0], [x1, y1]] = [at(...start), at(...end)], length = Math.hypot(x1 - x0, y1 - y0) || 1;
      const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length], [shaft, head] = element.querySelectorAll("path");
      shaft.setAttribute("d", line([[x0, y0], [x1, y1]]));
      head?.setAttribute("d", `${line([[x1, y1], [x1 - 4 * ux - 2 * uy, y1 - 4 * uy + 2 * ux], [x1 - 4 * ux + 2 * uy, y1 - 4 * uy - 2 * ux]])} z`);
    },
    // A label keeps its distance to its place, or stays where it stands if a line leads from it; it slants with its panel.
    label(element, { text: said, at: [x, y] }, { at, box: [left, top, right, bottom], scale: [wide, tall], was, stays, pristine, printed }) {
      const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
      const [px, py] = at(x, y), [qx, qy] = was.at(...was.thing.at), letters = element.querySelectorAll("text");
      const within = (one, other, by) => one > left - by && one < right + by && other > top - by && other < bottom + by;
      const isAbove = printed.box.y + printed.box.height < top + 2; // what is named above the panel stays there
      const isBeside = !within(qx, qy, 1), isGone = !isBeside && !within(px, isAbove ? top : py, FAR);
      element.setAttribute("visibility", isGone ? "hidden" : "visible");
      if (isGone) return null;
      if (Array.isArray(said)) said.join("").split("\n").forEach((line, i) => { if (letters[i]) letters[i].textContent = line; });
      const turned = (angle) => ((Math.atan2(Math.sin((angle * Math.PI) / 180) * tall, Math.cos((angle * Math.PI) / 180) * wide) * 180) / Math.PI).toFixed(1);
      pristine.querySelectorAll("text").forEach((own, i) => {
        letters[i].setAttribute("transform", (own.getAttribute("transform") ?? "").replace(/(?<=rotate\()-?[\d.]+/, turned));
      });
      const anchor = [clamp(px, left, right), isAbove ? qy : clamp(py, top, bottom)];
      return { anchor, isFixed: isBeside, shift: stays || isBeside ? [0, 0] : [anchor[0] - qx, anchor[1] - qy] };
    },
    // A leader begins at the side of its label that is nearest to where it leads.
    leader(element, { to }, { at, pristine, label, was }) {
      const path = element.querySelector("path"), own = pristine.querySelector("path").getAttribute("d"), [x, y] = at(...to);
      element.setAttribute("visibility", label ? "visible" : "hidden");
      if (!label) return;
      const [qx, qy] = was.at(...was.thing.to), { shift, box } = label;
      if (Math.hypot(...shift, x - qx, y - qy) < STILL) { path.setAttribute("d", own); return; }
      const [ax, ay] = [Math.min(Math.max(x, box.x - 2), box.x + box.width + 2), Math.min(Math.max(y, box.y), box.y + box.height)];
      const length = Math.hypot(x - ax, y - ay) || 1, short = Math.max(0, length - 2) / length;
      path.setAttribute("d", line([[ax, ay], [ax + (x - ax) * short, ay + (y - ay) * short]]));
    },
  };

  // A mark of which only the picture knows the places moves with the ends of its panel.
  function carry(element, pristine, { map }) {
    const before = pristine.querySelectorAll("path, use");
    element.querySelectorAll("path, use").forEach((part, i) => {
      if (part.tagName === "use") {
        const [x, y] = map(Number(before[i].getAttribute("x")), Number(before[i].getAttribute("y")));
        part.setAttribute("x", x); part.setAttribute("y", y);
      } else if (!part.closest("defs"))
        part.setAttribute("d", before[i].getAttribute("d").replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, x, y) => map(Number(x), Number(y)).join(" ")));
    });
  }

  // -- ticks ---------------------------------------------------------------------------------------------------------

  function ticksFor(scale, [low, high]) {
    const [least, most] = [Math.min(low, high), Math.max(low, high)], ticks = [];
    if (scale === "log") {
      const [from, to] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)], step = Math.ceil((to - from + 1) / 7);
      for (let power = from; power <= to; power += step) ticks.push([10 ** power, power > -4 && power < 5 ? figureText(10 ** power, 1) : `10${kscaleArithmetic.raised(power)}`]);
      if (ticks.length > 1) return ticks;
      ticks.length = 0;
    }
    const rough = (most - least) / 5, unit = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find((n) => n * unit >= rough) * unit;
    for (let n = Math.ceil(least / step - 1e-9); n * step <= most * (1 + 1e-12); n++) ticks.push([n * step, figureText(n * step, 6).replace("-", "−")]);
    return ticks;
  }

  // Where the numbers up an axis are wider than the room beside it, its name moves out, and the picture with it.
  function makeRoom({ svg, still }, ticks, letters, name) {
    const own = still.find(({ text }) => text === name);
    if (!own) return;
    const widest = Math.max(...ticks.map(([, words]) => kscaleLabels.lineBox(letters, [0, 0], words).width)), { y, width, height } = svg.viewBox.baseVal;
    own.by = Math.min(0, letters.getAttribute("x") - widest - DEPTH - own.box.x - own.box.width);
    name.parentElement.setAttribute("transform", `translate(${own.by.toFixed(1)} 0)`);
    const beyond = Math.min(0, svg.viewBox.baseVal.x, own.box.x + own.by - 1), right = svg.viewBox.baseVal.x + width;
    svg.setAttribute("viewBox", [beyond, y, right - beyond, height].join(" "));
  }

  function drawTicks(figure, panel, axis, ends, at) {
    const group = figure.axes[panel]?.[axis];
    if (!group) return;
    group.querySelectorAll(".kscale-tick").forEach((tick) => tick.remove());
    const own = figure.panels[panel][axis], moved = ends[0] !== own[1] || ends[1] !== own[2];
    const ticks = [...group.children].filter((child) => /tick_\d+$/.test(child.id));
    ticks.forEach((tick) => tick.setAttribute("visibility", moved ? "hidden" : "visible"));
    const model = ticks.find((tick) => tick.querySelector("text"));
    if (!moved || !model) return;
    const mark = model.querySelector("use"), along = axis === "x" ? "x" : "y", from = Number(mark.getAttribute(along));
    const { x: left, width } = figure.svg.viewBox.baseVal, letters = model.querySelector("text"), name = [...group.children].find(({ id }) => /-text_\d+$/.test(id))?.querySelector("text");
    const shown = ticksFor(own[0], ends);
    if (axis === "y") makeRoom(figure, shown, letters, name);
    for (const [value, words] of shown) {
      const tick = model.cloneNode(true), by = at(value) - from, way = axis === "x" ? [by, 0] : [0, by], text = tick.querySelector("text");
      tick.setAttribute("class", "kscale-tick");
      tick.setAttribute("visibility", "visible");
      tick.setAttribute("transform", `translate(${way})`);
      for (const part of [tick, ...tick.querySelectorAll("[id]")]) part.removeAttribute("id");
      text.textContent = words;
      const box = kscaleLabels.lineBox(text, way), isIn = box.x > left && box.x + box.width < left + width;
      if (axis === "x" && !(isIn && figure.ticks.every((other) => !kscaleLabels.overlap(other, box)))) text.remove();
      else figure.ticks.push(box);
      group.append(tick);
    }
  }

  // -- a figure ------------------------------------------------------------------------------------------------------

  const isLive = (thing) => typeof thing === "function" || (Array.isArray(thing) && thing.some(isLive)) || typeof thing?.number === "function";

  function add(name, { panels, under, marks, drawn }) {
    const svg = document.getElementById(name)?.querySelector("svg");
    if (!svg) return;
    for (const mark of marks) mark.panel ??= 0;
    const part = (id) => svg.querySelector(`[id="${name}-${id}"]`);
    const figure = figures[name] = {
      svg, panels, under, marks, drawn, view: svg.getAttribute("viewBox"), alt: svg.getAttribute("aria-label"), altered: false, ghosts: [],
      live: marks.map(({ x, y, start, end, text: said, at, to, over }) => Boolean(over) || [x, y, start, end, said, at, to].some(isLive)),
      elements: marks.map((_, i) => part(`mark-${i}`)),
      begin: (scenario) => kscaleDoubt.pictured(figure, scenario, gridOf),
      show: (found) => { figure.found = found; figure.isAsPrinted = !found; follow(figure); },
      get isConnected() { return svg.isConnected; },
    };
    figure.pristine = figure.elements.map((element) => element?.cloneNode(true));
    figure.boxes = panels.map((_, i) => {
      const corners = numbers(part(`panel-${i}`).querySelector("path").getAttribute("d"));
      const [xs, ys] = [0, 1].map((side) => corners.filter((_, at) => at % 2 === side));
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    });
    figure.axes = panels.map((_, i) => ({ x: part(`matplotlib.axis_${2 * i + 1}`), y: part(`matplotlib.axis_${2 * i + 2}`) }));
    figure.printed = resolvedMarks(figure, printed, {});
    if (Object.keys(kscaleWhatIf.changes).length) follow(figure);
  }

  function frame(figure, panel, ends) {
    const [left, top, right, bottom] = figure.boxes[panel], { x, y } = figure.panels[panel];
    const [atX, atY] = [place(x, ends.x, left, right), place(y, ends.y, bottom, top)];
    return { box: figure.boxes[panel], atX, atY, at: (one, other) => [atX(one), atY(other)] };
  }

  function follow(figure) {
    const { values, changes } = kscaleWhatIf, now = resolvedMarks(figure, values, changes);
    const moved = now.map((thing, i) => JSON.stringify(thing) !== JSON.stringify(figure.printed[i]));
    const isOpen = Boolean(figure.drawn) && Object.keys(changes).length > 0 && !figure.isAsPrinted;
    if (isOpen && !figure.found) kscaleLive.withDoubt(() => kscaleDoubt.ask(figure));
    if (!moved.some(Boolean) && !figure.altered && !isOpen) return;
    if (!figure.altered) kscaleLabels.asPrinted(figure);
    figure.altered = true;
    figure.ghosts.forEach((ghost) => ghost.remove());
    figure.ghosts = [];
    figure.ticks = [];
    figure.svg.setAttribute("viewBox", figure.view);
    for (const { text, by } of figure.still) if (by) text.parentElement.removeAttribute("transform");
    for (const own of figure.still) own.by = 0;
    figure.panels.forEach((own, panel) => {
      const places = placesOn(figure, panel, now);
      const ends = { x: endsFor(own.x, places.x), y: endsFor(own.y, places.y) };
      const old = frame(figure, panel, { x: own.x.slice(1, 3), y: own.y.slice(1, 3) }), fresh = frame(figure, panel, ends);
      const affine = (axis, from, to) => { const [a, b] = own[axis].slice(1, 3); return (p) => to(a) + ((p - from(a)) / (from(b) - from(a))) * (to(b) - to(a)); };
      const [mapX, mapY] = [affine("x", old.atX, fresh.atX), affine("y", old.atY, fresh.atY)];
      fresh.map = (x, y) => [mapX(x), mapY(y)];
      fresh.scale = [mapX(1) - mapX(0), mapY(1) - mapY(0)];
      const labels = new Map(), drawn = (i, more) => draw[figure.marks[i].kind](figure.elements[i], now[i], { ...ways[i], ...more });
      const ways = figure.marks.map((mark, i) => ({ ...fresh, was: { at: old.at, thing: figure.printed[i] }, pristine: figure.pristine[i], printed: figure.labels[i],
        stays: figure.marks[i + 1]?.kind === "leader" && !isLive(mark.at) }));
      figure.marks.forEach((mark, i) => {
        if (mark.panel !== panel || !figure.elements[i] || mark.kind === "leader") return;
        const told = NEEDED[mark.kind].every((key) => key in mark) && (mark.kind !== "band" && mark.kind !== "rule" || "x" in mark || "y" in mark);
        // What shows a doubt waits for its draws; as printed it stands where Python has drawn it.
        if (mark.drawn) figure.elements[i].setAttribute("visibility", isOpen && !figure.found ? "hidden" : "visible");
        if (!told || (mark.drawn && !figure.found)) { carry(figure.elements[i], figure.pristine[i], ways[i]); return; }
        const naive = drawn(i);
        if (naive) labels.set(i, naive);
        if (moved[i] && !mark.drawn && GHOSTLY.includes(mark.kind)) addGhost(figure, i, ways[i]);
      });
      for (const axis of ["x", "y"]) drawTicks(figure, panel, axis, ends[axis], axis === "x" ? fresh.atX : fresh.atY);
      kscaleLabels.settle(figure, panel, labels);
      figure.marks.forEach((mark, i) => {
        if (mark.panel === panel && mark.kind === "leader" && figure.elements[i]) drawn(i, { label: labels.get(i - 1)?.settled });
      });
    });
    say(figure, moved.some(Boolean));
  }

  // Where the mark stands as printed, behind where it stands now.
  function addGhost(figure, i, way) {
    const ghost = figure.pristine[i].cloneNode(true);
    for (const part of [ghost, ...ghost.querySelectorAll("[id]")]) part.removeAttribute("id");
    draw[figure.marks[i].kind](ghost, figure.printed[i], way);
    const geometry = (element) => [...element.querySelectorAll("path, use")].flatMap((part) => numbers(part.getAttribute("d") ?? `${part.getAttribute("x")} ${part.getAttribute("y")}`));
    const [before, after] = [geometry(ghost), geometry(figure.elements[i])];
    if (before.length === after.length && before.every((number, k) => Math.abs(number - after[k]) < STILL)) return;
    ghost.setAttribute("class", "kscale-ghost");
    thin(ghost.querySelector("path[stroke-width]"));
    figure.elements.find((element, k) => element && figure.marks[k].panel === figure.marks[i].panel && GHOSTLY.includes(figure.marks[k].kind)).before(ghost);
    figure.ghosts.push(ghost);
  }

  // A bar's ghost is a line along its lower edge, seen whether the bar has grown or shrunk, and clear of the words in its row.
  function thin(path) {
    const [x0, y0, x1, y1, ...more] = path ? numbers(path.getAttribute("d")) : [], thick = Number(path?.getAttribute("stroke-width"));
    if (!(thick >= BAR) || more.length || Math.abs(y1 - y0) > 0.1) return;
    const lower = y0 + (thick + STRIP) / 2;
    path.setAttribute("d", line([[x0, lower], [x1, lower]]));
    path.setAttribute("stroke-width", STRIP);
    path.closest(".kscale-ghost").classList.add("kscale-ghost-bar");
  }

  // What a screen reader is told: the printed picture in words, and the labels as they now are.
  function say(figure, isMoved) {
    const labels = figure.marks.flatMap((mark, i) => (mark.kind === "label" && figure.live[i] ? [[...figure.elements[i].querySelectorAll("text")].map((line) => line.textContent).join(" ")] : []));
    figure.svg.setAttribute("aria-label", isMoved ? `${figure.alt} That is as printed; with your changes: ${labels.join("; ") || "the marks have moved"}.` : figure.alt);
    figure.svg.classList.toggle("kscale-moved", isMoved);
  }

  kscaleWhatIf.listen(() => Object.values(figures).forEach((figure) => { figure.found = null; figure.isAsPrinted = false; follow(figure); }));
  return { add, figures, follow, resolvedMarks };
})();
