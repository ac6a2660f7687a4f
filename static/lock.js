// A desk that nobody used for as long as the server allows is locked in place: what was typed stays behind the lock and is
// there again after the password. Keys and clicks count as use in all tabs; what a page asks by itself does not.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("lock");
  if (!dialog) return;
  const limit = Number(dialog.dataset.after) * 1000; // ms
  const tell = Math.min(60_000, limit / 3); // ms: so often the server hears of use
  const kept = "crm-active-at";
  const field = document.getElementById("lock-password");
  const fault = document.getElementById("lock-fault");
  let told = Infinity;

  const active = () => Number(localStorage.getItem(kept));
  const isUsedElsewhere = () => Date.now() - active() < 2000;
  function use() {
    if (!dialog.open && Date.now() - active() > 1000) localStorage.setItem(kept, String(Date.now()));
  }

  function lock() {
    if (dialog.open) return;
    dialog.showModal();
    field.focus();
  }

  // Signing in again gives every form of the page a new token
  function open(csrf) {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrf;
    for (const one of document.querySelectorAll("[data-csrf]")) one.dataset.csrf = csrf;
    localStorage.setItem(kept, String(Date.now()));
    told = Date.now();
    field.value = "";
    fault.hidden = true;
    dialog.close();
  }

  async function ask() {
    told = Date.now();
    try {
      const answer = await fetch(dialog.dataset.awakeUrl);
      if (answer.status === 401) lock();
      else if (answer.ok && dialog.open && isUsedElsewhere()) open((await answer.json()).csrf); // not a late answer
    } catch {
      // the network may be gone: the next use tells it again
    }
  }

  function look() {
    const idle = Date.now() - active();
    if (!dialog.open && idle > limit) lock();
    else if (dialog.open && isUsedElsewhere()) ask(); // unlocked in another tab
    else if (!dialog.open && active() > told && Date.now() - told > tell) ask();
  }

  document.getElementById("lock-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(event.target);
    try {
      const answer = await fetch(dialog.dataset.unlockUrl, { method: "POST", body });
      if (answer.ok) return open((await answer.json()).csrf);
      fault.textContent = answer.status === 422 ? (await answer.json()).message : dialog.dataset.failed;
    } catch {
      fault.textContent = dialog.dataset.failed;
    }
    fault.hidden = false;
    field.select();
  });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  for (const kind of ["keydown", "pointerdown", "wheel"]) document.addEventListener(kind, use, { capture: true, passive: true });
  document.addEventListener("locked", lock); // an answer said that the session is over
  document.addEventListener("visibilitychange", look);
  localStorage.setItem(kept, String(Date.now()));
  told = Date.now();
  setInterval(look, 1000);
});
