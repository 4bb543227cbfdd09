// A rectangle drawn over what was revealed fills in the part of the picture; the fields can be typed as well.
(() => {
  "use strict";
  const form = document.getElementById("clue");
  if (!form) return;
  let from = null;

  const place = (event, picture) => {
    const box = picture.getBoundingClientRect();
    const within = (value, length) => Math.min(100, Math.max(0, (100 * value) / length));
    return [within(event.clientX - box.left, box.width), within(event.clientY - box.top, box.height)];
  };
  const picture = (event) => event.target.closest?.(".revealed")?.querySelector("img");

  document.addEventListener("pointerdown", (event) => {
    const drawn = picture(event);
    if (!drawn) return;
    event.preventDefault();
    from = place(event, drawn);
  });
  document.addEventListener("pointermove", (event) => {
    const drawn = from && picture(event);
    if (!drawn) return;
    const to = place(event, drawn);
    const low = [0, 1].map((axis) => Math.min(from[axis], to[axis]));
    const high = [0, 1].map((axis) => Math.max(from[axis], to[axis]));
    const said = { left: low[0], top: low[1], width: high[0] - low[0], height: high[1] - low[1] };
    for (const [name, value] of Object.entries(said)) form.elements[name].value = Math.max(0, value - 0.05).toFixed(1);
  });
  document.addEventListener("pointerup", () => { from = null; });
})();
