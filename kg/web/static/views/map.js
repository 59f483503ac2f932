// Where actions took place: an outline of the land, without tiles from anywhere.

import { h, s } from "../dom.js";
import { address, label, link } from "../names.js";
import { downloads, empty, section } from "../parts.js";
import { get, number, state, t } from "../state.js";

export default async function map() {
  const [data, land] = await Promise.all([get("places"), state.filed ? get("land") : fetch("/static/land.json").then((answer) => answer.json())]);
  const listed = (refs) => h("ul", { class: "chips" }, refs.map((ref) => h("li", {}, link(ref, "chip"), h("span", { class: "count" }, number(ref.n)))));
  return {
    title: t("view.map"),
    content: h(
      "div",
      {},
      h("h1", {}, t("view.map")),
      h("p", { class: "lead" }, t("mapLead")),
      data.places.length ? picture(data.places, land) : empty(t("noPlaces")),
      data.places.length ? section(t("sorts.place"), listed(data.places)) : null,
      data.unknown.length ? section(t("withoutPoint"), listed(data.unknown)) : null,
      data.places.length ? downloads(data.places.map((ref) => ref.path)) : null,
    ),
  };
}

function picture(places, land) {
  const xs = places.map((ref) => ref.point[1]);
  const ys = places.map((ref) => -ref.point[0]);
  const whole = [-180, -85, 360, 145];
  const fit = () => {
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    let width = Math.max(24, (right - left) * 1.3);
    let height = Math.max(12, (bottom - top) * 1.5);
    width = Math.min(360, Math.max(width, height * 2));
    height = width / 2;
    return [(left + right) / 2 - width / 2, (top + bottom) / 2 - height / 2, width, height];
  };
  let box = fit();
  const outline = s("path", { class: "land", d: land.map((ring) => { let d = ""; for (let i = 0; i < ring.length; i += 2) d += `${i ? "L" : "M"}${ring[i] / 10} ${-ring[i + 1] / 10}`; return `${d}Z`; }).join("") });
  const grid = s("path", { class: "grid", d: [...Array.from({ length: 23 }, (_, i) => `M${-165 + 15 * i} -85V85`), ...Array.from({ length: 11 }, (_, i) => `M-180 ${-75 + 15 * i}H180`)].join("") });
  const marks = s("g", {});
  const svg = s("svg", { class: "map", role: "group", "aria-label": t("view.map"), preserveAspectRatio: "xMidYMid meet" }, s("rect", { class: "sea", x: -400, y: -200, width: 800, height: 400 }), grid, outline, marks);
  const draw = () => {
    svg.setAttribute("viewBox", box.map((value) => value.toFixed(3)).join(" "));
    const unit = box[2] / 1000;
    grid.setAttribute("stroke-width", unit);
    outline.setAttribute("stroke-width", unit);
    const taken = [];
    const texts = [];
    marks.replaceChildren(
      ...places.map((ref) => {
        const [, text] = label(ref);
        const x = ref.point[1];
        const y = -ref.point[0];
        const radius = (6 + Math.sqrt(ref.n) * 4) * unit;
        const area = [x - text.length * 6.2 * unit, y - radius - 24 * unit, x + text.length * 6.2 * unit, y - radius];
        const free = taken.every((b) => b[2] < area[0] || area[2] < b[0] || b[3] < area[1] || area[3] < b[1]);
        if (free) {
          taken.push(area);
          texts.push(s("text", { x, y: y - radius - 6 * unit, "font-size": 17 * unit, "stroke-width": 4 * unit, "text-anchor": "middle", direction: /[\u0590-\u08ff]/.test(text) ? "rtl" : "ltr" }, text));
        }
        return s(
          "a",
          { href: address(ref.path), class: "spot", "aria-label": `${text}: ${t("nActions", { n: number(ref.n) })}` },
          s("title", {}, `${text}: ${number(ref.n)}`),
          s("circle", { cx: x, cy: y, r: radius, "stroke-width": 1.5 * unit }),
        );
      }),
      s("g", { class: "spot-names", "aria-hidden": "true" }, texts),
    );
  };
  const zoom = (factor) => () => {
    const width = Math.min(400, Math.max(2, box[2] * factor));
    const height = (box[3] / box[2]) * width;
    box = [box[0] + (box[2] - width) / 2, box[1] + (box[3] - height) / 2, width, height];
    draw();
  };
  const shift = (x, y) => {
    box = [box[0] + x * box[2], box[1] + y * box[3], box[2], box[3]];
    draw();
  };
  let grabbed = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.target.closest("a")) return;
    grabbed = [event.clientX, event.clientY];
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!grabbed) return;
    const size = svg.getBoundingClientRect();
    shift(-(event.clientX - grabbed[0]) / size.width, -(event.clientY - grabbed[1]) / size.height);
    grabbed = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (grabbed = null));
  const keys = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  const frame = h(
    "div",
    { class: "drawing map-frame", tabindex: 0, role: "region", "aria-label": t("mapKeys"), onkeydown: (event) => {
      if (keys[event.key]) shift(...keys[event.key]);
      else if (event.key === "+" || event.key === "=") zoom(1 / 1.5)();
      else if (event.key === "-") zoom(1.5)();
      else return;
      event.preventDefault();
    } },
    svg,
  );
  draw();
  return h(
    "div",
    {},
    h(
      "p",
      { class: "tools" },
      h("button", { type: "button", onclick: zoom(1 / 1.5) }, t("zoomIn")),
      h("button", { type: "button", onclick: zoom(1.5) }, t("zoomOut")),
      h("button", { type: "button", onclick: () => { box = fit(); draw(); } }, t("allPlaces")),
      h("button", { type: "button", onclick: () => { box = [...whole]; draw(); } }, t("world")),
    ),
    frame,
  );
}
