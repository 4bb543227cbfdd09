// A file is sent as it is, and answered on the spot; digits go the way of any form.
(() => {
  "use strict";
  const form = document.getElementById("ask");
  if (!form) return;
  const answer = document.getElementById("answer");
  const complaint = form.querySelector(".errors");
  const button = form.querySelector("button");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;

  async function ask(file) {
    const headers = { "x-csrftoken": token, "x-purpose": form.purpose.value, "content-type": "application/octet-stream" };
    const said = await fetch(form.dataset.file, { method: "PUT", body: file, headers: { ...headers, accept: "application/json" } });
    if (said.ok) answer.innerHTML = await said.text();
    else complaint.textContent = (await said.json().catch(() => ({}))).told || form.dataset.failed;
  }

  form.addEventListener("submit", async (event) => {
    const file = form.file.files[0];
    if (!file) return;
    event.preventDefault();
    complaint.textContent = "";
    answer.replaceChildren();
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    try {
      await ask(file);
    } catch {
      complaint.textContent = form.dataset.failed;
    } finally {
      button.disabled = false;
      form.removeAttribute("aria-busy");
    }
  });
})();
