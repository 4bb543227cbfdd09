// The keyboard: g and a letter goes to a page, j and k move among hits, single letters judge the hit in focus; Enter opens it, p picks it.
// ? shows the keys of the page: those of its links and buttons are read off them, so that none is told that is not there.
// Where answers are kept without a new page, the next hit that waits is in focus then, or what still waits is asked for.
(() => {
  "use strict";
  let going = false;

  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const hits = () => [...document.querySelectorAll("tbody.hit")];

  // What this key presses: in the hit that is in focus, and on a page of one hit in that.
  function judging(key) {
    const named = `[data-judge="${CSS.escape(key)}"]`;
    return hits().length ? document.activeElement?.closest("tbody.hit")?.querySelector(named) : document.querySelector(`.hit ${named}`);
  }

  function move(step) {
    const all = hits();
    const at = all.indexOf(document.activeElement?.closest("tbody.hit"));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const dialog = document.getElementById("keyboard");
  const button = document.getElementById("show-keys");

  function line(keys, text) {
    const row = document.createElement("tr");
    const [cell, said] = [row.insertCell(), row.insertCell()];
    for (const key of keys) {
      const shown = document.createElement("kbd");
      shown.textContent = key;
      cell.append(shown, " ");
    }
    said.textContent = text;
    return row;
  }

  function showKeys() {
    if (!dialog || dialog.open) return;
    const body = dialog.querySelector("tbody");
    for (const row of body.querySelectorAll("[data-read]")) row.remove();
    for (const row of body.querySelectorAll("[data-where]")) row.hidden = !document.querySelector(row.dataset.where);
    const read = new Map();
    for (const one of document.querySelectorAll(".hit [data-judge]")) read.set(one.dataset.judge, [[one.dataset.judge], one]);
    for (const one of document.querySelectorAll("[data-key]")) read.set(`g ${one.dataset.key}`, [["g", one.dataset.key], one]);
    for (const [keys, one] of read.values()) {
      const row = line(keys, one.textContent.trim() || one.getAttribute("aria-label") || "");
      row.dataset.read = "";
      body.append(row);
    }
    dialog.showModal();
  }
  if (dialog && button) {
    button.hidden = false;
    button.addEventListener("click", showKeys);
  }

  document.addEventListener("keydown", (event) => {
    if (dialog?.open) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (going) {
      going = false;
      document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    if (event.key === "g") going = true;
    else if (event.key === "?") showKeys();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && event.target.matches("tbody.hit")) event.target.querySelector("[data-open]")?.click();
    else if (event.key === "p" && event.target.querySelector("[data-pick]")) event.target.querySelector("[data-pick]").click();
    else judging(event.key)?.click();
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
