// What makes the portal smoother; every page does its work without it.
"use strict";

(() => {
  const mistakes = document.getElementById("mistakes");
  if (mistakes) mistakes.focus();

  // A form that is on its way is not sent twice by an impatient finger.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));

  // Two minutes before the sign-out: one key stays.
  const idle = document.getElementById("idle");
  if (idle) {
    const minute = 60000;
    const minutes = Number(idle.dataset.minutes);
    let warn, over;
    const start = () => {
      clearTimeout(warn);
      clearTimeout(over);
      idle.hidden = true;
      warn = setTimeout(() => { idle.hidden = false; idle.querySelector("button").focus(); }, (minutes - 2) * minute);
      over = setTimeout(() => location.assign(idle.dataset.over), minutes * minute + 1000);
    };
    idle.querySelector("button").addEventListener("click", async () => {
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(idle.dataset.at, { method: "POST", headers: { "X-CSRFToken": token } });
      if (answer.ok) start(); else location.assign(idle.dataset.over);
    });
    start();
  }

  // The seconds that a place is still kept; told to screen readers once a minute only.
  const kept = document.querySelector("[data-until]");
  if (kept) {
    const shown = kept.querySelector("[data-left]");
    const until = Date.now() + Number(kept.dataset.until) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 0) location.reload(); else setTimeout(tick, 1000);
    };
    tick();
  }

  // In line: the page asks whether it is time, and goes on by itself.
  const line = document.querySelector("[data-line]");
  if (line) {
    const ask = async () => {
      const answer = await fetch(line.dataset.line, { headers: { "X-Background": "1" } }).catch(() => null);
      const said = answer && answer.ok ? await answer.json() : { seconds: 5 };
      if (said.seconds <= 2) return location.reload();
      if ("ahead" in said) line.querySelector("[data-ahead]").textContent = said.ahead;
      setTimeout(ask, Math.min(said.seconds, 5) * 1000);
    };
    setTimeout(ask, Math.min(Number(line.dataset.seconds), 5) * 1000);
  }

  // Reading aloud by the browser's own voice.
  const aloud = document.querySelector("[data-aloud]");
  if (aloud && "speechSynthesis" in window) {
    const name = aloud.textContent;
    const quiet = () => { speechSynthesis.cancel(); aloud.textContent = name; };
    aloud.hidden = false;
    aloud.addEventListener("click", () => {
      if (speechSynthesis.speaking) return quiet();
      const said = new SpeechSynthesisUtterance(document.getElementById("content").innerText);
      said.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : document.documentElement.lang;
      said.onend = () => { aloud.textContent = name; };
      aloud.textContent = aloud.dataset.stop;
      speechSynthesis.speak(said);
    });
    addEventListener("pagehide", quiet);
  }
})();
