// Finding a patient while typing: arrows choose, Enter takes, and Enter that ends a composition (IME) does neither.
"use strict";

(function () {
  const body = document.getElementById("panel-body");
  const pause = 120; // ms without a key before the server is asked
  let timer = 0;
  let asked = 0;
  if (!body) return;

  const field = () => document.getElementById("find");
  const list = () => document.getElementById("people");
  const options = () => [...list().querySelectorAll("[role=option]")];

  function mark(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      field().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field().removeAttribute("aria-activedescendant");
  }

  function show(html) {
    list().innerHTML = html;
    field().setAttribute("aria-expanded", String(options().length > 0));
    mark(options()[0]);
  }

  async function ask() {
    const number = ++asked;
    const text = field().value.trim();
    if (!text) return show("");
    const answer = await fetch(`${field().dataset.url}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
    if (answer.headers.get("HX-Redirect")) window.location.href = answer.headers.get("HX-Redirect");
    const html = answer.ok ? await answer.text() : "";
    if (number === asked && field()) show(html);
  }

  function forget() {
    document.getElementById("patient").value = "";
    document.getElementById("chosen").hidden = true;
  }

  function take(option) {
    asked += 1;
    document.getElementById("patient").value = option.dataset.patient;
    field().value = option.dataset.name;
    const chosen = document.getElementById("chosen");
    chosen.querySelector("[data-chosen]").textContent = option.dataset.line;
    chosen.hidden = false;
    document.getElementById("said").textContent = option.dataset.line;
    show("");
    document.getElementById("why").focus();
  }

  body.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    forget();
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, pause);
  });
  body.addEventListener("compositionend", (event) => {
    if (event.target.id !== "find") return;
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
  body.addEventListener("keydown", async (event) => {
    if (event.target.id !== "find" || event.isComposing || event.keyCode === 229) return;
    const all = options();
    const now = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) mark(all[(now + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault(); // an unclear name never books
      if (all[now]) take(all[now]);
      else if (document.getElementById("patient").value) document.getElementById("why").focus();
    } else if (event.key === "Escape" && all.length) {
      event.preventDefault();
      event.stopPropagation();
      show("");
    }
  });
  body.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
})();
