// The call screen: asks every 2 s, says new calls aloud in both languages where the browser can, keeps showing the last
// answer without the network and says how old it is.
"use strict";

(function () {
  const every = 2000; // ms between questions
  const old = 15000; // ms after which what is shown is called old
  const patience = 8000; // ms for an answer
  const kept = "crm-screen-voice";
  const one = (id) => document.getElementById(id);
  const voice = one("voice");
  let last = null; // the newest call that was said, or was there when the page opened
  let answered = Date.now();
  let gone = false;

  function room(line, names) {
    line.querySelector(".zh").textContent = names[0];
    line.querySelector(".en").textContent = names[1] === names[0] ? "" : names[1];
  }

  function lineOf(call) {
    const line = one("call").content.firstElementChild.cloneNode(true);
    line.dataset.call = call.id;
    line.classList.toggle("is-waited-for", call.is_waited_for);
    line.querySelector(".ticket").textContent = call.ticket;
    line.querySelector(".name").textContent = call.name;
    line.querySelector(".department").textContent = [...new Set(call.department)].join(" ");
    room(line, call.room);
    return line;
  }

  function draw(answer) {
    const before = new Set([...document.querySelectorAll("[data-call]")].map((line) => Number(line.dataset.call)));
    const lines = answer.calls.map(lineOf);
    for (const line of lines) if (last !== null && !before.has(Number(line.dataset.call))) line.classList.add("is-new");
    if ([...before].join() !== answer.calls.map((call) => call.id).join() || lines.some((line) => line.matches(".is-new"))) {
      one("calls").replaceChildren(...lines);
    } else {
      for (const call of answer.calls) {
        document.querySelector(`[data-call="${call.id}"]`).classList.toggle("is-waited-for", call.is_waited_for);
      }
    }
    one("none").hidden = lines.length > 0;
    one("ready").replaceChildren(
      ...answer.ready.map((next) => {
        const line = one("room").content.firstElementChild.cloneNode(true);
        room(line, next.room);
        line.querySelector(".tickets").textContent = next.tickets.join("  ");
        return line;
      })
    );
    one("nobody").hidden = answer.ready.length > 0;
    one("at").textContent = answer.at;
    one("clock").textContent = answer.at.slice(0, 5); // the hospital's clock, whatever the display thinks
  }

  function say(calls) {
    const fresh = calls.filter((call) => last !== null && call.id > last && call.is_waited_for).sort((a, b) => a.id - b.id);
    last = Math.max(last || 0, ...calls.map((call) => call.id));
    if (voice.getAttribute("aria-pressed") !== "true") return;
    for (const call of fresh) {
      for (const [language, words] of call.spoken) {
        const spoken = new SpeechSynthesisUtterance(words);
        spoken.lang = language;
        spoken.rate = 0.9;
        window.speechSynthesis.speak(spoken);
      }
    }
  }

  async function ask() {
    try {
      const got = await fetch(document.body.dataset.url, {
        signal: AbortSignal.timeout(patience),
        cache: "no-store",
        credentials: "omit", // opened from the admin, it must not keep anybody signed in
      });
      if (got.status === 410) gone = true;
      if (gone) return close();
      if (!got.ok) throw new Error(String(got.status));
      const answer = await got.json();
      answered = Date.now();
      draw(answer);
      say(answer.calls);
    } catch {
      // the network may be gone: the last answer stays, its age is told below
    } finally {
      if (!gone) setTimeout(ask, every);
    }
  }

  // The address was taken away: nobody's number stays on the wall
  function close() {
    for (const list of ["calls", "ready"]) one(list).replaceChildren();
    one("gone").hidden = false;
  }

  function tick() {
    const lost = !gone && Date.now() - answered > old;
    one("lost").hidden = !lost;
    document.body.classList.toggle("is-old", lost);
  }

  if ("speechSynthesis" in window) {
    voice.hidden = false;
    voice.addEventListener("click", () => {
      const on = voice.getAttribute("aria-pressed") !== "true";
      voice.setAttribute("aria-pressed", String(on));
      localStorage.setItem(kept, on ? "1" : "");
    });
    voice.setAttribute("aria-pressed", String(localStorage.getItem(kept) === "1"));
  }
  setInterval(tick, 1000);
  tick();
  ask();
})();
