// Arrow keys walk through the grid: one stop for Tab, then cell by cell. Focus survives a cell that is drawn again.
"use strict";

(function () {
  const grid = document.getElementById("day-grid");
  if (!grid) return;
  const buttons = (cell) => [...cell.querySelectorAll("button")];

  let stop = null; // the only button that Tab reaches: the server draws all of them with -1

  function settle(current) {
    const next = current || (stop && stop.isConnected ? stop : grid.querySelector("button"));
    if (stop && stop !== next) stop.tabIndex = -1;
    stop = next;
    if (stop) stop.tabIndex = 0;
  }

  // Which cell lies at a row and column, tall cells included.
  function plan() {
    const rows = [...grid.tBodies[0].rows];
    const places = rows.map(() => []);
    rows.forEach((row, top) => {
      for (const cell of row.querySelectorAll("td")) {
        for (let down = 0; down < cell.rowSpan; down += 1) places[top + down][Number(cell.dataset.c)] = cell;
      }
    });
    return places;
  }

  function beside(cell, down, right) {
    const places = plan();
    let row = cell.parentElement.sectionRowIndex;
    let column = Number(cell.dataset.c);
    for (;;) {
      row += down;
      column += right;
      const next = places[row] && places[row][column];
      if (!next) return null;
      if (next !== cell && buttons(next).length) return next;
    }
  }

  function edge(cell, last) {
    const row = plan()[cell.parentElement.sectionRowIndex].filter((one) => buttons(one).length);
    return last ? row[row.length - 1] : row[0];
  }

  function target(button, key) {
    const cell = button.closest("td");
    const inside = buttons(cell);
    const place = inside.indexOf(button);
    if (key === "ArrowDown" && inside[place + 1]) return inside[place + 1];
    if (key === "ArrowUp" && place > 0) return inside[place - 1];
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const next = key in moves ? beside(cell, ...moves[key]) : edge(cell, key === "End");
    if (!next) return null;
    const there = buttons(next);
    return key === "ArrowUp" ? there[there.length - 1] : there[0];
  }

  grid.addEventListener("keydown", (event) => {
    const button = event.target.closest("button");
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      document.getElementById(event.key === "PageUp" ? "day-before" : "day-after").click();
    } else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      const next = target(button, event.key);
      if (next) next.focus();
    }
  });
  grid.addEventListener("focusin", (event) => settle(event.target.closest("button")));
  document.body.addEventListener("htmx:oobAfterSwap", () => settle(null));
  settle(null);
})();
