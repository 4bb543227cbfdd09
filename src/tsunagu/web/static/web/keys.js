// The keyboard: g and a letter goes to a page, j and k move among hits, single letters judge the hit in focus; Enter opens it, p picks it.
// Where answers are kept without a new page, the next hit that waits is in focus then, or what still waits is asked for.
(() => {
  "use strict";
  let going = false;

  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const hits = () => [...document.querySelectorAll("tbody.hit")];

  function move(step) {
    const all = hits();
    const at = all.indexOf(document.activeElement?.closest("tbody.hit"));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (going) {
      going = false;
      document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    if (event.key === "g") going = true;
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && event.target.matches("tbody.hit")) event.target.querySelector("[data-open]")?.click();
    else if (event.key === "p" && event.target.querySelector("[data-pick]")) event.target.querySelector("[data-pick]").click();
    else document.activeElement?.closest("tbody.hit")?.querySelector(`[data-judge="${CSS.escape(event.key)}"]`)?.click();
  });

  let answered = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    answered = event.target.closest("tbody.hit")?.id ?? "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!document.querySelector("table.pairs")) return;
    const all = hits();
    const waits = (one) => !one.matches(".answered");
    const next = all.slice(Math.max(0, all.findIndex((one) => one.id === answered))).find(waits) ?? all.find(waits);
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else document.querySelector("[data-rest]")?.click();
  });
  document.querySelector("table.pairs tbody.hit")?.focus({ preventScroll: true });

  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named && named.matches("tbody.hit")) named.focus();
})();
