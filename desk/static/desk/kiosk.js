// The kiosk: its own keyboard, a reader that may type at any moment, words read aloud, and a page that starts again by
// itself when nobody touches it, so that nothing of one person is left for the next.
"use strict";

(function () {
  const wait = 75; // s without a touch on a page with a question
  const told = 20; // s before the end in which the page says so
  const afterFault = 20; // s
  const again = 5; // s between tries to begin again
  const one = (id) => document.getElementById(id);
  const step = one("step");
  const digits = "1234567890";
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const keyboards = { digits, reference: "23456789ABCDEFGHJKMNPQRSTVWXYZ", identifier: `${digits}${letters}` };
  let idle = 0;
  let leaving = false;
  let aloud = false;
  let field = null; // where the keyboard writes

  // To an address that answers; else this page stays, says so and tries again: nobody can press “reload” on a kiosk
  async function home() {
    const answers = await fetch(document.body.dataset.home, { cache: "no-store" }).then((got) => got.ok, () => false);
    if (answers) return location.replace(document.body.dataset.home);
    step.replaceChildren();
    one("idle").hidden = true;
    one("gone").hidden = false;
    setTimeout(home, again * 1000);
  }

  function key(label, name, act, wide) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.classList.toggle("wide", Boolean(wide));
    if (name) button.setAttribute("aria-label", name);
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    button.addEventListener("click", act);
    return button;
  }

  function type(sign) {
    field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }

  function erase() {
    if (field.selectionStart === field.selectionEnd && field.selectionStart > 0) field.selectionStart -= 1;
    type("");
  }

  function showKeys(input) {
    const keys = step.querySelector(".keys");
    const kind = input.dataset.keys;
    field = input;
    if (!keys || keys.dataset.kind === kind) return;
    keys.dataset.kind = kind;
    keys.hidden = false;
    keys.replaceChildren(
      ...[...keyboards[kind]].map((sign) => key(sign, "", () => type(sign))),
      key("⌫", document.body.dataset.delete, erase, true)
    );
  }

  function say() {
    window.speechSynthesis.cancel();
    const words = [...step.querySelectorAll("h1, h2, label, .hint, .fault, .refusal, p, dt, dd, a, form > button")]
      .filter((part) => !part.querySelector("label, .hint, a, button") && part.getClientRects().length)
      .map((part) => part.innerText);
    const spoken = new SpeechSynthesisUtterance(words.join(". "));
    spoken.lang = document.documentElement.lang === "zh-Hans" ? "zh-CN" : "en-GB";
    spoken.rate = 0.85;
    window.speechSynthesis.speak(spoken);
  }

  function arrive() {
    idle = 0;
    const wrong = step.querySelector(".refusal");
    const fields = [...step.querySelectorAll("input[data-keys]:not([data-keys=''])")];
    const first = fields.find((one) => one.matches("[aria-invalid=true]")) || fields[0];
    const focus = first || (wrong ? step.querySelector("h1") : one("id_code") || step.querySelector("h1"));
    focus.focus();
    if (first) showKeys(first);
    if (aloud) say();
  }

  function tick() {
    if (leaving) return;
    idle += 1;
    const done = step.querySelector("[data-done]");
    const limit = done ? Number(done.dataset.done) : wait;
    const atStart = one("id_code") && !one("id_code").value && !step.querySelector(".refusal");
    if (atStart && location.pathname === document.body.dataset.home) idle = 0;
    if (idle >= limit) {
      leaving = true;
      home();
      return;
    }
    const left = limit - idle;
    one("idle").hidden = left > told || Boolean(done);
    one("left").textContent = String(left);
  }

  function fault() {
    if (leaving) return;
    leaving = true;
    one("gone").hidden = false;
    setTimeout(home, afterFault * 1000);
  }

  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (idle = 0), true);
  document.addEventListener("keydown", (event) => {
    const reads = one("id_code");
    if (reads && event.key.length === 1 && !event.target.matches("input")) reads.select(); // a reader types blindly
  });
  step.addEventListener("focusin", (event) => event.target.matches("[data-keys]:not([data-keys=''])") && showKeys(event.target));
  step.addEventListener("click", (event) => event.target.closest("#print") && window.print());
  step.addEventListener("htmx:afterSwap", arrive);
  document.body.addEventListener("htmx:sendError", fault);
  document.body.addEventListener("htmx:timeout", fault);
  document.body.addEventListener("htmx:responseError", fault);
  one("stay").addEventListener("click", () => step.querySelector("h1").focus());
  if ("speechSynthesis" in window) {
    one("aloud").hidden = false;
    one("aloud").addEventListener("click", () => {
      aloud = one("aloud").getAttribute("aria-pressed") !== "true";
      one("aloud").setAttribute("aria-pressed", String(aloud));
      if (aloud) say();
      else window.speechSynthesis.cancel();
    });
  }
  setInterval(tick, 1000);
  arrive();
})();
