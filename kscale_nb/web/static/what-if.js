// What the reader has changed: kept in the address, which can be shared, and carried from page to page.
"use strict";
const kscaleWhatIf = (() => {
  const { evaluate, printed, readValue, typedText, names } = kscaleArithmetic;
  const known = new Set(names);
  const STORE = "kscale-what-if";
  const listeners = [];
  let changes = {}; // name: SI value
  let values = printed;
  let trouble = ""; // why the last wish was not granted

  const stored = () => {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return {}; } // private windows, other tongues
  };

  // Texts by name, as an address or the store holds them; what cannot be read is told and left out.
  function adopt(texts) {
    const wished = {}, refused = [];
    for (const [name, text] of Object.entries(texts)) {
      if (!known.has(name)) continue;
      try { wished[name] = readValue(String(text), name); } catch (error) { refused.push(error.message); }
    }
    apply(wished);
    if (refused.length) { trouble = refused.join("; "); tell(); }
  }

  function apply(wished) {
    for (const name of Object.keys(wished)) if (wished[name] === printed[name]) delete wished[name];
    const result = evaluate(wished);
    trouble = result.trouble || "";
    if (!trouble) { changes = wished; values = result.values; remember(); }
    tell();
    return !trouble;
  }

  function remember() {
    const texts = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, typedText(value, name)]));
    try { localStorage.setItem(STORE, JSON.stringify(texts)); } catch { /* the address still holds them */ }
    try { history.replaceState(history.state, "", address()); } catch { /* pages read from disk keep their address */ }
  }

  // This page's address with the changes in it: ?computing_share=10%25&training_time=3%20year
  function address() {
    const url = new URL(location.href);
    for (const name of [...url.searchParams.keys()]) if (known.has(name)) url.searchParams.delete(name);
    const others = url.searchParams.toString();
    const ours = Object.entries(changes).map(([name, value]) => `${name}=${encodeURIComponent(typedText(value, name))}`);
    url.search = [...ours, ...(others ? [others] : [])].join("&");
    return url.href;
  }

  const tell = () => listeners.forEach((listener) => listener());

  return {
    get changes() { return changes; },
    get values() { return values; },
    get trouble() { return trouble; },
    address,
    isChanged: (name) => values[name] !== printed[name],
    set: (name, value) => apply({ ...changes, [name]: value }),
    reset: (name) => apply(Object.fromEntries(Object.entries(changes).filter(([other]) => other !== name))),
    resetAll: () => apply({}),
    preset: (name) => apply({ ...kscaleModel.presets[name].changes }),
    // the preset that the changes are, "" for none, "own" for what no preset is
    presetInForce() {
      const same = (other) => Object.keys(other).length === Object.keys(changes).length
        && Object.entries(other).every(([name, value]) => changes[name] === value);
      if (same({})) return "";
      return Object.keys(kscaleModel.presets).find((name) => same(kscaleModel.presets[name].changes)) ?? "own";
    },
    refuse: (message) => { trouble = message; tell(); },
    listen: (listener) => listeners.push(listener),
    begin() {
      const asked = Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => known.has(name)));
      adopt(Object.keys(asked).length ? asked : stored());
    },
  };
})();
