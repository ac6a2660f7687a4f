// Check-in: type, Enter. Arrows choose; Enter that ends a composition (IME) does nothing; Enter before the answer waits for it.
"use strict";

(function () {
  const field = document.getElementById("arriving");
  if (!field) return;
  const list = document.getElementById("meant");
  const checked = document.getElementById("checked");
  const priority = document.getElementById("arriving-priority");
  const pause = 120; // ms without a key before the server is asked
  const back = 10; // s in which a check-in can be taken back here
  let timer = 0;
  let asked = 0;
  let waits = false; // Enter came before the answer
  let counting = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const possible = () => options().filter((one) => !one.hasAttribute("aria-disabled"));
  const marked = () => options().find((one) => one.getAttribute("aria-selected") === "true");

  function mark(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function show(html) {
    list.innerHTML = html;
    field.setAttribute("aria-expanded", String(options().length > 0));
    mark(possible()[0]);
    if (waits && possible().length === 1) take(possible()[0]); // several: somebody has to look first
    waits = false;
  }

  async function ask() {
    const number = ++asked;
    const text = field.value.trim();
    if (!text) return show("");
    let html = "";
    try {
      const answer = await fetch(`${field.dataset.url}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Redirect")) window.location.href = answer.headers.get("HX-Redirect");
      html = answer.ok ? await answer.text() : "";
    } catch {
      html = "";
    }
    if (number === asked) {
      asked += 1;
      show(html);
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  }

  function take(option) {
    asked += 1;
    if (option.dataset.walkIn) {
      htmx.ajax("GET", option.dataset.walkIn, { source: field, target: "#panel-body", swap: "innerHTML" });
    } else {
      const values = { priority: priority.value };
      htmx.ajax("POST", option.dataset.arrive, { source: field, target: checked, swap: "innerHTML", values });
    }
    clear();
  }

  function clear() {
    field.value = "";
    priority.value = "";
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    field.focus();
  }

  field.addEventListener("input", (event) => {
    waits = false;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    if (!event.isComposing) soon();
  });
  field.addEventListener("compositionend", soon);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat) return;
    const all = possible();
    const now = all.indexOf(marked());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) mark(all[(now + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (all[now]) take(all[now]);
      else waits = field.value.trim() !== "" && !options().length;
    } else if (event.key === "Escape") clear();
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    if (!option.hasAttribute("aria-disabled")) take(option);
  });

  // Undo is offered for some seconds
  function count() {
    const button = checked.querySelector("[data-undo]");
    clearInterval(counting);
    if (!button) return;
    const until = Date.now() + back * 1000;
    const left = button.querySelector("[data-seconds]");
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (left) left.textContent = String(Math.max(seconds, 0));
      if (seconds > 0) return;
      clearInterval(counting);
      if (document.activeElement === button) field.focus();
      button.remove();
    };
    tick();
    counting = setInterval(tick, 250);
  }
  if (window.matchMedia("(pointer: fine)").matches) field.focus(); // on a phone the keyboard would cover the queues
  new MutationObserver(() => {
    if (checked.querySelector("[data-seconds]:empty") || !checked.querySelector("[data-undo]")) count();
    if (document.activeElement === document.body) field.focus();
  }).observe(checked, { childList: true });
})();
