// A chapter's question, guessed on a logarithmic slider; then the answer, live, and how far off the guess was.
"use strict";
(() => {
  const { figureText, valueText, unitOf, factorOf } = kscaleArithmetic, { make } = kscaleLive;
  const place = document.querySelector("[data-guess]");
  if (!place) return;
  const { guess: name, low, high } = place.dataset;
  const unit = unitOf(name), factor = factorOf(unit), store = `kscale-guess-${name}`, STEPS = 20; // to a decade
  const steps = (high - low) * STEPS;
  const fold = place.nextElementSibling, number = fold.querySelector("a"), home = number.parentElement;
  const before = new Text(), after = new Text();

  const figureAt = (step) => Number((10 ** (Number(low) + step / STEPS)).toPrecision(2));
  const text = (figure) => valueText(figure * factor, unit, 2).replace(/^1\u00a0×\u00a0/, "");

  // For those who hear it: "20 trillion years".
  function spoken(figure) {
    const behind = valueText(figure * factor, unit, 2).slice(figureText(figure, 2).length);
    const [size, word] = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1e3, "thousand"]]
      .find(([scale]) => figure >= scale && figure < 1000 * scale) ?? [1, ""];
    const [mantissa, power] = figure.toExponential().split("e");
    if (figure < 1e-4 || figure >= 1e15) return `${mantissa} times 10 to the power ${power.replace("-", "minus ").replace("+", "")}${behind}`;
    return `${figureText(figure / size, 2)} ${word}`.trim() + behind;
  }

  function distance(figure) {
    const ratio = kscaleWhatIf.values[name] / factor / figure;
    const times = Math.max(ratio, 1 / ratio);
    return times < 1.25 ? "well guessed" : `${figureText(times, 2)} times ${ratio > 1 ? "more" : "less"}`;
  }

  const slider = make("input", { type: "range", min: 0, max: steps, step: 1,
    "aria-label": place.previousElementSibling.textContent, oninput: show });
  const shown = make("output");
  const button = make("button", { type: "button", onclick: decide });
  const told = make("p", { role: "status" });

  const stored = (act) => { try { return act(sessionStorage); } catch { return null; } }; // a private window

  function decide() {
    kscaleLive.closeCard(); // it may hang on the number
    guessed = !guessed;
    stored((memory) => (guessed ? memory.setItem(store, slider.value) : memory.removeItem(store)));
    lay();
  }

  // Once there is a guess, the number goes from the fold into the sentence.
  function lay() {
    fold.hidden = slider.disabled = guessed;
    button.textContent = guessed ? "guess again" : "that is my guess";
    told.replaceChildren(...(guessed ? [before, number, after] : []));
    if (!guessed) home.append(number);
    show();
  }

  function show() {
    const figure = figureAt(slider.value);
    shown.textContent = text(figure);
    slider.setAttribute("aria-valuetext", spoken(figure));
    before.data = `You guessed ${text(figure)}; it is `;
    after.data = `: ${distance(figure)}.`;
  }

  const kept = stored((memory) => memory.getItem(store));
  let guessed = kept !== null;
  slider.value = kept ?? steps / 2;
  place.append(make("div", { class: "kscale-guess-slider" }, slider,
    make("span", {}, text(figureAt(0))), make("span", {}, text(figureAt(steps)))), shown, button);
  place.after(told);
  kscaleWhatIf.listen(show);
  lay();
})();
