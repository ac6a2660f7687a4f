// The board refreshes itself: the page says which versions it shows, the server sends only cells that differ. Focus and
// chosen times come back by id; nothing happens while a booking is dragged or while nobody looks.
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const grid = document.getElementById("day-grid");
  if (!desk || !grid) return;
  const every = 5000; // ms
  const one = (id) => document.getElementById(id);
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: desk.dataset.zone });
  const cells = () => [...grid.querySelectorAll(".day-slot")];
  let asking = false;
  let focused = null; // what had focus in a cell that is drawn again

  function asOf() {
    const text = clock.format(new Date(Number(desk.dataset.at) * 1000));
    one("day-as-of").textContent = text;
    one("day-lost").querySelector("[data-as-of]").textContent = text;
  }

  async function ask() {
    if (asking || document.hidden || desk.classList.contains("is-dragging")) return;
    asking = true;
    const values = { at: desk.dataset.at, known: cells().map((cell) => cell.dataset.v).join("") };
    try {
      const headers = { "X-Background": "1" }; // keeps nobody signed in
      await htmx.ajax("POST", desk.dataset.freshUrl, { source: "#day-poll", swap: "none", values, headers });
    } catch {
      // a lost request is told by the event below
    } finally {
      asking = false;
    }
  }

  one("day-poll").addEventListener("htmx:afterRequest", (event) => {
    event.stopPropagation();
    const answer = event.detail.xhr;
    const well = answer && (answer.status === 200 || answer.status === 204);
    one("day-lost").hidden = Boolean(well);
    if (!well || desk.classList.contains("is-dragging")) return; // what was not drawn is asked for again
    desk.dataset.at = answer.getResponseHeader("X-At");
    one("day-outdated").hidden = answer.getResponseHeader("X-Shape") === desk.dataset.shape;
    asOf();
  });
  // What failed is told above; the panel need not say it too.
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    one("day-poll").addEventListener(kind, (event) => event.stopPropagation());
  }

  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (desk.classList.contains("is-dragging")) event.detail.shouldSwap = false; // the dragged button must stay
    const inside = document.activeElement;
    if (!event.detail.target.contains(inside)) return;
    const { booking, slot, overbook, mark } = inside.dataset;
    focused = { id: event.detail.target.id, find: `[data-booking="${booking}"], [data-slot="${slot}"], [data-overbook="${overbook}"], [data-mark="${mark}"]` };
  });
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    const cell = focused && one(focused.id);
    const button = cell && (cell.querySelector(focused.find) || cell.querySelector("button"));
    focused = null;
    if (button) button.focus();
  });

  setInterval(ask, every);
  document.addEventListener("visibilitychange", ask);
  asOf();
})();
