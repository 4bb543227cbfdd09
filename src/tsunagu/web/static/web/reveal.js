// What was revealed goes away: on Escape, when its control is closed, and when the page is left or hidden.
(() => {
  "use strict";
  const clear = (within) => within.querySelectorAll(".revealed").forEach((one) => one.replaceChildren());

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.reveal")) return;
    if (event.target.open) event.target.querySelector("input[name=reason]")?.focus();
    else clear(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const control = event.key === "Escape" && (event.target.closest?.("details.reveal") || document.querySelector("details.reveal[open]"));
    if (!control) return;
    control.open = false;
    control.closest("tbody.hit")?.focus();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clear(document); });
  window.addEventListener("pagehide", () => clear(document));
  // A refusal says why, in place of the picture.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.matches?.(".revealed")) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
