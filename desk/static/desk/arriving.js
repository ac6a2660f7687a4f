// Check-in: type, Enter (see combobox.js). What was taken arrives at once and can be taken back for some seconds.
"use strict";

(function () {
  const field = document.getElementById("arriving");
  if (!field) return;
  const checked = document.getElementById("checked");
  const priority = document.getElementById("arriving-priority");
  const back = 10; // s in which a check-in can be taken back here
  let counting = 0;

  field.addEventListener("taken", (event) => {
    const option = event.detail;
    if (option.dataset.walkIn) {
      htmx.ajax("GET", option.dataset.walkIn, { source: field, target: "#panel-body", swap: "innerHTML" });
    } else {
      const values = { priority: priority.value };
      htmx.ajax("POST", option.dataset.arrive, { source: field, target: checked, swap: "innerHTML", values });
    }
    field.value = "";
    priority.value = "";
    field.focus();
  });

  // Undo is offered for some seconds
  function count() {
    const button = checked.querySelector("[data-undo]");
    clearInterval(counting);
    if (!button) return;
    const until = Date.now() + back * 1000;
    const left = button.querySelector("[data-seconds]");
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (left) left.textContent = String(Math.max(seconds, 0));
      if (seconds > 0) return;
      clearInterval(counting);
      if (document.activeElement === button) field.focus();
      button.remove();
    };
    tick();
    counting = setInterval(tick, 250);
  }
  if (window.matchMedia("(pointer: fine)").matches) field.focus(); // on a phone the keyboard would cover the queues
  new MutationObserver(() => {
    if (checked.querySelector("[data-seconds]:empty") || !checked.querySelector("[data-undo]")) count();
    if (document.activeElement === document.body) field.focus();
  }).observe(checked, { childList: true });
})();
