// A field is put into the words where the caret stands.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-field]");
  const words = document.querySelector("#words textarea[name=text]");
  if (!button || !words) return;
  words.setRangeText(`{${button.dataset.field}}`, words.selectionStart, words.selectionEnd, "end");
  words.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
});
