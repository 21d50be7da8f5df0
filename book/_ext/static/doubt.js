// Intervals that follow the reader: 80 % of the draws of a quantity, whose premises the reader's changes hold fast.
// kscaleDoubts is printed from the same distributions that Python draws from; this comes when a first interval is shown.
"use strict";
const kscaleDoubt = (() => {
  const { names, isGiven, valueText, unitOf } = kscaleArithmetic;
  const { quantities } = kscaleModel, { shapes, alone, mixed, tables } = kscaleDoubts;
  const DRAWS = 1000, SLICE = 200, WITHIN = 0.8; // draws of a quantity, of one idle slice; what an interval holds

  // -- drawing: of each input every stratum once, in an order of its own that is the same on every visit ---------------

  // The series of the normal distribution's rising odd powers, exact to rounding for the scores of so many draws.
  function share(z) {
    let [sum, term] = [z, z];
    for (let k = 3; Math.abs(term) > 1e-17; k += 2) sum += term *= (z * z) / k;
    return 0.5 + sum * density(z);
  }
  const density = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

  const scores = new Float64Array(DRAWS); // by Newton's rule, each from the one before, outwards from the middle
  for (let i = DRAWS / 2, z = 0; i < DRAWS; i++) {
    const wanted = (i + 0.5) / DRAWS;
    for (let step = 1; Math.abs(step) > 1e-10; z += step) step = (wanted - share(z)) / density(z);
    scores[i] = z;
    scores[DRAWS - 1 - i] = -z;
  }

  const remembered = (make, kept = {}) => (name) => (kept[name] ??= make(name));
  // Numbers 0 to DRAWS - 1 in an order that the name decides (mulberry32 over its hash).
  const order = remembered((name) => {
    let state = 0;
    for (const character of name) state = Math.imul(state, 31) + character.codePointAt(0);
    const places = Uint16Array.from({ length: DRAWS }, (_, i) => i);
    for (let i = DRAWS - 1; i > 0; i--) {
      state = (state + 0x6d2b79f5) | 0;
      let mixture = Math.imul(state ^ (state >>> 15), 1 | state);
      mixture = (mixture + Math.imul(mixture ^ (mixture >>> 7), 61 | mixture)) ^ mixture;
      const other = (((mixture ^ (mixture >>> 14)) >>> 0) / 4294967296) * (i + 1) | 0;
      [places[i], places[other]] = [places[other], places[i]];
    }
    return places;
  });

  const logit = (x) => Math.log(x / (1 - x)), expit = (x) => 1 / (1 + Math.exp(-x)), same = (x) => x;
  const coordinate = (shape) => (shape.startsWith("logit") ? [logit, expit] : shape.startsWith("log") ? [Math.log, Math.exp] : [same, same]);

  // A number that stands where a standard normal one does, as kscale_nb/doubt/distributions.py has it.
  function ofNormal(name) {
    const [, , value, least, most] = quantities[name];
    const [kind, reach, lowest = least, peak = value, highest = most] = alone[name];
    const shape = shapes[kind], [there, back] = coordinate(shape), [low, middle, high] = [lowest, peak, highest].map(there), width = high - low;
    if (reach) return (z) => back(middle + (z * (z < 0 ? middle - low : high - middle)) / reach);
    const within = (x) => Math.min(Math.max(back(x), lowest), highest);
    if (shape.includes("uniform")) return (z) => within(low + width * share(z));
    return (z) => {
      const part = share(z) * width;
      return within(part < middle - low ? low + Math.sqrt(part * (middle - low)) : high - Math.sqrt((width - part) * (high - middle)));
    };
  }

  const drawn = remembered((name) => {
    const table = tables.find((columns) => name in columns);
    if (table) {
      const column = table[name], places = order(Object.keys(table)[0]);
      return Float64Array.from(places, (place) => column[place % column.length]);
    }
    const parts = (mixed[name] ?? [[name, 1]]).map(([other, weight]) => [order(other), weight]), shaped = ofNormal(name);
    return Float64Array.from({ length: DRAWS }, (_, i) => shaped(parts.reduce((sum, [places, weight]) => sum + weight * scores[places[i]], 0)));
  });
  const isDrawn = (name, changes) => !(name in changes) && (name in alone || tables.some((table) => name in table));

  // -- evaluation: of what the target rests on, and of that only what moves -----------------------------------------------

  function behind(target, changes) {
    const seen = new Set(), open = [target];
    while (open.length) {
      const name = open.pop();
      if (seen.has(name)) continue;
      seen.add(name);
      if (!isGiven(name) && !(name in changes)) open.push(...kscaleLive.known.quantities[name].inputs);
    }
    return seen;
  }

  // What computes so many draws of the target at a time, and is done when it has given its interval: [low, high], or null
  // where nothing moves it.
  function* sampling(target, changes, values) {
    const needed = behind(target, changes), v = {}, inputs = [], steps = [], moved = new Set();
    for (const name of names.filter((name) => needed.has(name))) {
      v[name] = values[name];
      if (isDrawn(name, changes)) inputs.push([name, drawn(name)]);
      else if (isGiven(name) || name in changes || !kscaleLive.known.quantities[name].inputs.some((input) => moved.has(input))) continue;
      else steps.push([name, quantities[name][2], quantities[name][1] !== ""]);
      moved.add(name);
    }
    if (!moved.has(target)) return null;
    const draws = new Float64Array(DRAWS);
    for (let i = 0; i < DRAWS; i++) {
      for (const [name, column] of inputs) v[name] = column[i];
      for (const [name, compute, isBounded] of steps) {
        const value = compute(v);
        v[name] = isBounded && value < 0 ? NaN : value; // in such a draw it cannot be
      }
      draws[i] = v[target];
      if (i % SLICE === SLICE - 1) yield;
    }
    const there = draws.filter((value) => !Number.isNaN(value)).sort();
    const quantile = (part) => there[Math.min(Math.floor(part * there.length), there.length - 1)];
    return there.length ? [quantile((1 - WITHIN) / 2), quantile((1 + WITHIN) / 2)] : null;
  }

  // The same at once.
  function interval(target, changes = kscaleWhatIf.changes, values = kscaleArithmetic.evaluate(changes).values) {
    const work = sampling(target, changes, values);
    for (;;) { const { done, value } = work.next(); if (done) return value; }
  }

  // -- the page ---------------------------------------------------------------------------------------------------------

  const idle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 1)); // Safari has none
  const asked = new Set();
  let current = null, isRunning = false;

  function text(name, ends, isShort) {
    if (!ends) return isShort ? "premises alone" : "no interval: it rests on premises alone";
    const [low, high] = ends.map((end) => valueText(end, unitOf(name), 3));
    if (isShort) return low === high ? low : `${low} to ${high}`;
    return low === high ? `80% of the draws at ${low}` : `80% of the draws within ${low} to ${high}`;
  }

  function begin(element) {
    const { changes, values } = kscaleWhatIf, name = element.dataset.interval;
    return { element, name, work: sampling(name, changes, values) };
  }

  // One slice of the work: of an element that has gone meanwhile none.
  function step() {
    if (current && !current.element.isConnected) current = null;
    if (!current) {
      const element = [...asked].find((one) => one.isConnected);
      if (!element) { asked.clear(); isRunning = false; return; }
      asked.delete(element);
      current = begin(element);
    }
    const { done, value } = current.work.next();
    if (done) {
      current.element.textContent = text(current.name, value, current.element.matches("td"));
      current = null;
    }
    idle(step);
  }

  function ask(element) {
    asked.add(element);
    if (!isRunning) { isRunning = true; idle(step); }
  }
  function askAll() {
    current = null; // its premises are no longer the reader's
    document.querySelectorAll("[data-interval]").forEach(ask);
  }
  kscaleWhatIf.listen(askAll);
  askAll();

  return { ask, interval };
})();
