// The model read in the browser: values after any change, verdicts, and figures printed and read as the book does.
// kscaleModel is generated from the book's expressions; nothing here knows a quantity by name.
"use strict";
const kscaleArithmetic = (() => {
  const { quantities, units, claims } = kscaleModel;
  const names = Object.keys(quantities); // in the order of derivation
  const UNIT = 0, SIGN = 1, VALUE = 2, LOW = 3, HIGH = 4;
  const isGiven = (name) => typeof quantities[name][VALUE] === "number";
  const factorOf = (unit) => units[unit][0];

  // Every quantity in SI after the changes, or what forbids them: {values} or {trouble}.
  function evaluate(changes = {}) {
    const v = {};
    for (const name of names) {
      const [, , what] = quantities[name];
      v[name] = name in changes ? changes[name] : typeof what === "number" ? what : what(v);
    }
    for (const name of Object.keys(changes).length ? names : []) {
      const [unit, sign] = quantities[name];
      if (!Number.isFinite(v[name])) return { trouble: `${name} would be beyond the range of numbers` };
      if ((sign === "+" && v[name] <= 0) || (sign === "0" && v[name] < 0))
        return { trouble: `${name} would be ${valueText(v[name], unit)}, and cannot` };
    }
    return { values: v };
  }
  const { values: printed } = evaluate();

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
    const fits = (x) => claim.low <= x && x <= claim.high;
    if (fits(number)) return claim.reproduced;
    if (isGiven(claim.quantity) || claim.worded) return "off";
    const [size, least] = [Math.abs(number), Math.abs(claim.value)];
    if (number >= 0 === claim.value >= 0 && least <= size && size < least + claim.digit) return "truncated";
    const power = Math.round(Math.log10(size / least));
    if (Number.isFinite(power) && power && fits(number / 10 ** power)) return "slip";
    return (claim.bytes || []).some((factor) => fits(number * factor)) ? "slip" : "off";
  }

  // Every claim whose verdict differs from the printed one: [claim, word].
  const flips = (values) =>
    claims.map((claim) => [claim, judge(claim, values[claim.quantity])]).filter(([claim, word]) => word !== claim.was);

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
  const raised = (power) => [...String(power)].map((c) => SUPERSCRIPTS["0123456789-".indexOf(c)]).join("");
  const lowered = (text) => [...text].map((c) => "0123456789-"[SUPERSCRIPTS.indexOf(c)]).join("");

  // A number with so many significant digits, as the book prints it.
  function figureText(number, digits = 4, trailingZeros = false) {
    if (number === 0) return "0";
    let [mantissa, power] = number.toExponential(digits - 1).split("e");
    power = Number(power);
    if (power >= -4 && power < Math.max(7, digits)) {
      mantissa = Number(`${mantissa}e${power}`).toFixed(Math.max(digits - 1 - power, 0));
      mantissa = mantissa.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
      power = 0;
    }
    if (!trailingZeros && mantissa.includes(".")) mantissa = mantissa.replace(/\.?0+$/, "");
    return power ? `${mantissa}\u00a0×\u00a010${raised(power)}` : mantissa;
  }

  // An SI value in its own unit.
  function valueText(value, unit, digits = 4) {
    const text = figureText(value / factorOf(unit), digits);
    if (unit === "1" || unit === "") return text;
    return unit === "%" ? `${text}%` : `${text}\u00a0${units[unit][2]}${text === "1" ? "" : units[unit][3] ?? ""}`; // 1 year, 2 years
  }

  // What a reader types for a quantity, in SI: "10%", "2e16 W", "4,493 T"; a bare number is in `bare`.
  // Throws an Error of one line for what is no number, or has a unit that does not fit.
  function readValue(text, name, bare = "1") {
    const unit = quantities[name][UNIT];
    const match = /^\s*([-+]?(?:\d[\d,]*\.?\d*|\.\d+))(?:e([-+]?\d+)|\s*[×x·*]\s*10(?:\^([-+]?\d+)|([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)))?\s*(.*?)\s*$/i
      .exec(text.replace(/\u00a0/g, " ").replace(/−/g, "-").replace(/^\s*10(?=\^|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])/, "1 × 10"));
    if (!match) throw new Error(`“${text}” is not a number: type one such as ${valueText(printed[name], unit)}`);
    const power = match[2] ?? match[3] ?? (match[4] ? lowered(match[4]) : "0");
    const number = Number(`${match[1].replace(/,/g, "")}e${power}`);
    const typed = match[5] || bare;
    const known = Object.keys(units).find((other) => other === typed || units[other][2] === typed || `${other}${units[other][3]}` === typed);
    if (!known) throw new Error(`“${typed}” is not a unit known here: ${name} is measured in ${unit}`);
    const [factor, dimension] = units[known];
    const own = units[unit][1];
    const isCount = dimension === "dimensionless" && (own === dimension || /^\[[a-z_]+\]$/.test(own));
    const isMeasured = /^\[(length|mass|time|temperature)\]$/.test(own);
    if (dimension !== own && !(isCount && !isMeasured) && !(match[5] === "" && bare === "1"))
      throw new Error(`${name} is measured in ${unit}, and ${typed} does not fit it`);
    return checked(number * factor, name);
  }

  function checked(value, name) {
    const [unit, sign] = quantities[name];
    if (!Number.isFinite(value)) throw new Error(`${name}: a finite number is expected`);
    if (unit === "%" && isGiven(name) && value > 1) throw new Error(`${name} is a share and cannot exceed 100%`);
    if (sign === "+" && value <= 0) throw new Error(`${name} must be positive`);
    return value;
  }

  // What an address or a field shows for a value, so that reading it gives the value back.
  function typedText(value, name) {
    const unit = quantities[name][UNIT];
    const short = Number((value / factorOf(unit)).toPrecision(12));
    const number = Math.abs(short) >= 1e7 ? short.toExponential().replace("+", "") : String(short);
    return unit === "1" || unit === "" ? number : `${number}${unit === "%" ? "" : " "}${unit}`;
  }

  // Where a slider runs: the sourced range, or a factor of ten to either side of what is only chosen.
  function reach(name) {
    const [unit, sign, value, low, high] = quantities[name];
    const now = isGiven(name) ? value : printed[name];
    if (isGiven(name) && low < high) return { low, high, logarithmic: low > 0 && high / low > 20 };
    if (sign !== "+") return { low: now - Math.abs(now || 1), high: now + Math.abs(now || 1), logarithmic: false };
    const most = unit === "%" && isGiven(name) ? Math.min(1, now * 10) : now * 10;
    return { low: now / 10, high: most, logarithmic: true };
  }

  return { names, isGiven, evaluate, printed, elasticities, judge, flips, figureText, valueText, readValue, checked, typedText, reach,
    unitOf: (name) => quantities[name][UNIT], factorOf };
})();
