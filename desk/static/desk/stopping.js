// Counts the ticked sessions; one box ticks them all.
"use strict";

(function () {
  const form = document.getElementById("stopping");
  if (!form) return;
  const all = document.getElementById("stop-all");
  const boxes = () => [...form.querySelectorAll("[name=session]")];

  function show() {
    const chosen = boxes().filter((box) => box.checked).length;
    document.getElementById("stop-count").textContent = String(chosen);
    document.getElementById("stop-preview").disabled = chosen === 0;
    all.checked = chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    show();
  });
  show();
})();
