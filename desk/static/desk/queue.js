// The queues: asked for every five seconds, acts by buttons, a panel for what an act asks.
"use strict";

(function () {
  const desk = document.getElementById("queue");
  if (!desk) return;
  const every = 5000; // ms between two looks
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const fault = document.getElementById("panel-fault");
  const said = document.getElementById("said");
  const looker = document.getElementById("queue-fresh");
  const pause = document.getElementById("queue-pause");
  const offline = document.getElementById("queue-offline");
  const clock = document.getElementById("queue-at");
  let opener = null;

  const isLook = (event) => (event.detail.requestConfig || event.detail).elt === looker;

  function say(text, tone) {
    const note = document.createElement("p");
    note.className = `crm-note crm-${tone}`;
    note.textContent = text;
    said.replaceChildren(note);
  }

  // Asking, unless paused
  function look() {
    if (pause.getAttribute("aria-pressed") === "true" || document.hidden) return;
    htmx.trigger(looker, "look");
  }
  setInterval(look, every);
  document.addEventListener("visibilitychange", look);
  pause.addEventListener("click", () => {
    const rests = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(rests));
    say(rests ? desk.dataset.paused : desk.dataset.running, "info");
    look();
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = desk.dataset.csrf;
    if (!isLook(event)) return;
    event.detail.headers["X-Background"] = "1";
    for (const [name, value] of new URLSearchParams(window.location.search)) event.detail.parameters[name] = value;
    event.detail.parameters.have = queueMerging.versions();
  });

  // Columns in an answer go to the board; what remains goes where the button said.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (isLook(event)) fresh(answer);
    if (!event.detail.shouldSwap) return;
    const holder = document.createElement("template");
    holder.innerHTML = event.detail.serverResponse;
    const columns = holder.content.querySelector("[data-queue]");
    const word = holder.content.querySelector("#said");
    if (word) {
      said.replaceChildren(...word.childNodes); // by hand: the pressed button may be gone, and with it htmx's way here
      word.remove();
    }
    if (!columns) return;
    columns.remove();
    const pressed = event.detail.requestConfig.elt;
    const line = pressed.closest && pressed.closest(".queue-line");
    queueMerging.take(columns, new Set(isLook(event) ? [] : ["head", line && line.id]));
    event.detail.serverResponse = holder.innerHTML;
  });

  function fresh(answer) {
    const at = answer.getResponseHeader("X-Queue-At");
    if (at) clock.textContent = at;
    if (!offline.hidden && answer.status < 400) {
      offline.hidden = true;
      say(desk.dataset.online, "success");
    }
  }

  // Trouble
  function lost(event) {
    if (offline.hidden) offline.textContent = desk.dataset.offline.replace("{}", clock.textContent);
    offline.hidden = false;
    if (!isLook(event)) failed(event);
  }
  function failed(event) {
    if (isLook(event)) return lost(event);
    const denied = event.detail.xhr && event.detail.xhr.status === 403;
    const text = denied ? desk.dataset.denied : desk.dataset.failed;
    if (panel.open) {
      fault.textContent = text;
      fault.hidden = false;
    } else say(text, "danger");
  }
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:sendError", lost);
  document.body.addEventListener("htmx:timeout", lost);

  // The second click of a double click, and a key held down, press nothing.
  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act], [data-arrive]");
    if (button && event.detail > 1) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  desk.addEventListener("keydown", (event) => {
    if (event.repeat && (event.key === "Enter" || event.key === " ") && event.target.closest("button")) event.preventDefault();
  }, true);
  desk.addEventListener("submit", (event) => {
    if (!event.target.matches("[hx-post], .day-filter")) event.preventDefault(); // forms that only hold a key
  });

  // The panel
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== body) return;
    fault.hidden = true;
    if (!body.querySelector("h2")) return panel.close();
    if (!panel.open) {
      opener = event.detail.requestConfig.elt;
      panel.showModal();
    }
    const first = body.querySelector("[aria-invalid]") || body.querySelector("[data-focus]") || body.querySelector("#panel-title");
    if (first) first.focus();
  });
  panel.addEventListener("close", () => {
    body.replaceChildren();
    const line = opener && opener.closest && opener.closest(".queue-line");
    const home = opener && opener.isConnected ? opener : line && document.getElementById(line.id);
    const other = document.getElementById("arriving") || pause;
    (home || other).focus();
    opener = null;
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel || event.target.closest("[data-close]")) panel.close();
  });
})();
