// After an outage: the patient who was found belongs to the walk-in, until somebody types on.
"use strict";

(function () {
  const key = document.getElementById("who-key");
  if (!key) return;
  document.addEventListener("typed", (event) => {
    if (event.target.id === "who") key.value = "";
  });
  document.addEventListener("taken", (event) => {
    if (event.target.id !== "who") return;
    key.value = event.detail.dataset.patient;
    event.target.value = event.detail.querySelector("strong").textContent;
    document.getElementById("slot").focus();
  });
})();
