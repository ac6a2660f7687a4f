// The panel beside a desk page: opened from a time or a booking, filled by the server, closed with the place given back.
// #desk says where to ask; buttons carry data-slot, data-booking, data-overbook, data-two (which asks by itself) or data-close. When it has closed, #desk
// gets "panel:closed" (detail: the button that opened it, and whether a booking was made or moved in it). A page opens it
// itself with "panel:ask" (detail: address, opener).
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const fault = document.getElementById("panel-fault");
  const said = document.getElementById("said");
  const nobody = "00000000-0000-0000-0000-000000000000";
  if (!desk || !panel) return;
  let opener = null;
  let asking = false;
  let changed = false;
  let warned = false;

  async function ask(method, address, values) {
    if (asking) return; // the second click of a double click
    asking = true;
    fault.hidden = true;
    try {
      await htmx.ajax(method, address, { target: body, swap: "innerHTML", values: values || {} });
    } finally {
      asking = false;
    }
  }

  function open() {
    if (!panel.open) panel.showModal();
  }

  const held = () => body.querySelector("[data-hold]");

  async function giveBack() {
    const form = held();
    if (form) await htmx.ajax("POST", form.dataset.hold, { target: body, swap: "innerHTML" });
    else body.replaceChildren();
  }

  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = desk.dataset.csrf;
    event.detail.headers["X-Board"] = desk.dataset.doing || "";
  });
  desk.addEventListener("panel:ask", (event) => {
    opener = event.detail.opener;
    ask("GET", event.detail.address);
  });

  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[data-slot], [data-booking], [data-overbook], [data-move-in-grid], [data-two]");
    if (event.target.closest("[data-close]")) panel.close();
    if (!button) return;
    if (!panel.open) opener = button;
    const { slot, booking, overbook, moveInGrid } = button.dataset;
    if (booking) ask("GET", desk.dataset.bookingUrl.replace(nobody, booking));
    else if (slot && desk.dataset.moveUrl) ask("POST", desk.dataset.moveUrl, { slot, version: desk.dataset.moveVersion });
    else if (slot) ask("POST", desk.dataset.slotUrl.replace(nobody, slot), { patient: desk.dataset.patient || "" });
    else if (overbook) ask("GET", desk.dataset.overbookUrl.replace(nobody, overbook));
    else if (moveInGrid) {
      const grid = new URL(desk.dataset.gridUrl || "", window.location.href);
      grid.searchParams.set("moving", moveInGrid);
      window.location.assign(grid);
    }
  });

  // A new place is asked for while another is still held: the old one is given back first.
  document.body.addEventListener("htmx:confirm", async (event) => {
    const form = held();
    const { path, issueRequest } = event.detail;
    if (!form || !(path.includes("/slots/") || path.endsWith("/two/"))) return;
    event.preventDefault();
    const headers = { "X-CSRFToken": desk.dataset.csrf, "HX-Request": "true" };
    await fetch(form.dataset.hold, { method: "POST", headers }).catch(() => {});
    form.removeAttribute("data-hold");
    issueRequest(true);
  });

  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && event.detail.requestConfig.path.endsWith("/release/")) return;
    open();
    warned = false;
    changed = changed || Boolean(body.querySelector(".is-fresh"));
    tick();
  });
  body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== body || !panel.open) return;
    const first = body.querySelector("[data-focus]") || body.querySelector("#panel-title");
    if (first) first.focus();
  });

  function failed(event) {
    if (event.detail.requestConfig.headers["X-Background"]) return; // what a page asks by itself is nobody's press
    const denied = event.detail.xhr && event.detail.xhr.status === 403;
    fault.textContent = denied ? desk.dataset.denied : desk.dataset.failed;
    fault.hidden = false;
    open();
  }
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:sendError", failed);

  panel.addEventListener("close", async () => {
    const moved = Boolean(body.querySelector("[data-moved]"));
    await giveBack();
    desk.dispatchEvent(new CustomEvent("panel:closed", { detail: { opener, changed, moved } }));
    changed = false;
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close();
  });

  // A page that is left by mistake keeps the place until its time is over: it stands under Today as unfinished.
  if (desk.dataset.resumeUrl) ask("GET", desk.dataset.resumeUrl);

  function tick() {
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
  }
  setInterval(tick, 1000);
})();
