// Settling a day: after each act the focus stands in the line that follows, on the same act; ticks are counted.
"use strict";

(function () {
  const page = document.getElementById("ending");
  if (!page) return;
  const body = document.getElementById("ending-body");
  const fault = document.getElementById("ending-fault");
  const ticks = () => [...body.querySelectorAll("[name=booking]")];
  let next = []; // ids that may take the focus, the best first

  function count() {
    const shown = body.querySelector("[data-ticked]");
    const ticked = ticks().filter((one) => one.checked).length;
    if (shown) shown.textContent = String(ticked);
    const all = document.getElementById("ending-all");
    if (all) all.checked = ticked > 0 && ticked === ticks().length;
  }

  // Enter in the reason would press the first button of the form: it must not settle anybody.
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "ending-reason") event.preventDefault();
  });
  body.addEventListener("change", (event) => {
    if (event.target.id === "ending-all") for (const one of ticks()) one.checked = event.target.checked;
    count();
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = page.dataset.csrf;
  });
  document.body.addEventListener("htmx:beforeRequest", () => {
    const at = document.activeElement;
    const row = at && at.closest("tbody tr");
    const act = at && at.id.split("-")[0];
    const after = row && [row.nextElementSibling, row.previousElementSibling].filter(Boolean);
    next = after ? after.map((one) => `${act}-${one.querySelector("[name=booking]").value}`) : [];
    fault.hidden = true;
  });
  body.addEventListener("htmx:afterSettle", () => {
    count();
    const refused = body.querySelector("[role=alert]");
    const reason = document.getElementById("ending-reason");
    const found = next.map((id) => document.getElementById(id)).find(Boolean);
    const target = refused && reason ? reason : found || document.getElementById("ending-left");
    if (target) target.focus();
  });
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(kind, () => {
      fault.hidden = false;
    });
  }
  count();
})();
