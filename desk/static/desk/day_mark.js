// Blocking on the board: times are chosen one by one, or from one to another of a column with Shift, then closed or
// opened together for one reason.
"use strict";

(function () {
  const grid = document.getElementById("day-grid");
  const bar = document.getElementById("mark-bar");
  if (!grid || !bar) return;
  const chosen = new Map(); // id of a time -> its state
  let last = null;

  const marks = () => [...grid.querySelectorAll("[data-mark]")];
  const columnOf = (mark) => mark.closest("td").dataset.c;

  function set(mark, on) {
    if (on) chosen.set(mark.dataset.mark, mark.dataset.is);
    else chosen.delete(mark.dataset.mark);
    mark.setAttribute("aria-pressed", String(on));
  }

  function show() {
    const blocked = [...chosen.values()].filter((state) => state === "blocked").length;
    document.getElementById("mark-count").textContent = String(chosen.size);
    bar.querySelector("[data-for=block]").disabled = chosen.size === blocked;
    bar.querySelector("[data-for=open]").disabled = blocked === 0;
  }

  grid.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (!mark) return;
    const on = mark.getAttribute("aria-pressed") !== "true";
    const column = marks().filter((one) => columnOf(one) === columnOf(mark));
    const from = event.shiftKey && last ? column.findIndex((one) => one.dataset.mark === last) : -1;
    const to = column.indexOf(mark);
    const range = from < 0 ? [mark] : column.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of range) set(one, on);
    last = mark.dataset.mark;
    show();
  });

  bar.addEventListener("htmx:configRequest", (event) => {
    const opens = Boolean(event.detail.triggeringEvent && event.detail.triggeringEvent.submitter.value);
    const ids = [...chosen].filter(([, state]) => (state === "blocked") === opens).map(([id]) => id);
    event.detail.parameters.set("slots", ids.join(","));
    event.detail.parameters.set("opens", opens ? "1" : "");
  });
  bar.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr.status !== 200) return;
    chosen.clear();
    bar.reset();
    for (const mark of marks()) mark.setAttribute("aria-pressed", "false");
    show();
  });

  // A cell that is drawn again stays chosen, unless it can be chosen no more.
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (!event.detail.target.id.startsWith("cell-")) return;
    const id = event.detail.target.id.slice("cell-".length);
    const mark = grid.querySelector(`[data-mark="${id}"]`);
    if (chosen.has(id) && mark) set(mark, true);
    else chosen.delete(id);
    show();
  });
})();
