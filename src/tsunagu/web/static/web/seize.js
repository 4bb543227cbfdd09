// A seized list is sent as it is, behind a line that says how it is to be read: to be looked at as often as is wanted, then to be kept.
(() => {
  "use strict";
  const form = document.getElementById("seize");
  if (!form) return;
  const shown = document.getElementById("preview");
  const complaint = form.querySelector(".errors");
  const waiting = form.querySelector("progress");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;

  const value = (within, name) => within.querySelector(`[name=${name}]`)?.value ?? "";
  const columns = () =>
    [...shown.querySelectorAll("tr[data-column]")].map((row) => [row.dataset.column, value(row, "field"), value(row, "encoding")]);

  function told(like) {
    const said = { name: form.file.files[0].name, exhibit: form.exhibit.value, like, columns: like ? [] : columns() };
    for (const name of ["delimiter", "table", "calendar", "save_as"]) said[name] = value(shown, name);
    return said;
  }

  async function send(url, said) {
    const body = new Blob([JSON.stringify(said), "\n", form.file.files[0]]);
    const headers = { "x-csrftoken": token, accept: "application/json", "content-type": "application/octet-stream" };
    const answer = await fetch(url, { method: "PUT", body, headers });
    if (answer.ok) return answer;
    throw new Error((await answer.json().catch(() => ({}))).told || form.dataset.failed);
  }

  async function work(act) {
    complaint.textContent = "";
    if (!form.file.files.length) return;
    if (form.file.files[0].size > Number(form.dataset.most)) {
      complaint.textContent = form.dataset.long;
      return;
    }
    const buttons = [...form.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    waiting.hidden = false;
    try {
      await act();
    } catch (error) {
      complaint.textContent = error instanceof TypeError ? form.dataset.failed : error.message;
    } finally {
      for (const one of buttons) one.disabled = false;
      waiting.hidden = true;
    }
  }

  const look = (like) => work(async () => {
    shown.innerHTML = await (await send(form.dataset.look, told(like))).text();
    shown.querySelector("select")?.focus();
  });
  const keep = () => work(async () => {
    location.assign((await (await send(form.dataset.keep, told(""))).json()).list);
  });
  const first = () => {
    shown.replaceChildren();
    complaint.textContent = "";
  };

  form.file.addEventListener("change", first);
  form.like?.addEventListener("change", first);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.matches("[data-bring-in]")) keep();
    else look(shown.childElementCount ? "" : form.like?.value ?? "");
  });
})();
