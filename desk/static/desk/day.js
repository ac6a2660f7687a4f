// The panel beside the day grid: opened from a cell, filled by the server, closed with the place given back.
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const fault = document.getElementById("panel-fault");
  const said = document.getElementById("said");
  const nobody = "00000000-0000-0000-0000-000000000000";
  if (!desk) return;
  let opener = null; // {slot} or {booking}: where focus goes back to
  let warned = false;

  function ask(method, address, values) {
    fault.hidden = true;
    return htmx.ajax(method, address, { target: body, swap: "innerHTML", values: values || {} });
  }

  function open() {
    if (!panel.open) panel.showModal();
  }

  const held = () => body.querySelector("[data-hold]");

  function giveBack() {
    const form = held();
    if (!form) return;
    htmx.ajax("POST", form.dataset.hold, { target: body, swap: "innerHTML" });
  }

  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = desk.dataset.csrf;
  });

  desk.addEventListener("click", (event) => {
    const name = event.target.closest("[data-booking]");
    const place = event.target.closest("[data-slot]");
    const extra = event.target.closest("[data-overbook]");
    const grid = event.target.closest("[data-move-in-grid]");
    if (event.target.closest("[data-close]")) panel.close();
    else if (name) {
      opener = { booking: name.dataset.booking, cell: name.parentElement.id };
      ask("GET", desk.dataset.bookingUrl.replace(nobody, name.dataset.booking));
    } else if (place) {
      opener = { slot: place.dataset.slot, cell: place.parentElement.id };
      if (desk.dataset.moveUrl) ask("POST", desk.dataset.moveUrl, { slot: place.dataset.slot });
      else ask("POST", desk.dataset.slotUrl.replace(nobody, place.dataset.slot));
    } else if (extra) {
      opener = { extra: extra.dataset.overbook, cell: extra.parentElement.id };
      ask("GET", desk.dataset.overbookUrl.replace(nobody, extra.dataset.overbook));
    } else if (grid) {
      const address = new URL(window.location.href);
      address.searchParams.set("moving", grid.dataset.moveInGrid);
      window.location.assign(address);
    }
  });

  // A new place is asked for while another is still held: the old one is given back first.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const form = held();
    const path = event.detail.requestConfig.path;
    if (form && path.includes("/slots/")) {
      fetch(form.dataset.hold, { method: "POST", headers: { "X-CSRFToken": desk.dataset.csrf, "HX-Request": "true" } });
    }
  });

  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && event.detail.requestConfig.path.endsWith("/release/")) return;
    open();
    warned = false;
  });
  body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== body || !panel.open) return;
    const first = body.querySelector("[data-focus]") || body.querySelector("#panel-title");
    if (first) first.focus();
  });

  function failed(event) {
    const denied = event.detail.xhr && event.detail.xhr.status === 403;
    fault.textContent = denied ? desk.dataset.denied : desk.dataset.failed;
    fault.hidden = false;
    open();
  }
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:sendError", failed);

  panel.addEventListener("close", () => {
    if (desk.dataset.moveUrl && body.querySelector("[data-moved]")) {
      const address = new URL(window.location.href);
      address.searchParams.delete("moving");
      window.location.assign(address);
      return;
    }
    giveBack();
    if (!held()) body.replaceChildren();
    const back = opener && document.getElementById(opener.cell);
    const same = back && (back.querySelector(`[data-booking="${opener.booking}"], [data-overbook="${opener.extra}"]`) || back.querySelector("button"));
    const any = document.querySelector("#day-grid button[tabindex='0']");
    if (same || any) (same || any).focus();
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const free = document.getElementById("day-free");
    const left = [...document.querySelectorAll("#day-grid [data-left]")];
    if (free) free.textContent = String(left.reduce((sum, one) => sum + Number(one.dataset.left), 0));
    // The cell that had focus was drawn again after the panel closed: keep the place of the eye.
    if (panel.open || !opener || event.detail.target.id !== opener.cell) return;
    const cell = document.getElementById(opener.cell);
    const button = cell && cell.querySelector("button");
    if (button && document.activeElement === document.body) button.focus();
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close();
  });

  // A page that is left by mistake keeps the place until its time is over: it stands under Today as unfinished.
  if (desk.dataset.resumeUrl) {
    opener = {};
    ask("GET", desk.dataset.resumeUrl);
  }

  setInterval(() => {
    const clock = body.querySelector("[data-until]");
    if (!clock) return;
    const left = Math.max(0, Math.round((new Date(clock.dataset.until) - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left <= 60 && !warned) {
      warned = true;
      said.textContent = desk.dataset.minute;
    }
    if (left === 0) {
      delete clock.dataset.until;
      clock.parentElement.textContent = desk.dataset.lapsed;
      said.textContent = desk.dataset.lapsed;
    }
  }, 1000);
})();
