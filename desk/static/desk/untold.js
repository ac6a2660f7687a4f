// Who was told disappears: the focus goes to the next in the list. What failed is said.
"use strict";

(function () {
  const failed = document.getElementById("untold-failed");
  let next = null; // the line after the one that is being told

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    failed.hidden = true;
    const line = event.detail.elt.closest("tr");
    next = line && (line.nextElementSibling || line.previousElementSibling);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    const button = next && next.isConnected && next.querySelector("button, a");
    (button || document.getElementById("untold-said")).focus();
  });
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(kind, () => (failed.hidden = false));
  }
})();
