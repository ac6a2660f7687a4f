// Today refreshes itself: the page says which versions it shows, the server sends only what differs. Focus comes back
// by id; a line in which words are selected waits; nothing happens while paused or while nobody looks.
"use strict";

(function () {
  const page = document.getElementById("today");
  if (!page) return;
  const poll = document.getElementById("today-poll");
  const asOf = document.getElementById("today-as-of");
  const lost = document.getElementById("today-lost");
  const pause = document.getElementById("today-pause");
  const find = document.getElementById("today-find");
  const lines = () => [...document.querySelectorAll("#today-lines tr")];
  let paused = false;

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== poll) return;
    event.detail.headers["X-Lines"] = lines().slice(0, 1500).map((line) => line.dataset.v).join("");
    event.detail.headers["X-Order"] = document.getElementById("today-lines").dataset.order;
    event.detail.headers["X-Alerts"] = document.getElementById("today-alerts").dataset.v;
  });
  poll.addEventListener("htmx:beforeRequest", (event) => {
    if (paused || document.hidden) event.preventDefault();
  });

  // A line in which somebody is marking words is drawn at the next refresh after that.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const words = document.getSelection();
    if (words && !words.isCollapsed && words.containsNode(event.detail.target, true)) event.detail.shouldSwap = false;
  });

  poll.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    const well = answer && (answer.status === 200 || answer.status === 204);
    if (well && asOf) asOf.textContent = answer.getResponseHeader("X-As-Of");
    if (asOf) lost.querySelector("[data-as-of]").textContent = asOf.textContent;
    lost.hidden = well;
    sift();
  });

  function sift() {
    if (!find) return;
    const words = find.value.trim().toLowerCase().split(/\s+/);
    const all = lines();
    for (const line of all) {
      const text = line.textContent.toLowerCase();
      line.hidden = !words.every((word) => text.includes(word));
    }
    document.getElementById("today-none").hidden = all.some((line) => !line.hidden) || all.length === 0;
  }
  if (find) find.addEventListener("input", sift);

  if (pause) {
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      pause.querySelector("[data-word]").textContent = paused ? page.dataset.goOn : page.dataset.pause;
      pause.querySelector(".material-symbols-outlined").textContent = paused ? "play_arrow" : "pause";
      if (!paused) htmx.trigger(poll, "now");
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) htmx.trigger(poll, "now");
  });

  function count() {
    for (const clock of document.querySelectorAll("#today-alerts [data-until]")) {
      const left = Math.max(0, Math.round((new Date(clock.dataset.until) - Date.now()) / 1000));
      const hours = Math.floor(left / 3600);
      const minutes = String(Math.floor(left / 60) % 60).padStart(hours ? 2 : 1, "0");
      clock.textContent = `${hours ? `${hours}:` : ""}${minutes}:${String(left % 60).padStart(2, "0")}`;
    }
  }
  setInterval(count, 1000);
  count();
})();
