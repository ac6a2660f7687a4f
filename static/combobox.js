// A field in which one types to choose: <input role="combobox" data-url aria-controls="id of a listbox">.
// The server answers ?q= with role=option lines. Arrows choose, Enter takes, Escape closes; Enter that ends a composition
// (IME) does neither, and Enter before the answer waits for it. Whoever listens gets "typed" and "taken" (detail: the line).
"use strict";

(function () {
  const pause = 120; // ms without a key before the server is asked

  function make(field) {
    const list = document.getElementById(field.getAttribute("aria-controls"));
    let timer = 0;
    let asked = 0;
    let waits = false; // Enter came before the answer

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
    }

    function close() {
      asked += 1;
      clearTimeout(timer);
      waits = false;
      show("");
    }

    function take(option) {
      close();
      field.dispatchEvent(new CustomEvent("taken", { bubbles: true, detail: option }));
    }

    async function answer(text) {
      try {
        const sign = field.dataset.url.includes("?") ? "&" : "?";
        const got = await fetch(`${field.dataset.url}${sign}q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
        if (got.status === 401) field.dispatchEvent(new CustomEvent("locked", { bubbles: true }));
        return got.ok ? await got.text() : "";
      } catch {
        return "";
      }
    }

    async function ask() {
      const number = ++asked;
      const text = field.value.trim();
      const html = text ? await answer(text) : "";
      if (number !== asked || !field.isConnected) return;
      show(html);
      const only = possible();
      if (waits && only.length === 1) take(only[0]); // several: somebody has to look first
      waits = false;
    }

    function soon() {
      clearTimeout(timer);
      timer = setTimeout(ask, pause);
    }

    field.addEventListener("input", (event) => {
      close();
      field.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
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
        event.preventDefault(); // an unclear name never acts
        if (all[now]) take(all[now]);
        else if (!field.dispatchEvent(new CustomEvent("settled", { bubbles: true, cancelable: true }))) waits = false;
        else waits = field.value.trim() !== "" && !options().length;
      } else if (event.key === "Escape" && options().length) {
        event.preventDefault(); // a dialog around it stays open
        event.stopPropagation();
        close();
      } else if (event.key === "Escape" && !field.closest("dialog") && field.value) {
        field.value = "";
        field.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      if (!option.hasAttribute("aria-disabled")) take(option);
    });
  }

  function look() {
    for (const field of document.querySelectorAll("[role=combobox][data-url]:not([data-made])")) {
      field.dataset.made = "1";
      make(field);
    }
  }
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSwap", look);
})();
