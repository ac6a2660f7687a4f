// What makes pages about a visit smoother; each does its work without it.
"use strict";

(() => {
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  // The place in the queue is asked for anew; what is told to screen readers changes only when the place does.
  const place = document.getElementById("place");
  if (!place) return;
  const every = Number(place.dataset.every) * 1000;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Background": "1" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload();
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* no network: the page says as of when it is */ }
    setTimeout(look, every);
  };
  const show = (read) => {
    for (const id of ["place", "as-of"]) {
      const [ours, theirs] = [document.getElementById(id), read.getElementById(id)];
      if (ours && theirs && ours.innerHTML !== theirs.innerHTML) ours.replaceChildren(...theirs.childNodes);
    }
  };
  setTimeout(look, every);
})();
