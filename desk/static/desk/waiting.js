// The waiting-list desk: clocks of the offers run down, and the page is drawn again every half minute while nobody is in
// the middle of choosing a place.
"use strict";

(function () {
  const page = document.getElementById("waiting");
  if (!page) return;
  const every = 30_000; // ms
  const choosing = 120_000; // ms for which opened places keep the page as it is
  let opened = 0;

  function tick() {
    for (const clock of page.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round((new Date(clock.dataset.until) - Date.now()) / 1000));
      const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
      const short = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(seconds).padStart(2, "0")}`;
      clock.textContent = hours ? `${hours}:${short}` : short;
    }
  }

  function refresh() {
    if (document.hidden || (page.querySelector(".waiting-places") && Date.now() - opened < choosing)) return;
    const headers = { "X-Background": "1" }; // keeps nobody signed in
    htmx.ajax("GET", page.dataset.page, { target: page, swap: "innerHTML", headers }).catch(() => {}); // asked again soon
  }

  document.body.addEventListener("htmx:afterSwap", (event) => {
    tick();
    if (event.detail.target !== page) opened = Date.now();
    const places = event.detail.target.querySelector(".waiting-places button");
    if (places && event.detail.target !== page) places.focus();
  });
  page.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-places]")) return;
    opened = 0;
    refresh();
  });
  setInterval(tick, 1000);
  setInterval(refresh, every);
  tick();
})();
