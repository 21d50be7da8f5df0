// The model read in the browser: values after any change, verdicts, and figures printed and read as the book does.
// kscaleModel is generated from the book's expressions; nothing here knows a quantity by name.
"use strict";
const kscaleArithmetic = (() => {
  const { quantities, units, claims, grammar } = kscaleModel;
  const names = Object.keys(quantities); // in the order of derivation
  const UNIT = 0, VALUE = 2;
  const isGiven = (name) => typeof quantities[name][VALUE] === "number";
  const factorOf = (unit) => units[unit][0], printedUnit = (unit) => units[unit][2] || unit;

  // Every quantity in SI after the changes, or what forbids them: {values} or {trouble}. A message names a quantity as
  // ‹name›, so that the page can say its meaning instead.
  function evaluate(changes = {}) {
    const v = {};
    for (const name of names) {
      const [, , what] = quantities[name];
      v[name] = name in changes ? changes[name] : typeof what === "number" ? what : what(v);
    }
    for (const name of Object.keys(changes).length ? names : []) {
      const [unit, sign] = quantities[name];
      if (!Number.isFinite(v[name])) return { trouble: `‹${name}› would be beyond the range of numbers` };
      if ((sign === "+" && v[name] <= 0) || (sign === "0" && v[name] < 0))
        return { trouble: `‹${name}› would be ${valueText(v[name], unit)}, and must be ${sign === "+" ? "more than" : "at least"} 0` };
    }
    return { values: v };
  }
  const { values: printed } = evaluate();

  // What is derived on the way from some causes to a result, in the order of derivation.
  function between(causes, result) {
    const inputs = (name) => String(quantities[name][VALUE]).match(/(?<=\.)\w+/g)?.filter((input) => input in quantities) ?? [];
    const needed = new Set([result]), moved = new Set(causes);
    for (const name of names.toReversed()) if (needed.has(name)) inputs(name).forEach(needed.add, needed);
    return names.filter((name) => needed.has(name) && !causes.includes(name) && inputs(name).some((input) => moved.has(input)) && moved.add(name));
  }

  // d ln(result) / d ln(cause) after the changes, by central difference: [cause, slope], the steepest first.
  function elasticities(result, changes = {}) {
    const step = 1e-4, at = (more) => evaluate({ ...changes, ...more }).values?.[result];
    kscaleRounds = false;
    try {
      const { values } = evaluate(changes);
      return names.filter((name) => isGiven(name) && values[name] > 0).map((name) => {
        const ratio = at({ [name]: values[name] * (1 + step) }) / at({ [name]: values[name] / (1 + step) });
        return [name, Math.log(ratio) / (2 * Math.log1p(step))];
      }).filter(([, slope]) => Math.abs(slope) > 1e-6).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    } finally { kscaleRounds = true; }
  }

  // The verdict on a claim of the document against itself, when its quantity has this value.
  function judge(claim, value) {
    if (claim.quantity === undefined || value === printed[claim.quantity]) return claim.was;
    const number = value / claim.factor;
    const lost = Math.abs(number) * grammar.tie; // what lies half-way may be printed either way
    const fits = Math.abs(number - claim.value) <= claim.digit / 2 + lost;
    if (fits) return claim.reproduced;
    if (isGiven(claim.quantity) || claim.worded) return "off";
    const [size, least] = [Math.abs(number), Math.abs(claim.value)];
    if (number >= 0 === claim.value >= 0 && least <= size && size < least + claim.digit) return "truncated";
    return "off"; // a slip is the document's own: nothing that a reader changes makes one
  }

  // Every claim whose verdict differs from the printed one: [claim, word].
  const flips = (values) =>
    claims.map((claim) => [claim, judge(claim, values[claim.quantity])]).filter(([claim, word]) => word !== claim.was);

  // Wholes that their parts do not add to: [whole, parts over whole]. Where a share is left over, it has no use.
  const overruns = (values) => kscaleModel.wholes.map(([whole, parts, called]) => [whole, partsOver(parts, called ? "" : whole, values), called ?? "the parts"])
    .filter(([, share]) => Math.abs(share - 1) > 1e-6 && Number.isFinite(share));
  const partsOver = (parts, whole, values) => parts.reduce((sum, name) => sum + Math.max(values[name], 0), 0) / (values[whole] ?? 1);

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";
  const raised = (power) => [...String(power)].map((c) => SUPERSCRIPTS["0123456789-+".indexOf(c)]).join("");
  const lowered = (text) => [...text].map((c) => "0123456789-+"[SUPERSCRIPTS.indexOf(c)]).join("");

  // A number with so many significant digits, as the book prints it.
  function figureText(number, digits = 4, trailingZeros = false) {
    if (number === 0) return "0";
    if (number < 0) return `−${figureText(-number, digits, trailingZeros)}`;
    let [mantissa, power] = number.toExponential(digits - 1).split("e");
    power = Number(power);
    if (power >= -4 && power < Math.max(7, digits)) {
      mantissa = Number(`${mantissa}e${power}`).toFixed(Math.max(digits - 1 - power, 0));
      mantissa = mantissa.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
      power = 0;
    }
    if (!trailingZeros && mantissa.includes(".")) mantissa = mantissa.replace(/\.?0+$/, "");
    mantissa = mantissa.replace("-", "−");
    return power ? `${mantissa}\u00a0×\u00a010${raised(power)}` : mantissa;
  }

  // An SI value in its own unit.
  function valueText(value, unit, digits = 4) {
    const text = figureText(value / factorOf(unit), digits);
    if (unit === "1" || unit === "") return text;
    return unit === "%" ? `${text}%` : `${text}\u00a0${printedUnit(unit)}${text === "1" ? "" : units[unit][3] ?? ""}`; // 1 year, 2 years
  }

  // The same at a glance: four digits, or all those of a whole number that is not long.
  const shortText = (value, unit) => valueText(value, unit, Math.max(4, wholeDigits(value / factorOf(unit))));
  const wholeDigits = (number) => { const digits = Math.floor(Math.log10(Math.abs(number))) + 1; return digits > 0 && digits < 7 ? digits : 0; };

  // A printed number after a change, or null where its digits show none of it. It has as many digits as the printed one
  // tells, one more for a whole number that has grown; what is whole stays so, and a unit gives way to a greater or lesser of its kind; `noun` is the word behind.
  // book/_ext/live/shown.py does the same in Python.
  function anew(was, { quantity, digits, factor, after }, value, noun = "") {
    const [before] = /^\s*[~≈]?\s*/.exec(was), per = Number(factor), old = printed[quantity] / per, now = value / per;
    const isDecimal = was.slice(0, was.length - after.length).includes(".");
    const told = isGiven(quantity) ? Math.max(4, digits) : toldDigits(old, Number(digits));
    if (figureText(old, told) === figureText(now, told)) return null;
    const grown = (number) => Math.max(told, Math.min(wholeDigits(number), told + 1)); // 266,667 and not 266,670
    const thing = (after.trim() || noun || (per === 1 ? unitOf(quantity) : "")).replace(/s$/, "");
    if (grammar.whole.includes(thing) && !isDecimal && Math.abs(now) >= 1) {
      const text = figureText(Math.round(now), grown(now));
      return (before || Number.isInteger(now) || !Number.isInteger(old) ? before : "about ") + text + inNumber(after, text);
    }
    const [number, unit] = rescaled(now, old, after);
    const text = figureText(number, grown(number), isDecimal && grown(number) === Number(digits));
    return before + text + inNumber(unit, text, noun);
  }

  // How many digits a printed number tells: "70" of 69.8 two, "2.1" too, and a whole number just so, such as "5%", three.
  function toldDigits(old, digits) {
    const shown = figureText(old, digits);
    while (digits < 3 && !shown.includes(".") && figureText(old, digits + 1) === shown) digits++;
    return digits;
  }

  // The number in a unit of the same ladder in which it is read more easily: 466,415 m are 466 km.
  function rescaled(number, old, after) {
    const [, gap, unit, rest] = /^([\s\u00a0]*)([^\s\u00a0/·]+)(.*)$/s.exec(after) ?? [];
    for (const [least, most, rungs] of grammar.ladders) {
      const here = rungs.find(([name, , ending]) => unit === name || unit === name + ending), size = Math.abs(number);
      if (!here || size === 0) continue;
      if (size >= least ? size < most || Math.abs(old) >= most : Math.abs(old) < least) break;
      const [name, factor, ending] = rungs.findLast(([, factor]) => size * here[1] >= factor) ?? rungs[0];
      return [number * (here[1] / factor), `${gap}${name}${rest ? "" : ending}${rest}`];
    }
    return [number, after];
  }

  // What stands behind a number, in the plural unless there is one; a ratio is seldom just one: "1.0 times".
  function inNumber(after, text, noun = "") {
    const word = after.trim(), single = word.replace(/s$/, "");
    if (text === "1" && (word || noun) === "times") return `.0${after}`;
    return word && units[single]?.[3] ? after.replace(word, text === "1" ? single : `${single}s`) : after;
  }

  // What a reader types for a quantity, in SI: "10%", "2e16 W", "4,493 T"; a bare number is in `bare`.
  // Throws an Error of one line for what is no number, or has a unit that does not fit.
  // The grammar is Python's own, printed with the model.
  const FIGURE = new RegExp(`^(?:${grammar.figure})$`), BARE_POWER = new RegExp(grammar.barePower);
  const SCALED = new RegExp(`^(${grammar.scales.join("|")}) (.+)$`); // "1.6 million year"
  const narrow = (character) => (character >= "！" && character <= "～" ? String.fromCharCode(character.charCodeAt(0) - grammar.wide) : character);
  const plainText = (text) => [...text].map((character) => grammar.alike[character] ?? narrow(character)).join("");
  function readValue(text, name, bare = "1") {
    const unit = quantities[name][UNIT], own = units[unit][1];
    const such = `expected one such as ${valueText(printed[name], unit)}`;
    const plain = own === "[temperature]" ? plainText(text).replace(/(\d)K\s*$/, "$1 K") : plainText(text); // 300K is no three hundred thousand
    const match = FIGURE.exec(plain.replace(BARE_POWER, "$<lead>1 × 10"));
    if (!match) {
      const comma = /^\D*?(\d+),(\d+)(?![\d,.])/.exec(text);
      const wanted = comma ? `commas part thousands, write ${comma[1]}.${comma[2]}` : such;
      throw new Error(`‹${name}›: “${text}” is not a number: ${wanted}`);
    }
    const { sign, digits, exponent, caret, superscript, thousand, unit: behind } = match.groups;
    const power = exponent ?? caret ?? lowered(superscript ?? "⁰"), plainDigits = digits.replace(/,/g, "");
    const [, scale, rest] = SCALED.exec(behind) ?? [0, "", behind];
    if ((scale || thousand) && ["B", ...grammar.scales].includes(rest))
      throw new Error(`‹${name}›: “${text}” is not a number: “${rest}” would scale it a second time`);
    const tooLong = Math.abs(power) > grammar.longest || plainDigits.length > grammar.longest;
    const number = Number(`${sign}${plainDigits}e${tooLong ? NaN : power}`) * (thousand ? 1000 : 1) * factorOf(scale || "1");
    const typed = rest === "B" && own.includes("[memory]") ? "byte" : rest || bare; // elsewhere B is billion
    const known = Object.keys(units).find((other) => other === typed || printedUnit(other) === typed || `${printedUnit(other)}${units[other][3]}` === typed);
    if (!known) throw new Error(`‹${name}›: “${typed}” in “${text}” is no unit known here: ${such}`);
    const [factor, dimension] = units[known];
    const isCount = dimension === "dimensionless" && (own === dimension || /^\[[a-z_]+\]$/.test(own));
    const isMeasured = /^\[(length|mass|time|temperature)\]$/.test(own);
    if (dimension !== own && !(isCount && !isMeasured) && !(rest === "" && bare === "1"))
      throw new Error(`‹${name}›: “${typed}” in “${text}” does not fit: ${such}`);
    return checked(number * factor, name, text);
  }

  function checked(value, name, text = valueText(value, quantities[name][UNIT])) {
    const [unit, sign] = quantities[name];
    const told = `‹${name}›: “${text}”`;
    if (!Number.isFinite(value)) throw new Error(`${told} is beyond the range of numbers: a finite one is expected, such as ${valueText(printed[name], unit)}`);
    if (unit === "%" && isGiven(name) && value > 1) throw new Error(`${told}: it is a share and cannot exceed 100%`);
    if (sign === "+" && value <= 0) throw new Error(`${told}: it must be positive, such as ${valueText(printed[name], unit)}`);
    return value;
  }

  // What an address or a field shows for a value, so that reading it gives the value back.
  function typedText(value, name) {
    const unit = quantities[name][UNIT];
    const short = Number((value / factorOf(unit)).toPrecision(12));
    const number = Math.abs(short) >= 1e7 || (short && Math.abs(short) < 1e-4) ? short.toExponential().replace("+", "") : String(short);
    return unit === "1" || unit === "" ? number : `${number}${unit === "%" ? "" : " "}${unit}`;
  }

  // Where a slider runs: the sourced range, or a factor of ten to either side of what is only chosen; no further than
  // the model can follow it while all else is as the book has it.
  function reach(name) {
    const [unit, sign, value, low, high] = quantities[name];
    const now = printed[name];
    let ends;
    if (isGiven(name) && low < high) ends = { low, high, logarithmic: low > 0 && high / low > 20 };
    else if (sign !== "+") ends = { low: now - Math.abs(now || 1), high: now + Math.abs(now || 1), logarithmic: false };
    else ends = { low: now / 10, high: unit === "%" && isGiven(name) ? Math.min(1, now * 10) : now * 10, logarithmic: true };
    return { ...ends, low: possible(name, now, ends.low), high: possible(name, now, ends.high) };
  }

  // The end of a slider, or what is nearest to it in three digits that the model still allows.
  function possible(name, now, end) {
    const allowed = (value) => !evaluate({ [name]: value }).trouble;
    if (allowed(end)) return end;
    let [near, far] = [now, end];
    for (let i = 0; i < 50; i++) {
      const middle = (near + far) / 2;
      if (allowed(middle)) near = middle; else far = middle;
    }
    const factor = factorOf(unitOf(name)), short = Number((near / factor).toPrecision(3)) * factor;
    return allowed(short) && (short - now) * (end - now) > 0 ? short : near;
  }

  // The slider of a quantity: how many steps it has, the step of a value, and the value at a step. A value has as few
  // digits (three or more) as keep it at its step; the ends are the ends of the reach, and the book's value has a step.
  const STEPS = 1000;
  function scale(name) {
    const { low, high, logarithmic } = reach(name);
    const place = (value) => STEPS * (logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
    const home = Math.round(place(printed[name])), factor = factorOf(unitOf(name));
    const valueAt = (step) => {
      if (step <= 0) return low;
      if (step >= STEPS) return high;
      if (step === home) return printed[name];
      const exact = logarithmic ? low * (high / low) ** (step / STEPS) : low + (high - low) * (step / STEPS);
      for (let digits = 3; digits < 15; digits++) {
        const short = Number((exact / factor).toPrecision(digits)) * factor;
        if (Math.abs(place(short) - step) < 0.4) return short;
      }
      return exact;
    };
    return { low, high, steps: STEPS, place, valueAt };
  }

  const unitOf = (name) => quantities[name][UNIT];

  const pairs = (word) => new Set([...word.toLowerCase()].slice(1).map((letter, i) => word.toLowerCase()[i] + letter));
  const pairsOf = {}; // by name, made when first asked for

  // The quantity whose name is most like a text, by the pairs of letters that both have, and a given before what is
  // derived; none if no name is like it.
  function nearest(text) {
    const asked = pairs(text);
    const likeness = (name) => { const own = pairsOf[name] ??= pairs(name); return 2 * [...asked].filter((pair) => own.has(pair)).length / (asked.size + own.size); };
    const like = names.map((name) => [likeness(name) + (isGiven(name) ? 0.2 : 0), name]).filter(([, name]) => likeness(name) >= 0.65);
    return like.reduce((most, other) => (other[0] > most[0] ? other : most), [0, ""])[1];
  }

  return { names, isGiven, evaluate, between, printed, elasticities, judge, flips, figureText, valueText, shortText, anew, overruns, readValue, checked, typedText, scale,
    nearest, unitOf, factorOf, raised, lowered };
})();
