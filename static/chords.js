// Chords: a key that presses the button which names it (data-chord, data-chord-name). "?" lists them; in this browser they
// can be switched off (WCAG 2.1.4). The button #find-patient opens the field that finds a patient from any page.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const kept = "crm-keys-off";
  const sheet = document.getElementById("keys");
  const finder = document.getElementById("finder");
  const on = document.getElementById("keys-on");
  if (!sheet) return;

  const isOn = () => localStorage.getItem(kept) === null;
  const types = (one) => one && (one.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName));

  function list() {
    const rows = document.getElementById("keys-list");
    for (const old of rows.querySelectorAll("[data-found]")) old.remove();
    for (const button of document.querySelectorAll("[data-chord-name]")) {
      const key = document.createElement("dt");
      const name = document.createElement("dd");
      key.innerHTML = "<kbd></kbd>";
      key.firstChild.textContent = button.dataset.chord;
      name.textContent = button.dataset.chordName;
      key.dataset.found = name.dataset.found = "1";
      rows.append(key, name);
    }
    on.checked = isOn();
    sheet.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.isComposing || event.keyCode === 229) return;
    if (event.key === "?" && !types(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      list();
      return;
    }
    const button = [...document.querySelectorAll("[data-chord]")].find((one) => one.dataset.chord === event.key);
    if (!button || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    button.click();
  });
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(kept) : localStorage.setItem(kept, "1")));
  // Switched off, the list must still be reachable: by its button in the list of the finder
  for (const opener of document.querySelectorAll("[data-keys]")) opener.addEventListener("click", list);

  // The desk has a field of its own; everywhere else it opens above the page
  const opener = document.getElementById("find-patient");
  if (opener) {
    opener.addEventListener("click", () => {
      const own = document.getElementById("caller");
      const modal = document.querySelector("dialog[open]");
      if (modal && modal !== finder) return; // something else is being decided first
      if (own) {
        own.focus();
        own.select();
        return;
      }
      if (!finder.open) finder.showModal();
      document.getElementById("finder-field").select();
    });
  }
  document.addEventListener("taken", (event) => {
    if ("goes" in event.target.dataset) window.location.assign(event.detail.dataset.href);
  });
});
