// Unfold opens some things by a click on text that no key can reach. Here they become buttons for the keyboard too,
// and the names of symbols are kept from being read out.
"use strict";

(function () {
  const clickable = "a:not([href]), span, div.cursor-pointer, h2";

  function reach(root) {
    for (const symbol of root.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
      symbol.setAttribute("aria-hidden", "true");
    }
    for (const link of root.querySelectorAll("a[href]:has(> .material-symbols-outlined:only-child)")) {
      const twin = [...document.querySelectorAll("a[href]")].find((one) => one !== link && one.href === link.href);
      if (link.title || link.ariaLabel) continue;
      if (twin) link.ariaLabel = twin.textContent.trim();
    }
    for (const one of root.querySelectorAll(clickable)) {
      const acts = one.hasAttribute("x-on:click") || one.hasAttribute("hx-get");
      const holds = one.querySelector("a[href], button, input, select, textarea");
      if (!acts || holds || one.hasAttribute("tabindex")) continue;
      one.tabIndex = 0;
      one.setAttribute("role", "button");
      if (one.matches(".material-symbols-outlined")) one.removeAttribute("aria-hidden");
    }
  }

  // The boxes in which one types to choose know their value, but not what they are for.
  function name() {
    for (const box of document.querySelectorAll("select.select2-hidden-accessible[id]")) {
      const label = document.querySelector(`label[for="${box.id}"]`);
      const shown = box.nextElementSibling && box.nextElementSibling.querySelector(".select2-selection");
      if (!label || !shown) continue;
      label.id = label.id || `${box.id}-label`;
      shown.setAttribute("aria-labelledby", `${label.id} select2-${box.id}-container`);
      const value = shown.querySelector(".select2-selection__rendered");
      if (value) value.setAttribute("aria-labelledby", label.id);
    }
  }

  document.addEventListener("keydown", (event) => {
    const one = event.target;
    if (one.getAttribute("role") !== "button" || one.matches("button, a[href]")) return;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    one.click();
  });
  // After the boxes are made, which may be later than the page is loaded: jQuery calls back in the order of asking.
  window.addEventListener("load", () => (window.django && window.django.jQuery ? window.django.jQuery(name) : name()));
  document.addEventListener("DOMContentLoaded", () => reach(document));
  document.addEventListener("htmx:load", (event) => reach(event.detail.elt));
  document.addEventListener("alpine:initialized", () => reach(document));
})();
