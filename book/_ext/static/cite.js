// Copy buttons for citations. Without this script each form can be selected and downloaded.
(() => {
  "use strict";
  if (!navigator.clipboard) return;
  for (const form of document.querySelectorAll(".kscale-cite [data-copy]")) {
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
