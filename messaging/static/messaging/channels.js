// Setting a channel up: only the account of the chosen carrier is asked for. And a button that copies an address.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  const accounts = [...document.querySelectorAll("[data-carrier]")];
  const show = () => {
    for (const one of accounts) one.hidden = one.disabled = one.dataset.carrier !== kind.value;
  };
  if (kind && accounts.length) {
    kind.addEventListener("change", show);
    show();
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = button.parentElement.querySelector("input");
      field.select();
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else document.execCommand("copy"); // where the page is not encrypted
      button.textContent = button.dataset.done;
    });
  }
});
