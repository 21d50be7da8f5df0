// What else follows a premise: the numbers of worked formulas and the verdicts in tables; and a stamp on what cannot.
"use strict";
const kscaleFollow = (() => {
  const { figureText, judge, printed } = kscaleArithmetic;
  const MATH = "http://www.w3.org/1998/Math/MathML";
  const STAMP = "As printed: what this rests on has been changed, and only a run of the notebook could follow.";
  const formulas = [...document.querySelectorAll("[data-formula]")].map((row) => ({ row, own: [...row.childNodes], shown: null }));
  const verdicts = [...document.querySelectorAll("[data-verdict]")].map((link) => [link, link.textContent]);
  const claims = new Map(kscaleModel.claims.map((claim) => [claim.id, claim]));
  const stamped = new Map(); // of an output: what it rests on, and its stamp

  const mathElement = (tag, ...children) => {
    const element = document.createElementNS(MATH, tag);
    element.append(...children);
    return element;
  };

  // 4.493 × 10¹⁵ as mathematics
  function mathOf(text) {
    const [, sign, mantissa, power] = /^([-−]?)(.*?)(?:\u00a0×\u00a010(.*))?$/.exec(text);
    return [...(sign ? [mathElement("mo", "−")] : []), mathElement("mn", mantissa),
      ...(power ? [mathElement("mo", "×"), mathElement("msup", mathElement("mn", "10"), mathElement("mn", kscaleArithmetic.lowered(power).replace("-", "−")))] : [])];
  }

  function follow() {
    const { values, isChanged } = kscaleWhatIf;
    for (const formula of formulas) {
      const { row, own, shown } = formula, { formula: name, digits, factor } = row.dataset;
      const [was, now] = [printed, values].map((all) => figureText(all[name] / Number(factor), Number(digits)));
      formula.shown = now === was ? null : now;
      if (formula.shown === shown) continue; // what is set anew is laid out anew
      row.classList.toggle("kscale-changed", now !== was);
      row.replaceChildren(...(now === was ? own : mathOf(now)));
    }
    for (const [link, own] of verdicts) {
      const claim = claims.get(link.dataset.verdict), now = claim ? judge(claim, values[claim.quantity]) : own;
      if (link.textContent !== now) link.textContent = now;
      link.classList.toggle("kscale-changed", now !== own);
      if (now !== own) link.dataset.was = own; else delete link.dataset.was;
    }
    for (const [output, { names, stamp }] of stamped) {
      const isStale = names.some(isChanged);
      output.classList.toggle("kscale-as-printed", isStale);
      if (!isStale) stamp.remove(); else if (!stamp.isConnected) output.prepend(stamp);
    }
  }

  // Told by the page's own script: of each output that Python made, the quantities that it rests on.
  function rests(outputs) {
    for (const [id, names] of Object.entries(outputs)) {
      const output = document.getElementById(id);
      if (output) stamped.set(output, { names: names.split(" "), stamp: kscaleLive.make("p", { class: "kscale-stamp" }, STAMP) });
    }
    if (Object.keys(kscaleWhatIf.changes).length) follow();
  }

  kscaleWhatIf.listen(follow);
  return { rests };
})();
