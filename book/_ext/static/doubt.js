// Intervals that follow the reader: 80 % of the draws of a quantity, whose premises the reader's changes hold fast.
// kscaleDoubts is printed from the same distributions that Python draws from; this comes when a first interval is shown.
"use strict";
const kscaleDoubt = (() => {
  const { names, isGiven, valueText, unitOf } = kscaleArithmetic;
  const { quantities } = kscaleModel, { shapes, alone, mixed, tables, errs, constants } = kscaleDoubts;
  const DRAWS = 1000, SLICE = 200, WITHIN = 0.8; // draws of a quantity, of one idle slice; what an interval holds
  const SPARE = 4; // milliseconds of a page's leisure that are left to it

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
  const isInDoubt = (name) => name in alone || tables.some((table) => name in table);
  const isDrawn = (name, changes) => !(name in changes) && isInDoubt(name);
  // What a prediction of a quantity is to be multiplied by, as models err; but not what rests on premises and constants.
  const errors = remembered((name) => {
    const [low, middle, high] = errs.map(Math.log);
    return Float64Array.from(order(`error of ${name}`), (place) => Math.exp(middle + (scores[place] * (scores[place] < 0 ? middle - low : high - middle)) / errs[3]));
  });

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

  // What computes so many draws of the target at a time, and is done when it has given them all in rising order, or null
  // where nothing moves it.
  function* sampling(target, changes, values, errs = false) {
    const needed = behind(target, changes), v = {}, inputs = [], steps = [], moved = new Set();
    for (const name of names.filter((name) => needed.has(name))) {
      v[name] = values[name];
      if (isDrawn(name, changes)) inputs.push([name, drawn(name)]);
      else if (isGiven(name) || name in changes || !kscaleLive.known.quantities[name].inputs.some((input) => moved.has(input))) continue;
      else steps.push([name, quantities[name][2], quantities[name][1] !== ""]);
      moved.add(name);
    }
    const isKnown = isGiven(target) || target in changes;
    const error = errs && !isKnown && [...needed].some((name) => isInDoubt(name) && !constants.includes(name)) ? errors(target) : null;
    if (!moved.has(target) && !error) return null;
    const draws = new Float64Array(DRAWS);
    for (let i = 0; i < DRAWS; i++) {
      for (const [name, column] of inputs) v[name] = column[i];
      for (const [name, compute, isBounded] of steps) {
        const value = compute(v);
        v[name] = isBounded && value < 0 ? NaN : value; // in such a draw it cannot be
      }
      draws[i] = v[target] * (error?.[i] ?? 1);
      if (i % SLICE === SLICE - 1) yield;
    }
    const there = draws.filter((value) => !Number.isNaN(value)).sort();
    return there.length ? there : null;
  }

  const quantile = (draws, share) => draws[Math.min(Math.floor(share * draws.length), draws.length - 1)];
  const ends = (draws) => draws && [quantile(draws, (1 - WITHIN) / 2), quantile(draws, (1 + WITHIN) / 2)];

  // An interval at once: [low, high], or null.
  function interval(target, changes = kscaleWhatIf.changes, values = kscaleArithmetic.evaluate(changes).values, errs = false) {
    const work = sampling(target, changes, values, errs);
    for (;;) { const { done, value } = work.next(); if (done) return ends(value); }
  }

  // -- the page ---------------------------------------------------------------------------------------------------------

  const idle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 1)); // Safari has none
  const asked = new Set(); // who still wants draws: each begins work, is shown what it comes to, and may be gone meanwhile
  let current = null, isRunning = false;

  function text(name, ends, isShort) {
    if (!ends) return isShort ? "premises alone" : "no interval: it rests on premises alone";
    const [low, high] = ends.map((end) => valueText(end, unitOf(name), 3));
    if (isShort) return low === high ? low : `${low} to ${high}`;
    return low === high ? `80% of the draws at ${low}` : `80% of the draws within ${low} to ${high}`;
  }

  // An element that shows an interval, as one who asks.
  const asker = (element) => element.kscaleAsker ??= {
    get isConnected() { return element.isConnected; },
    begin: ({ changes, values }) => sampling(element.dataset.interval, changes, values),
    show: (draws) => { element.textContent = text(element.dataset.interval, ends(draws), element.matches("td")); },
  };

  // Work for as long as the page is idle: for one who has gone meanwhile none.
  function step(deadline) {
    do {
      if (current && !current.who.isConnected) current = null;
      if (!current) {
        const who = [...asked].find((one) => one.isConnected);
        if (!who) { asked.clear(); isRunning = false; return; }
        asked.delete(who);
        current = { who, work: who.begin(kscaleWhatIf) };
      }
      const { who, work } = current, { done, value } = work.next();
      if (done) { current = null; who.show(value); }
    } while (deadline?.timeRemaining() > SPARE);
    idle(step);
  }

  function ask(who) {
    asked.add(who);
    if (!isRunning) { isRunning = true; idle(step); }
  }
  function askAll() {
    current = null; // its premises are no longer the reader's
    document.querySelectorAll("[data-interval]").forEach((element) => ask(asker(element)));
  }
  kscaleWhatIf.listen(askAll);
  askAll();

  // The draws behind the marks that show a doubt, one by one, as the page has time for them: by quantity, error and place;
  // null where none of them rests on what the reader has changed.
  function* pictured(figure, { changes, values }, gridOf) {
    const found = {}, causes = Object.keys(changes);
    if (!Object.values(figure.drawn).some(([name]) => causes.some((cause) => behind(name, {}).has(cause)))) return null;
    function* add(name, error, place, changes, values) {
      const key = `${name} ${error} ${place}`;
      if (key in found || !values) return; // at some places of a sweep nothing can be
      found[key] = () => values[name];
      const draws = yield* sampling(name, changes, values, Boolean(error));
      if (draws) found[key] = (share) => quantile(draws, share);
    }
    for (const { over, drawn } of figure.marks)
      for (const [name, , error] of (drawn ?? []).map((symbol) => figure.drawn[symbol])) {
        if (!over) { yield* add(name, error, "", changes, values); continue; }
        for (const [i, value] of gridOf(over, values).entries()) {
          const there = over[0] in quantities ? { ...changes, [over[0]]: value } : changes;
          yield* add(name, error, `${over[0]} ${i}`, there, kscaleArithmetic.evaluate(there).values);
        }
      }
    return found;
  }

  return { ask, asker, behind, interval, pictured, quantile, sampling };
})();
