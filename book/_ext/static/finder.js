// Finds a quantity by its meaning, its name, its symbol, or what the documents say of it, and offers what it found.
"use strict";
const kscaleFinder = (() => {
  const { names, isGiven, nearest } = kscaleArithmetic;
  const { make, setFormula } = kscaleLive;
  const MOST = 8;
  const plain = (text) => text.normalize("NFKC").toLowerCase(); // the letters of formulas are others than those of a keyboard
  const GREEK = Object.fromEntries("alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω"
    .match(/\w+ ./gu).map((pair) => pair.split(" ")));
  const lettered = (word) => GREEK[word] ?? word; // what is called eta is written η
  let index = null; // of each quantity: the texts to look in, those that count most first

  function build() {
    const claims = {};
    for (const { id, quantity } of kscaleModel.claims)
      if (quantity) claims[quantity] = `${claims[quantity] ?? ""} ${id} ${kscaleLive.known.claims[id].statement}`;
    index = names.map((name) => {
      const { meaning, symbol } = kscaleLive.known.quantities[name], sign = setFormula(make("span"), symbol.replace(/<annotation.*?<\/annotation>/gs, "")).textContent.trim();
      return [name, [sign, meaning, name.replaceAll("_", " "), claims[name] ?? ""].map(plain)];
    });
  }

  // The quantities that have most of the words asked for, rare words and last words first (a “node penalty” is a penalty);
  // what is called so comes before what is only spoken of, and all of a Greek letter before those: η, then η with an index.
  function find(asked) {
    if (!index) build();
    const words = plain(asked).split(/[\s_,\\{}]+/).filter(Boolean), counts = words.map(() => 0), written = words.map(lettered).join("");
    const found = index.map(([name, [sign, ...texts]]) => {
      const places = words.map((word) => (sign === written ? 0 : /\p{Script=Greek}/u.test(lettered(word)) && sign.includes(lettered(word))
        ? (sign.startsWith(lettered(word)) ? 0.3 : 0.6) : 1 + texts.findIndex((text) => text.includes(word)) || 9));
      places.forEach((place, i) => { counts[i] += place < 9; });
      return { name, places, rank: places.reduce((sum, place) => sum + place, isGiven(name) ? 0 : places.every((place) => place < 1) ? 0.1 : 1.5) + texts[0].length / 1000 };
    });
    const weight = ({ places }) => places.reduce((sum, place, i) => sum + (place < 9 && Math.log(2 * names.length / counts[i]) * (i + 1)), 0);
    const best = found.filter((one) => weight(one)).sort((a, b) => weight(b) - weight(a) || a.rank - b.rank);
    const meant = best[0]?.places.every((place) => place < 9) ? "" : nearest(asked);
    const most = Math.max(MOST, best.filter(({ places }) => places.every((place) => place < 1)).length);
    return [...new Set([meant, ...best.map(({ name }) => name)])].filter(Boolean).slice(0, most);
  }

  // A field with the list of what it finds, by the pattern of a combobox.
  function field(choose) {
    const list = make("ul", { role: "listbox", id: "kscale-found", class: "kscale-found", "aria-label": "Quantities found", hidden: true });
    const none = make("span", { class: "kscale-knob-note", role: "status" });
    const input = make("input", { type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
      autocomplete: "off", spellcheck: "false", placeholder: "memory power, η …", "aria-label": "Another quantity to change",
      oninput: offer, onkeydown: key, onblur: close });
    let at = -1;

    function close() {
      list.hidden = true;
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function take(name) { input.value = ""; close(); choose(name); }

    function offer() {
      close();
      const asked = input.value.trim(), found = asked ? find(asked) : [];
      none.textContent = asked && !found.length ? "no quantity of the book is like that" : "";
      if (!found.length) return;
      list.append(...found.map((name, i) => make("li", { role: "option", id: `kscale-found-${i}`, "data-name": name, onpointerdown: (event) => { event.preventDefault(); take(name); } },
        setFormula(make("span"), kscaleLive.known.quantities[name].symbol), ` ${kscaleLive.known.quantities[name].meaning}`)));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      go(0);
    }

    function go(to) {
      const options = [...list.children];
      at = (to + options.length) % options.length;
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    }

    function key(event) {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") go(at + (event.key === "ArrowDown" ? 1 : -1));
      else if (event.key === "Enter") take(list.children[at].dataset.name);
      else if (event.key === "Escape") { close(); event.stopPropagation(); }
      else return;
      event.preventDefault();
    }

    return make("div", { class: "kscale-finder" }, make("label", {}, "Another ", input), none, list);
  }

  return { field, find };
})();
