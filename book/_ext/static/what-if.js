// What the reader has changed: kept in the address, which can be shared, and for one tab, from page to page.
"use strict";
const kscaleWhatIf = (() => {
  const { evaluate, printed, readValue, typedText, names, nearest } = kscaleArithmetic;
  const known = new Set(names);
  const STORE = "kscale-what-if"; // of this tab: a new one opens unchanged, unless its address holds changes
  const book = new URL("../", document.currentScript.src).href;
  const MOST_LOOKED_UP = 40, MOST_TOLD = 5, LONGEST = 200; // of an address: strange names, messages, characters of a value
  const REST = 250; // milliseconds without a change
  const lookedUp = new Map(), listeners = [];
  let changes = {}; // name: SI value
  let values = printed;
  let trouble = ""; // why the last wish was not granted
  let arrival = []; // what is to be told of the address
  let resting = 0; // until the address is written: browsers refuse an address that is rewritten at every step of a drag

  const stored = () => {
    try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; } // private windows, other tongues
  };
  const store = () => {
    try { sessionStorage.setItem(STORE, JSON.stringify(texts())); } catch { /* the address still holds them */ }
  };
  const texts = () => Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, typedText(value, name)]));
  const tell = () => listeners.forEach((listener) => listener());

  function apply(wished) {
    for (const name of Object.keys(wished)) if (wished[name] === printed[name]) delete wished[name];
    const result = evaluate(wished);
    trouble = result.trouble || "";
    if (!trouble) { changes = wished; values = result.values; }
    return !trouble;
  }

  // Pairs of a name and a text, as an address or a store holds them: what can be read is done, the rest is given back as told.
  function adopt(pairs) {
    const wished = {}, refused = [];
    for (const [name, text] of pairs) {
      if (!known.has(name)) continue;
      const value = String(text);
      if (value.length > LONGEST) refused.push(`‹${name}›: “${value.slice(0, LONGEST)}…” is too long for a number`);
      else try { wished[name] = readValue(value, name); } catch (error) { refused.push(error.message); }
    }
    const told = [...new Map(pairs)].filter(([name]) => name in wished).slice(0, MOST_TOLD).map(([name, text]) => `‹${name}› = ${text}`);
    if (!apply(wished)) refused.push(`${told.join(", ")}: ${trouble}`);
    trouble = "";
    return refused;
  }

  // The reader's own doing.
  function wish(wished) {
    if (apply(wished)) {
      arrival = [];
      store();
      clearTimeout(resting);
      resting = setTimeout(showAddress, REST);
    }
    tell();
    return !trouble;
  }

  // Going back leads to the changes as they are now, not as they were when the page was left.
  function takeStored() {
    arrival = adopt(Object.entries(stored() ?? {}));
    showAddress();
    tell();
  }

  function begin() {
    const asked = [...new URLSearchParams(location.search)];
    const before = stored();
    const isBack = before && performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    arrival = isBack ? [] : adopt(asked.filter(([name]) => known.has(name))).concat(asked.map(misnamed).filter(Boolean));
    if (arrival.length > MOST_TOLD)
      arrival.splice(MOST_TOLD, Infinity, `Of this address ${arrival.length - MOST_TOLD} more parts could not be read.`);
    const isBroken = arrival.length > 0;
    if (!Object.keys(changes).length) arrival.push(...adopt(Object.entries(before ?? {})));
    store();
    if (!isBroken) showAddress();
    addEventListener("pageshow", (event) => { if (event.persisted) takeStored(); });
    addEventListener("click", carry, true);
    tell();
  }

  // A link followed to another page of the book takes the changes along: pages read from the disk may share no store.
  function carry(event) {
    const link = event.target.closest?.("a[href]");
    if (!link?.href.startsWith(book) || event.ctrlKey || event.metaKey || event.shiftKey || !/(\.html|\/)$/.test(link.pathname)) return;
    if (link.pathname === location.pathname || [...new URLSearchParams(link.search).keys()].some((name) => known.has(name))) return;
    const asked = link.getAttribute("href");
    showAddress(); // what is left is found again as it was left
    link.href = address(link.href);
    setTimeout(() => link.setAttribute("href", asked));
  }

  // An address may hold what is another's (utm_source=...), so that only a name near one of the book's is told.
  function misnamed([name]) {
    const near = known.has(name) ? "" : meant(name);
    return near && `The address asks for “${name}”, which the book does not have: did you mean ‹${near}›?`;
  }

  // The name that a strange one is near to. The search takes a while: each is looked up once, and no more than some.
  function meant(name) {
    if (!lookedUp.has(name) && lookedUp.size < MOST_LOOKED_UP) lookedUp.set(name, name.length > LONGEST ? "" : nearest(name));
    return lookedUp.get(name) ?? "";
  }

  // An address with the changes in it: ?computing_share=10%25&training_time=3%20year
  function address(of = location.href) {
    const url = new URL(of);
    for (const name of [...url.searchParams.keys()]) if (known.has(name) || meant(name)) url.searchParams.delete(name);
    const others = url.searchParams.toString();
    const ours = Object.entries(texts()).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
    url.search = [...ours, ...(others ? [others] : [])].join("&");
    return url.href;
  }

  function showAddress() {
    clearTimeout(resting);
    try { history.replaceState(history.state, "", address()); } catch { /* pages read from disk keep their address */ }
  }

  return {
    get changes() { return changes; },
    get values() { return values; },
    get trouble() { return trouble; },
    get arrival() { return arrival; },
    address,
    // as a citation states them: computing_share = 20%
    stated: () => Object.entries(texts()).map(([name, text]) => `${name} = ${text}`).join(", "),
    isChanged: (name) => values[name] !== printed[name],
    set: (name, value) => wish({ ...changes, [name]: value }),
    reset: (name) => wish(Object.fromEntries(Object.entries(changes).filter(([other]) => other !== name))),
    resetAll: () => wish({}),
    preset: (name) => wish({ ...kscaleModel.presets[name].changes }),
    // the preset that the changes are, "" for none, "own" for what no preset is
    presetInForce() {
      const same = (other) => Object.keys(other).length === Object.keys(changes).length
        && Object.entries(other).every(([name, value]) => Math.abs(changes[name] / value - 1) < 1e-9); // as an address brings it
      if (same({})) return "";
      return Object.keys(kscaleModel.presets).find((name) => same(kscaleModel.presets[name].changes)) ?? "own";
    },
    refuse: (message) => { trouble = message; tell(); },
    understood: () => { arrival = []; tell(); },
    listen: (listener) => listeners.push(listener),
    begin,
  };
})();
