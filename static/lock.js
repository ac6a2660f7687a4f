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
  const opened = "crm-opened-at"; // tells the other tabs that one was unlocked
  let told = Infinity;
  let locked = false;

  const active = () => Number(localStorage.getItem(kept));
  function use() {
    if (!locked && Date.now() - active() > 1000) localStorage.setItem(kept, String(Date.now()));
  }

  function refresh(csrf) {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrf;
    for (const one of document.querySelectorAll("[data-csrf]")) one.dataset.csrf = csrf;
  }

  function show() {
    if (locked && !dialog.open) dialog.showModal();
    field.focus();
  }

  function lock() {
    if (locked) return;
    locked = true;
    show();
  }

  // The server forgets the session too: a reload or another address opens nothing
  function leave() {
    if (locked) return;
    lock();
    const body = new FormData(document.getElementById("lock-form"));
    body.delete("password");
    fetch(dialog.dataset.leaveUrl, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  function open(csrf) {
    refresh(csrf);
    localStorage.setItem(kept, String(Date.now()));
    told = Date.now();
    field.value = "";
    fault.hidden = true;
    locked = false;
    dialog.close();
  }

  // Is the session still that of this page's person? The answer brings a fresh token either way.
  async function ask() {
    told = Date.now();
    const answer = await fetch(dialog.dataset.awakeUrl);
    const { csrf } = await answer.json();
    refresh(csrf);
    return answer.ok ? csrf : "";
  }

  async function stay() {
    try {
      if (!(await ask())) lock();
    } catch {
      // the network may be gone: the next use tells it again
    }
  }

  function look() {
    if (!locked && Date.now() - active() > limit) leave();
    else if (!locked && active() > told && Date.now() - told > tell) stay();
  }

  async function unlock(form) {
    await ask();
    const answer = await fetch(dialog.dataset.unlockUrl, { method: "POST", body: new FormData(form) });
    if (!answer.ok) return answer.status === 422 ? (await answer.json()).message : dialog.dataset.failed;
    open((await answer.json()).csrf);
    localStorage.setItem(opened, String(Date.now()));
    return "";
  }

  document.getElementById("lock-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const message = await unlock(event.target).catch(() => dialog.dataset.failed);
    fault.textContent = message;
    fault.hidden = !message;
    if (message) field.select();
  });
  window.addEventListener("storage", async (event) => {
    if (event.key !== opened || !locked) return;
    const csrf = await ask().catch(() => "");
    if (csrf) open(csrf);
  });
  dialog.addEventListener("close", show); // a browser may close it by a second Escape
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  for (const kind of ["keydown", "pointerdown", "wheel"]) document.addEventListener(kind, use, { capture: true, passive: true });
  document.addEventListener("locked", lock); // an answer said that the session is over
  document.addEventListener("visibilitychange", look);
  localStorage.setItem(kept, String(Date.now()));
  told = Date.now();
  setInterval(look, 1000);
});
