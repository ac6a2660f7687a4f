// The page of a task: a digit chooses the outcome beside it, Enter closes. A form that is sent twice is sent once.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const choices = [...document.querySelectorAll("#task-form input[name=outcome]")];
  const types = (one) => one.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName) && one.type !== "radio");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
    const chosen = choices[Number(event.key) - 1];
    if (!chosen || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    chosen.checked = true;
    chosen.focus();
  });

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  });
});
