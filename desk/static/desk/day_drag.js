// Moving a booking on the board: dragged onto a free place, or cut with Ctrl+X and pasted with Ctrl+V. Either way the panel
// asks first. The third way is in the booking's own panel.
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const grid = document.getElementById("day-grid");
  const said = document.getElementById("said");
  const nobody = "00000000-0000-0000-0000-000000000000";
  if (!desk || !grid) return;
  let taken = null; // the id of the booking that is on its way

  const placeOf = (event) => {
    const cell = event.target.closest(".day-slot");
    return cell && cell.querySelector("[data-slot]");
  };

  function take(button) {
    taken = button.dataset.booking;
    for (const one of grid.querySelectorAll(".is-cut")) one.classList.remove("is-cut");
    button.classList.add("is-cut");
  }

  function drop() {
    taken = null;
    desk.classList.remove("is-dragging");
    for (const one of grid.querySelectorAll(".is-cut, .is-over")) one.classList.remove("is-cut", "is-over");
  }

  function propose(place) {
    const address = `${desk.dataset.chooseUrl.replace(nobody, taken)}?slot=${place.dataset.slot}`;
    drop();
    desk.dispatchEvent(new CustomEvent("panel:ask", { detail: { address, opener: place } }));
  }

  grid.addEventListener("dragstart", (event) => {
    const button = event.target.closest("[draggable][data-booking]");
    if (!button) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // Firefox drags nothing without data; no name leaves the page
    take(button);
    desk.classList.add("is-dragging");
  });
  grid.addEventListener("dragover", (event) => {
    const place = taken && placeOf(event);
    if (!place) return;
    event.preventDefault();
    for (const one of grid.querySelectorAll(".is-over")) if (one !== place) one.classList.remove("is-over");
    place.classList.add("is-over");
  });
  grid.addEventListener("drop", (event) => {
    const place = taken && placeOf(event);
    if (!place) return;
    event.preventDefault();
    propose(place);
  });
  grid.addEventListener("dragend", drop);

  grid.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const cut = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (cut && key.toLowerCase() === "x" && target.matches("[draggable][data-booking]")) {
      event.preventDefault();
      take(target);
      said.textContent = desk.dataset.cut;
    } else if (cut && key.toLowerCase() === "v" && taken && target.matches("[data-slot]")) {
      event.preventDefault();
      propose(target);
    } else if (key === "Escape" && taken) {
      drop();
      said.textContent = desk.dataset.uncut;
    }
  });
})();
