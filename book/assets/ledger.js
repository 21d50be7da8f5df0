// The ledger's controls: filter by words and verdicts, sort by any column. Without this script the page reads whole.
(() => {
  "use strict";
  const table = document.querySelector("table.kscale-ledger");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const verdictOf = (row, column) => row.cells[column].querySelector(".kscale-verdict").textContent.trim();
  const numberOf = (cell) => {
    const text = cell.textContent.replace(/,/g, "").replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (power) =>
      "e" + [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻".indexOf(digit)).map((i) => (i === 10 ? "-" : i)).join(""));
    const value = parseFloat(text.replace(/\s*×\s*10e/, "e").replace(/^\s*10e/, "1e"));
    return Number.isNaN(value) ? Infinity : value;
  };

  const controls = document.createElement("form");
  controls.className = "kscale-controls";
  controls.setAttribute("role", "search");
  controls.setAttribute("aria-label", "Filter the ledger");
  controls.addEventListener("submit", (event) => event.preventDefault());

  const labelled = (text, field) => {
    const label = document.createElement("label");
    label.append(text, field);
    controls.append(label);
    return field;
  };
  const choice = (text, values) => {
    const select = document.createElement("select");
    for (const value of ["all", ...values]) select.add(new Option(value, value));
    return labelled(text, select);
  };
  const words = labelled("Words ", Object.assign(document.createElement("input"), { type: "search" }));
  const present = (column) => [...new Set(rows.map((row) => verdictOf(row, column)))];
  const documents = choice("Document ", [...new Set(rows.map((row) => row.querySelector(".kscale-document").textContent))]);
  const verdict = choice("Verdict ", present(3));
  const world = choice("World ", present(5));
  const count = document.createElement("output");
  count.setAttribute("aria-live", "polite");
  controls.append(count);
  (table.closest(".pst-scrollable-table-container") || table).before(controls);

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = wanted.every((word) => text.includes(word))
        && (documents.value === "all" || row.querySelector(".kscale-document").textContent === documents.value)
        && (verdict.value === "all" || verdictOf(row, 3) === verdict.value)
        && (world.value === "all" || verdictOf(row, 5) === world.value);
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} claims`;
  };
  controls.addEventListener("input", filter);

  const keys = [
    (row) => row.id, (row) => numberOf(row.cells[1]), (row) => numberOf(row.cells[2]),
    (row) => verdictOf(row, 3), (row) => Number(/[\d.]+(?=%)/.exec(row.cells[4].textContent) ?? Infinity), (row) => verdictOf(row, 5),
  ];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kscale-sort";
    button.append(...head.querySelector("p").childNodes);
    head.querySelector("p").append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = keys[column];
      const place = new Map(rows.map((row, index) => [row, index]));
      const sorted = [...rows].sort((a, b) => {
        const [first, second] = [key(a), key(b)];
        const order = first < second ? -1 : first > second ? 1 : 0;
        return (up ? order : -order) || place.get(a) - place.get(b);
      });
      table.tBodies[0].append(...sorted);
    });
  });

  // A link to a hidden row shows it.
  window.addEventListener("hashchange", () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row && row.hidden) { controls.reset(); filter(); row.scrollIntoView(); }
  });
  filter();
})();
