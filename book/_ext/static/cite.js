// Copy buttons for citations, which name what a reader has changed. Without this script each form can be selected and downloaded.
(() => {
  "use strict";
  // Where each form has room for what was changed, and how it is written there.
  const NOTES = {
    text: (text, note) => `${text} With ${note}.`,
    BibTeX: (text, note) => text.replace("executable Jupyter Book", (kept) => `${kept}, with ${note.replace(/[%_]/g, "\\$&")}`),
    RIS: (text, note) => text.replace(/^ER {2}-/m, (end) => `N1  - with ${note}\n${end}`),
    "CSL-JSON": (text, note) => text.replace(/^ {2}"language"/m, (next) => `  "note": ${JSON.stringify("with " + note)},\n${next}`),
  };
  const forms = [...document.querySelectorAll(".kscale-cite [data-copy]")];
  const books = forms.map((form) => [form, form.innerHTML, form.textContent, form.previousElementSibling.querySelector("a[download]")]);
  const files = new Map(books.filter(([, , , file]) => file).map(([, , , file]) => [file, file.href]));

  function follow() {
    const note = kscaleWhatIf.stated();
    for (const [form, markup, text, file] of books) {
      const noted = note ? NOTES[form.dataset.copy](text.trim(), note) : text.trim();
      if (form.textContent.trim() === noted) continue;
      if (note) form.textContent = noted; else form.innerHTML = markup;
      if (file) file.href = note ? `data:text/plain;charset=utf-8,${encodeURIComponent(noted + "\n")}` : files.get(file);
    }
  }
  kscaleWhatIf.listen(follow);
  follow();

  if (!navigator.clipboard) return;
  for (const form of forms) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
    button.setAttribute("aria-label", `Copy ${form.dataset.copy}`);
    const answer = document.createElement("output");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(form.textContent.trim());
        answer.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(form);
        answer.textContent = "Selected: copy with your keyboard";
      }
      setTimeout(() => { answer.textContent = ""; }, 3000);
    });
    form.previousElementSibling.append(" ", button, " ", answer);
  }
})();
