// Takes new columns into the board: only lines that changed are drawn again, so focus, scroll and open menus stay.
"use strict";

window.queueMerging = (function () {
  const board = document.getElementById("board");
  const empty = document.getElementById("board-empty");

  function same(old, fresh, forced) {
    return old.dataset.version === fresh.dataset.version && !forced.has(old.id) && !forced.has(old.dataset.part);
  }

  // Where focus goes when its element was drawn again: the same button, else the line, else the column's heading.
  function refocus(lost) {
    if (!lost || lost.element.isConnected || !lost.had) return;
    const line = lost.line && document.getElementById(lost.line);
    const home = line || document.querySelector(`#${lost.column} [data-part="head"]`);
    const button = home && home.querySelector(`[data-act="${lost.act}"]`);
    const title = document.querySelector(`#${lost.column} h3`);
    const next = button || line || title;
    if (next) next.focus({ preventScroll: true });
  }

  function focused() {
    const element = document.activeElement;
    const column = element && element.closest && element.closest(".queue-column");
    if (!column) return null;
    const line = element.closest(".queue-line");
    return { element, had: true, line: line && line.id, column: column.id, act: element.dataset.act };
  }

  function renew(old, fresh) {
    const menu = old.querySelector("details[open]");
    const next = menu && fresh.querySelector("details");
    if (next) next.open = true;
    old.replaceWith(fresh);
    htmx.process(fresh);
  }

  function lines(list, fresh, forced) {
    const wanted = [...fresh.children];
    const ids = new Set(wanted.map((one) => one.id));
    for (const one of [...list.children]) if (!ids.has(one.id)) one.remove();
    let place = list.firstElementChild;
    for (const one of wanted) {
      const old = [...list.children].find((other) => other.id === one.id);
      if (!old) {
        list.insertBefore(one, place);
        htmx.process(one);
        one.classList.add("is-fresh");
      } else {
        if (old !== place) list.insertBefore(old, place);
        else place = place.nextElementSibling;
        if (!same(old, one, forced)) renew(old, one);
      }
    }
  }

  function column(old, fresh, forced) {
    old.dataset.version = fresh.dataset.version;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const mine = old.querySelector(`[data-part="${part.dataset.part}"]`);
      if (part.dataset.part === "head") {
        if (!same(mine, part, forced)) renew(mine, part);
        continue;
      }
      mine.dataset.count = part.dataset.count;
      const title = mine.querySelector("h4");
      const text = part.querySelector("h4");
      if (title.innerHTML !== text.innerHTML) title.innerHTML = text.innerHTML;
      lines(mine.querySelector("ol"), part.querySelector("ol"), forced);
    }
  }

  function insert(fresh, order) {
    const later = order.slice(order.indexOf(fresh.dataset.session) + 1);
    const next = later.map((id) => document.getElementById(`session-${id}`)).find(Boolean);
    board.insertBefore(fresh, next || null);
    htmx.process(fresh);
  }

  // template: <template data-queue>, with data-order when columns may have come or gone
  function take(template, forced) {
    const lost = focused();
    const order = (template.dataset.order || "").split(" ").filter(Boolean);
    for (const fresh of [...template.content.children]) {
      const old = document.getElementById(fresh.id);
      if (old) column(old, fresh, forced);
      else if (order.length) insert(fresh, order);
    }
    if (template.hasAttribute("data-order")) {
      for (const old of [...board.children]) if (!order.includes(old.dataset.session)) old.remove();
    }
    empty.hidden = board.children.length > 0;
    refocus(lost);
  }

  const versions = () => [...board.children].map((one) => `${one.dataset.session}:${one.dataset.version}`).join(",");
  return { take, versions };
})();
