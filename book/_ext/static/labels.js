// Where the labels of a moved picture find room: beside their marks as drawn, or as near to there as others leave it.
"use strict";
const kscaleLabels = (() => {
  const GAP = 2, THICK = 4, ASIDE = 20, FARTHEST = 54; // of a label to others, of a bar drawn as a line, of a label beside and from its mark [points]
  const COST = { label: 1000, edge: 40000, point: 300, line: 80, side: 15, step: 6, row: 18, beyond: 60, ghost: 12 }; // of what a label lies on, changes or leaves, against a point's way

  const ruler = document.createElement("canvas").getContext("2d");
  const numbers = (text) => (text.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).map(Number);
  const moved = (box, x, y) => ({ x: box.x + x, y: box.y + y, width: box.width, height: box.height });
  const overlap = (a, b) =>
    Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

  // The part of a line between two points that lies within a box, over the box's height (Liang and Barsky).
  function crossing([x0, y0], [x1, y1], { x, y, width, height }) {
    let [from, to] = [0, 1];
    for (const [way, room] of [[x0 - x1, x0 - x], [x1 - x0, x + width - x0], [y0 - y1, y0 - y], [y1 - y0, y + height - y0]]) {
      if (way === 0 && room < 0) return 0;
      if (way < 0) from = Math.max(from, room / way);
      if (way > 0) to = Math.min(to, room / way);
    }
    return to > from ? ((to - from) * Math.hypot(x1 - x0, y1 - y0)) / height : 0;
  }

  // What a mark covers: boxes around points and bars, the points that a line runs through.
  function covered(element, kind) {
    if (kind === "point") {
      const uses = [...element.querySelectorAll("use")].filter((use) => use.getAttribute("visibility") !== "hidden");
      return { boxes: uses.map((use) => ({ x: use.getAttribute("x") - 4, y: use.getAttribute("y") - 4, width: 8, height: 8 })) };
    }
    const path = element.querySelector("path"), places = numbers(path?.getAttribute("d") ?? "");
    const points = places.flatMap((x, i) => (i % 2 ? [] : [[x, places[i + 1]]]));
    const thick = Number(path?.getAttribute("stroke-width") ?? 0);
    if (kind !== "curve" || thick < THICK || points.length !== 2) return { points };
    const [[x0, y0], [x1, y1]] = points, half = thick / 2;
    return { boxes: [{ x: Math.min(x0, x1), y: Math.min(y0, y1) - half, width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) + thick }], isBar: true };
  }

  const covers = (figure, elements, panel) => figure.marks.map(({ kind, panel: own }, i) =>
    elements[i] && own === panel && ["point", "curve", "rule", "arrow"].includes(kind) ? covered(elements[i], kind) : {});

  // How much of each mark lies under a label: numbers that can be held against those of the printed picture.
  const under = (box, marks) => marks.map(({ boxes, points, isGhost }) =>
    boxes ? COST.point * boxes.some((other) => overlap(box, other) > 0)
      : points ? (isGhost ? COST.ghost : COST.line) * Math.min(1, points.reduce((sum, point, i) => sum + (i ? crossing(points[i - 1], point, box) : 0), 0)) : 0);

  // The bar that words are written in, if they are.
  const barOf = (box, marks) => marks.findIndex(({ isBar, boxes }) => isBar && boxes[0].height > box.height / 2 &&
    Math.abs(boxes[0].y + boxes[0].height / 2 - box.y - box.height / 2) < boxes[0].height / 2 &&
    box.x > boxes[0].x - GAP && box.x + box.width < boxes[0].x + boxes[0].width + GAP);

  // Lines that end, or have their middles, above each other are held there, so that they still do when they grow.
  function align(element, pristine) {
    const texts = [...element.querySelectorAll("text")], boxes = texts.map((text) => text.getBBox());
    const starts = texts.map((text) => numbers(text.getAttribute("transform") ?? "")[0]);
    const isEven = (part) => boxes.every(({ width }, i) => Math.abs(starts[i] + part * width - starts[0] - part * boxes[0].width) < 1);
    const part = [0, 1, 0.5].find(isEven);
    if (texts.length < 2 || !part || texts.some((text) => !/^translate/.test(text.getAttribute("transform") ?? ""))) return;
    [texts, [...pristine.querySelectorAll("text")]].forEach((all) => all.forEach((text, i) => {
      text.setAttribute("text-anchor", part === 1 ? "end" : "middle");
      text.setAttribute("transform", text.getAttribute("transform").replace(/-?[\d.]+/, (starts[i] + part * boxes[i].width).toFixed(3)));
    }));
  }

  // Before a picture is first altered: the labels' boxes and lines, what lies under each, and the bar that it is written in.
  function asPrinted(figure) {
    const marks = figure.panels.map((_, panel) => covers(figure, figure.elements, panel)), seen = figure.svg.getBoundingClientRect();
    const part = figure.svg.viewBox.baseVal.width / seen.width; // of the picture's own measure, a pixel
    figure.still = [...figure.svg.querySelectorAll("text")].filter((text) => !text.closest('[id*="-mark-"]')).map((text) => {
      const { left, top, width, height } = text.getBoundingClientRect();
      return { text, by: 0, tick: text.closest('[id*="tick_"]'), box: { x: (left - seen.left) * part, y: (top - seen.top) * part, width: width * part, height: height * part } };
    });
    const lines = (element) => [...element.querySelectorAll("text")].map((text) => {
      const turn = text.getAttribute("transform") ?? "", part = { middle: 0.5, end: 1 }[text.getAttribute("text-anchor")] ?? 0;
      return { text, part, x: Number(/^translate\((-?[\d.]+)/.exec(turn)?.[1] ?? text.getAttribute("x")), isLevel: !/rotate\((?!-?0\b)/.test(turn),
        font: `${text.getAttribute("font-size")} ${text.getAttribute("font-family")}` };
    });
    figure.elements.forEach((element, i) => figure.marks[i].kind === "label" && element && align(element, figure.pristine[i]));
    figure.labels = figure.elements.map((element, i) => {
      if (!element || figure.marks[i].kind !== "label") return null;
      const box = element.getBBox(), on = marks[figure.marks[i].panel];
      return { box, lines: lines(element), under: under(box, on), bar: barOf(box, on) };
    });
  }

  // What is written beside the marks and stays there: names of axes, titles, and the ticks that are shown.
  const stillOf = (figure) => figure.still.filter(({ tick }) => tick?.getAttribute("visibility") !== "hidden").map(({ box, by }) => moved(box, by, 0));

  // The box of one line of level letters at a place; measured beside the page, which need not be laid out for it.
  function lineBox(text, [dx, dy], words = text.textContent) {
    const size = parseFloat(text.getAttribute("font-size"));
    ruler.font = `${text.getAttribute("font-size")} ${text.getAttribute("font-family")}`;
    const { width } = ruler.measureText(words), part = { middle: 0.5, end: 1 }[text.getAttribute("text-anchor")] ?? 0;
    return { x: Number(text.getAttribute("x")) + dx - part * width, y: Number(text.getAttribute("y")) + dy - 0.93 * size, width, height: 1.17 * size };
  }

  // The box of a label with its words as they now are.
  function boxOf({ box, lines }) {
    if (!lines.every(({ isLevel }) => isLevel)) return box;
    const ends = lines.map(({ text, x, part, font }) => {
      ruler.font = font;
      const { width } = ruler.measureText(text.textContent);
      return [x - part * width, x + (1 - part) * width];
    });
    const x = Math.min(...ends.map(([left]) => left));
    return { x, y: box.y, width: Math.max(...ends.map(([, right]) => right)) - x, height: box.height };
  }

  // Ways from where a label would stand, with their costs: up and down, on either side of its mark, and into the picture.
  function ways(box, [anchorX, anchorY], { x: left, width }) {
    const step = Math.abs(box.y + box.height / 2 - anchorY) < box.height / 3 ? COST.row : COST.step; // what stands in a row stays in it
    const over = 2 * (anchorX - box.x) - box.width, inward = Math.max(0, left - box.x) - Math.max(0, box.x + box.width - left - width);
    const asides = [[0, 0], [over, COST.side], [over + Math.sign(over) * ASIDE, COST.side], [inward, Math.abs(inward)]].filter(([x]) => Math.abs(x) < 2 * box.width);
    return asides.flatMap(([x, price]) => Array.from({ length: FARTHEST / 3 + 1 }, (_, i) => [x, (i % 2 ? 6 : -6) * Math.ceil(i / 2), price + step * Math.ceil(i / 2)]));
  }

  // Moves the labels of a panel from where `naive` puts them, and hides those whose bar has grown too short for them.
  function settle(figure, panel, naive) {
    const { x: left, width, height } = figure.svg.viewBox.baseVal, [ownLeft, , , bottom] = figure.boxes[panel], marks = covers(figure, figure.elements, panel);
    marks.push(...figure.ghosts.map((ghost) => ({ ...covered(ghost, ghost.querySelector("use") ? "point" : "curve"), isGhost: true })));
    const placed = [...stillOf(figure), ...figure.ticks];
    for (const [i, label] of naive) {
      const printed = figure.labels[i], box = moved(boxOf(printed), ...label.shift), bar = marks[printed.bar]?.boxes[0];
      if (bar && bar.width < box.width) { figure.elements[i].setAttribute("visibility", "hidden"); continue; }
      const room = { x: left + GAP, y: 0, width: width - 2 * GAP, height: printed.box.y + printed.box.height < bottom + GAP ? bottom + GAP : height };
      const cost = (x, y) => {
        const there = moved(box, x, y), area = box.width * box.height, padded = { ...there, x: there.x - GAP, width: there.width + 2 * GAP };
        const beyond = there.x < ownLeft && printed.box.x >= ownLeft ? COST.beyond : 0; // among the names of rows
        return beyond + placed.reduce((sum, other) => sum + (COST.label * overlap(padded, other)) / area, COST.edge * (1 - overlap(there, room) / area)) +
          under(there, marks).reduce((sum, more, k) => sum + Math.max(0, more - (printed.under[k] ?? 0)), 0);
      };
      let [best, least] = [[0, 0], cost(0, 0)];
      if (least > 1 && !label.isFixed) for (const [x, y, price] of ways(box, label.anchor, room)) {
        const now = price < least ? price + cost(x, y) : least;
        if (now < least) [best, least] = [[x, y], now];
      }
      label.settled = { shift: [label.shift[0] + best[0], label.shift[1] + best[1]], box: moved(box, ...best) };
      figure.elements[i].setAttribute("transform", `translate(${label.settled.shift.map((way) => way.toFixed(2)).join(" ")})`);
      placed.push(label.settled.box);
    }
  }

  return { asPrinted, settle, stillOf, lineBox, overlap };
})();
