// The day grid after the panel has closed: focus goes back to the cell it came from, and the sum is counted again.
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const panel = document.getElementById("panel");
  if (!desk) return;
  let from = null; // {cell, booking, extra}: where focus goes back to

  const cellOf = (button) => button.closest(".day-slot");

  function goBack() {
    const back = from && document.getElementById(from.cell);
    const same = back && (back.querySelector(`[data-booking="${from.booking}"], [data-overbook="${from.extra}"]`) || back.querySelector("button"));
    const any = document.querySelector("#day-grid button[tabindex='0']");
    if (same || any) (same || any).focus();
  }

  desk.addEventListener("panel:closed", (event) => {
    const { opener, moved } = event.detail;
    if (desk.dataset.moveUrl && moved) {
      const address = new URL(window.location.href);
      address.searchParams.delete("moving");
      window.location.assign(address);
      return;
    }
    const cell = opener && cellOf(opener);
    from = cell && { cell: cell.id, booking: opener.dataset.booking, extra: opener.dataset.overbook };
    goBack();
  });
  let counting = false;

  function count() {
    const free = document.getElementById("day-free");
    const left = [...document.querySelectorAll("#day-grid [data-left]")];
    if (free) free.textContent = String(left.reduce((sum, one) => sum + Number(one.dataset.left), 0));
    counting = false;
  }

  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (!counting) requestAnimationFrame(count); // once, however many cells an answer brings
    counting = true;
    // The cell that had focus was drawn again after the panel closed: keep the place of the eye.
    if (panel.open || !from || event.detail.target.id !== from.cell) return;
    const cell = document.getElementById(from.cell);
    const button = cell && cell.querySelector("button");
    if (button && document.activeElement === document.body) button.focus();
  });
})();
