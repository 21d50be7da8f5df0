// What the reader has changed: kept in the address, which can be shared, and carried from page to page and tab to tab.
"use strict";
const kscaleWhatIf = (() => {
  const { evaluate, printed, readValue, typedText, names, nearest } = kscaleArithmetic;
  const known = new Set(names);
  // Of every tab is what the reader chose; of one tab is what an address brought to it, until the reader moves something.
  const STORE = "kscale-what-if", OWN = "localStorage", VISIT = "sessionStorage";
  const MOST_LOOKED_UP = 40, MOST_TOLD = 5, LONGEST = 200; // of an address: strange names, messages, characters of a value
  const lookedUp = new Map(), listeners = [];
  let changes = {}; // name: SI value
  let values = printed;
  let trouble = ""; // why the last wish was not granted
  let arrival = []; // what is to be told of the address
  let visiting = false, ownWaits = false;

  const stored = (place) => {
    try { return JSON.parse(window[place].getItem(STORE)); } catch { return null; } // private windows, other tongues
  };
  const store = (place, texts) => {
    try { if (texts) window[place].setItem(STORE, JSON.stringify(texts)); else window[place].removeItem(STORE); }
    catch { /* the address still holds them */ }
  };
  const texts = () => Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, typedText(value, name)]));
  const alike = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
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
    if (!apply(wished)) refused.push(`${[...new Map(pairs)].filter(([name]) => name in wished).slice(0, MOST_TOLD).map(([name, text]) => `‹${name}› = ${text}`).join(", ")}: ${trouble}`);
    trouble = "";
    return refused;
  }

  // The reader's own doing.
  function wish(wished) {
    if (apply(wished)) {
      visiting = ownWaits = false;
      arrival = [];
      store(VISIT, null);
      store(OWN, texts());
      showAddress();
    }
    tell();
    return !trouble;
  }

  // Another tab's doing, or that of a page to which the reader goes back.
  function takeOwn() {
    visiting = ownWaits = false;
    store(VISIT, null);
    arrival = adopt(Object.entries(stored(OWN) ?? {}));
    showAddress();
    tell();
  }

  function begin() {
    const asked = [...new URLSearchParams(location.search)];
    const ours = asked.filter(([name]) => known.has(name));
    const own = stored(OWN), brought = stored(VISIT);
    const leftover = own && !brought && performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    arrival = leftover ? [] : adopt(ours).concat(asked.map(misnamed).filter(Boolean));
    if (arrival.length > MOST_TOLD)
      arrival.splice(MOST_TOLD, Infinity, `Of this address ${arrival.length - MOST_TOLD} more parts could not be read.`);
    const isBroken = arrival.length > 0;
    visiting = !leftover && Object.keys(changes).length > 0 && !alike(texts(), own ?? {});
    if (!visiting && (leftover || !Object.keys(changes).length)) {
      arrival.push(...adopt(Object.entries(brought ?? own ?? {})));
      visiting = brought !== null;
    }
    store(VISIT, visiting ? texts() : null);
    ownWaits = visiting && Object.keys(own ?? {}).length > 0 && !alike(texts(), own);
    if (ownWaits && ours.length) arrival.push("This address brings other changes than yours. Yours are kept until you move something here.");
    if (!isBroken) showAddress();
    addEventListener("storage", (event) => { if (event.key === STORE && !visiting) takeOwn(); });
    addEventListener("pageshow", (event) => { if (event.persisted && !visiting) takeOwn(); });
    tell();
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

  // This page's address with the changes in it: ?computing_share=10%25&training_time=3%20year
  function address() {
    const url = new URL(location.href);
    for (const name of [...url.searchParams.keys()]) if (known.has(name) || meant(name)) url.searchParams.delete(name);
    const others = url.searchParams.toString();
    const ours = Object.entries(texts()).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
    url.search = [...ours, ...(others ? [others] : [])].join("&");
    return url.href;
  }

  function showAddress() {
    try { history.replaceState(history.state, "", address()); } catch { /* pages read from disk keep their address */ }
  }

  return {
    get changes() { return changes; },
    get values() { return values; },
    get trouble() { return trouble; },
    get arrival() { return arrival; },
    get ownWaits() { return ownWaits; },
    address,
    isChanged: (name) => values[name] !== printed[name],
    set: (name, value) => wish({ ...changes, [name]: value }),
    reset: (name) => wish(Object.fromEntries(Object.entries(changes).filter(([other]) => other !== name))),
    resetAll: () => wish({}),
    preset: (name) => wish({ ...kscaleModel.presets[name].changes }),
    // the preset that the changes are, "" for none, "own" for what no preset is
    presetInForce() {
      const same = (other) => Object.keys(other).length === Object.keys(changes).length
        && Object.entries(other).every(([name, value]) => changes[name] === value);
      if (same({})) return "";
      return Object.keys(kscaleModel.presets).find((name) => same(kscaleModel.presets[name].changes)) ?? "own";
    },
    refuse: (message) => { trouble = message; tell(); },
    understood: () => { arrival = []; tell(); },
    takeOwn,
    listen: (listener) => listeners.push(listener),
    begin,
  };
})();
