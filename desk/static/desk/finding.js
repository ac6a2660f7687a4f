// In the panel: the patient who was found is kept for the booking, until somebody types on.
"use strict";

(function () {
  const body = document.getElementById("panel-body");
  if (!body) return;
  const here = (event) => event.target.id === "find";
  const chosen = () => document.getElementById("chosen");
  const patient = () => document.getElementById("patient");

  body.addEventListener("typed", (event) => {
    if (!here(event)) return;
    patient().value = "";
    chosen().hidden = true;
  });
  body.addEventListener("taken", (event) => {
    if (!here(event)) return;
    const option = event.detail;
    patient().value = option.dataset.patient;
    event.target.value = option.dataset.name;
    chosen().querySelector("[data-chosen]").textContent = option.dataset.line;
    chosen().hidden = false;
    document.getElementById("said").textContent = option.dataset.line;
    document.getElementById("why").focus();
  });
  body.addEventListener("settled", (event) => {
    if (!here(event) || !patient().value) return;
    event.preventDefault();
    document.getElementById("why").focus();
  });
})();
