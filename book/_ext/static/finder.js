// Finds a quantity by its meaning, its name, its symbol, or what the documents say of it, and offers what it found.
"use strict";
const kscaleFinder = (() => {
  const { names, isGiven, nearest } = kscaleArithmetic;
  const { make, setFormula } = kscaleLive;
  const MOST = 8;
  let index = null; // of each quantity: the texts to look in, those that count most first

  function build() {
    const claims = {};
    for (const { id, quantity } of kscaleModel.claims)
      if (quantity) claims[quantity] = `${claims[quantity] ?? ""} ${id} ${kscaleLive.known.claims[id].statement}`;
    index = names.map((name) => {
      const { meaning, symbol } = kscaleLive.known.quantities[name], sign = setFormula(make("span"), symbol).textContent;
      return [name, [sign, meaning, name.replaceAll("_", " "), claims[name] ?? ""].map((text) => text.toLowerCase())];
    });
  }

  // The quantities that have the most of the words asked for, what is named so before what is only spoken of.
  function find(asked) {
    if (!index) build();
    const words = asked.toLowerCase().split(/[\s_,]+/).filter(Boolean);
    const found = index.map(([name, texts]) => {
      const places = words.map((word) => (texts[0].split(/[^\p{L}\p{N}\\]+/u).includes(word) ? 0 : texts.findIndex((text, i) => i && text.includes(word))));
      return { name, hits: places.filter((place) => place >= 0).length, rank: places.reduce((sum, place) => sum + Math.max(place, 0), isGiven(name) ? 0 : 0.5) + texts[1].length / 1000 };
    });
    const most = Math.max(...found.map(({ hits }) => hits));
    const best = most ? found.filter(({ hits }) => hits === most).sort((a, b) => a.rank - b.rank).map(({ name }) => name) : [];
    return (best.length ? best : [nearest(asked)].filter(Boolean)).slice(0, MOST);
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
