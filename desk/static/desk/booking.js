// The booking desk: a patient who was found opens their desk; what is asked for stays in the address; arrows walk along
// the places; after a booking the page is drawn again and the first place has the focus.
"use strict";

(function () {
  const desk = document.getElementById("desk");
  const body = document.getElementById("booking-body");
  if (!desk || !body) return;

  const first = () => body.querySelector("[data-first]") || document.getElementById("what");

  document.addEventListener("taken", (event) => {
    const option = event.detail;
    if (event.target.id === "along") {
      const address = new URL(window.location.href);
      address.searchParams.set("second", option.dataset.patient);
      window.location.assign(address);
    }
    if (event.target.id !== "what") return;
    document.getElementById("what-key").value = option.dataset.what;
    event.target.value = option.dataset.name;
    const only = document.querySelector("#asking [name=person]");
    if (only) only.remove();
    document.getElementById("asking").requestSubmit();
  });

  body.addEventListener("change", (event) => {
    if (event.target.id === "part" || event.target.id === "first-day") document.getElementById("asking").requestSubmit();
  });

  // What is shown stands in the address, so that a reload or a colleague sees the same.
  body.addEventListener("htmx:afterSwap", (event) => {
    const { path, parameters } = event.detail.requestConfig;
    const address = new URL(path, window.location.href);
    for (const [name, value] of Object.entries(parameters || {})) if (value) address.searchParams.set(name, value);
    if (address.pathname === window.location.pathname) window.history.replaceState(null, "", address);
    if (event.detail.requestConfig.elt.id === "asking") first().focus();
  });

  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-arrows]");
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (!row || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = [...row.querySelectorAll("button")];
    const next = all[all.indexOf(event.target) + steps[event.key]];
    if (next) next.focus();
  });

  desk.addEventListener("panel:closed", async (event) => {
    const { opener, changed } = event.detail;
    const address = new URL(window.location.href);
    address.searchParams.delete("hold");
    window.history.replaceState(null, "", address);
    await htmx.ajax("GET", address.pathname + address.search, { target: "#booking-body", select: "#booking-body", swap: "innerHTML" });
    const back = opener && opener.id && document.getElementById(opener.id);
    if (changed) document.getElementById("caller").focus();
    else (back || first() || document.getElementById("caller")).focus();
  });

  function count() {
    for (const clock of document.querySelectorAll("[data-countdown]")) {
      const left = Math.max(0, Math.round((new Date(clock.dataset.countdown) - Date.now()) / 1000));
      const hours = Math.floor(left / 3600);
      const minutes = String(Math.floor(left / 60) % 60).padStart(hours ? 2 : 1, "0");
      clock.textContent = `${hours ? `${hours}:` : ""}${minutes}:${String(left % 60).padStart(2, "0")}`;
    }
  }
  setInterval(count, 1000);
  count();
  const start = desk.dataset.patient ? first() : document.getElementById("caller");
  if (start && !desk.dataset.resumeUrl) start.focus();
})();
