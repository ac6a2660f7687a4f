// The outbox: new bubbles come by themselves; the reader's place, focus and half-typed text stay.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const page = document.getElementById("outbox");
  const bubbles = document.getElementById("outbox-bubbles");
  const form = document.getElementById("outbox-form");
  const said = document.getElementById("outbox-said");
  const fault = document.getElementById("outbox-fault");
  const near = 40; // px from the end that count as being there
  let atEnd = true;
  let had = 0;

  const count = () => (bubbles ? bubbles.querySelectorAll(".outbox-bubble").length : 0);
  const toEnd = () => {
    if (bubbles) bubbles.scrollTop = bubbles.scrollHeight;
  };
  toEnd();

  document.body.addEventListener("htmx:beforeSwap", () => {
    had = count();
    if (bubbles) atEnd = bubbles.scrollHeight - bubbles.scrollTop - bubbles.clientHeight < near;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (count() > had && had) {
      if (atEnd) toEnd();
      said.textContent = page.dataset.new;
    }
    if (event.detail.elt !== form || !event.detail.successful) return;
    form.reset();
    toEnd();
    form.querySelector("#outbox-text").focus();
  });

  // An answer that did not get through says so; a look that did not is tried again in seconds.
  const failed = (event) => {
    if (event.detail.elt && event.detail.elt.id === "outbox-poll") return;
    const note = document.createElement("p");
    note.className = "crm-note crm-danger";
    note.textContent = page.dataset.failed;
    fault.replaceChildren(note);
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.body.addEventListener(name, failed);
});
