// Files go up in parts. Whatever the server holds already is not sent again, so a broken connection costs one part.
(() => {
  "use strict";
  const CHUNK = 4 * 1024 * 1024;
  const OFFERED_AT_ONCE = 500;
  const TRIES = 8;
  const form = document.getElementById("upload");
  if (!form) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const complaint = form.querySelector(".errors");
  const sending = form.querySelector(".sending");
  const bar = form.querySelector("progress");
  const told = form.querySelector("output");
  const headers = { "x-csrftoken": token, accept: "application/json" };
  const ask = (url, options) => fetch(url, { ...options, headers: { ...headers, ...options.headers } });

  // What the server refused, and what it told of that in the language of the page.
  class Refused extends Error {
    constructor(status, said) {
      super(said.told || "");
      this.passes = status >= 500 || status === 409;
    }
  }

  const saidBy = (answer) => answer.json().catch(() => ({}));

  async function json(url, options) {
    const answer = await ask(url, options);
    if (answer.ok) return answer.json();
    const said = await saidBy(answer);
    if ("held" in said) return said;
    throw new Refused(answer.status, said);
  }

  const complain = (error, ...more) => {
    complaint.textContent = [error instanceof Refused ? error.message : "", ...more].filter(Boolean).join(" ");
  };

  // A full disk, say, is told at once; when there is room again before the last try, the upload goes on by itself.
  async function part(url, data) {
    for (let tried = 0; ; tried += 1) {
      try {
        const said = await json(url, { method: "PUT", body: data });
        complaint.textContent = "";
        return said;
      } catch (error) {
        if (tried >= TRIES || (error instanceof Refused && !error.passes)) throw error;
        complain(error);
        await new Promise((done) => setTimeout(done, 500 * 2 ** tried));
      }
    }
  }

  async function send(files, base) {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    let sent = 0;
    const show = () => {
      bar.value = total ? sent / total : 1;
      told.textContent = `${(sent / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`;
    };
    for (let first = 0; first < files.length; first += OFFERED_AT_ONCE) {
      const some = files.slice(first, first + OFFERED_AT_ONCE);
      const body = JSON.stringify(some.map((file) => ({ name: file.webkitRelativePath || file.name, size: file.size })));
      const answer = await json(base, { method: "POST", body, headers: { "content-type": "application/json" } });
      for (const [index, file] of some.entries()) {
        const { number, held } = answer.files[index];
        let offset = held;
        sent += held;
        while (offset < file.size) {
          const next = (await part(`${base}${number}/${offset}/`, file.slice(offset, offset + CHUNK))).held;
          sent += next - offset;
          offset = next;
          show();
        }
        show();
      }
    }
  }

  // What the form says of the upload, the first file's name and size with it; a small file may be a text of the form.
  async function about(files) {
    const said = new FormData();
    for (const one of form.querySelectorAll("input:not([type=file]), select, textarea")) {
      if (one.name && !one.name.startsWith("csrf")) said.set(one.name, one.value);
    }
    for (const one of form.querySelectorAll("[data-as-text]")) {
      said.set(one.name, one.files.length ? await one.files[0].text() : "");
    }
    said.set("name", files[0].name);
    said.set("size", files[0].size);
    return said;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complaint.textContent = "";
    const files = [...form.querySelectorAll("input[type=file]:not([data-as-text])")].flatMap((one) => [...one.files]);
    if (!files.length) return;
    const button = form.querySelector("button");
    button.disabled = true;
    sending.hidden = false;
    try {
      const base = (await json(form.action, { method: "POST", body: await about(files) })).files;
      await send(files, base);
      const end = await ask(`${base}finish/`, { method: "POST" });
      if (!end.ok) throw new Refused(end.status, await saidBy(end));
      location.assign(end.url);
    } catch (error) {
      complain(error, form.dataset.failed);
      button.disabled = false;
    }
  });
})();
