// Who takes part in which actions.

import { h, s } from "../dom.js";
import { address, label, link, name } from "../names.js";
import { downloads, empty } from "../parts.js";
import { layout } from "../force.js";
import { NAMES, phase } from "../phases.js";
import { parameter } from "../route.js";
import { get, number, t, term } from "../state.js";

const SORTS = ["person", "organization", "place", "action"];
const WIDTH = 1000;

export default async function network(at) {
  const about = at.query.get("about") ?? "";
  const hidden = new Set((at.query.get("hide") ?? "").split(",").filter((sort) => SORTS.includes(sort)));
  const data = await get("network", { about });
  const title = about ? t("networkOf", { name: label(data.about)[1] }) : t("view.network");
  const drawing = h("div", { class: "drawing" });
  const draw = () => drawing.replaceChildren(picture(data, hidden));
  const toggle = (sort) => (event) => {
    if (event.target.checked) hidden.delete(sort);
    else hidden.add(sort);
    parameter("hide", [...hidden].join(","));
    draw();
  };
  draw();
  const actions = data.nodes.filter((node) => node.sort === "action");
  return {
    title,
    content: h(
      "div",
      {},
      h("h1", {}, h("bdi", {}, title)),
      h("p", { class: "lead" }, about ? [t("networkAbout"), " ", link(data.about)] : t("networkLead")),
      data.nodes.length
        ? [
            h("fieldset", { class: "filters" }, h("legend", {}, t("show")), SORTS.map((sort) => h("label", {}, h("input", { type: "checkbox", checked: !hidden.has(sort), onchange: toggle(sort) }), h("span", { class: `dot ${sort}`, "aria-hidden": "true" }), t(`sorts.${sort}`)))),
            h("ul", { class: "legend", "aria-label": t("legend") }, ["target", "agent", "place"].map((role) => h("li", {}, s("svg", { class: "sample", viewBox: "0 0 30 6", "aria-hidden": "true" }, s("line", { class: `edge ${role}`, x1: 0, y1: 3, x2: 30, y2: 3 })), t(`edge.${role}`))), NAMES.map((one) => h("li", { class: "type", "data-phase": one }, t(`phase.${one}`)))),
            drawing,
            h("details", {}, h("summary", {}, t("asList")), list(data)),
            downloads(actions.map((node) => node.path)),
          ]
        : empty(t("noActions")),
    ),
  };
}

function visible(data, hidden) {
  const nodes = data.nodes.filter((node) => !hidden.has(node.sort));
  const at = new Map(nodes.map((node, i) => [node.path, i]));
  let edges = data.edges.filter(([a, b]) => at.has(a) && at.has(b)).map(([a, b, role]) => [at.get(a), at.get(b), role]);
  if (hidden.has("action")) {
    // Without actions, those who share one are joined.
    const parts = new Map();
    for (const [action, other] of data.edges) if (at.has(other)) parts.set(action, [...(parts.get(action) ?? []), at.get(other)]);
    edges = [...parts.values()].flatMap((all) => all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b, "together"])));
  }
  return { nodes, edges };
}

function picture(data, hidden) {
  const { nodes, edges } = visible(data, hidden);
  const height = Math.max(420, Math.min(1100, 260 + nodes.length * 9));
  const places = layout(nodes.length, edges, { width: WIDTH, height });
  const degree = nodes.map(() => 0);
  for (const [a, b] of edges) {
    degree[a]++;
    degree[b]++;
  }
  const lines = edges.map(([a, b, role]) => s("line", { class: `edge ${role}`, x1: places[a].x, y1: places[a].y, x2: places[b].x, y2: places[b].y }));
  // Words stand where they cover neither a node nor other words: below or above; those that do not fit show in the title.
  const size = (i) => (nodes[i].sort === "action" ? 4.5 : 6 + Math.min(8, Math.sqrt(degree[i]) * 2));
  const boxes = nodes.map((_, i) => [places[i].x - size(i), places[i].y - size(i), places[i].x + size(i), places[i].y + size(i)]);
  const free = (box, own) => boxes.every((b, k) => k === own || b[2] < box[0] || box[2] < b[0] || b[3] < box[1] || box[3] < b[1]);
  const texts = [];
  const order = nodes.map((_, i) => i).sort((a, b) => (nodes[a].sort === "action") - (nodes[b].sort === "action") || degree[b] - degree[a] || a - b);
  for (const i of order) {
    const action = nodes[i].sort === "action";
    const text = action ? term(nodes[i].type) : short(label(nodes[i])[1]);
    const half = text.length * (action ? 3.1 : 3.9);
    const spots = [places[i].y + size(i) + 2, places[i].y - size(i) - 16];
    const fits = spots.findIndex((y) => free([places[i].x - half, y, places[i].x + half, y + 14], i));
    if (fits < 0 && (action || degree[i] < 3)) continue;
    const y = spots[Math.max(0, fits)];
    boxes.push([places[i].x - half, y, places[i].x + half, y + 14]);
    const anchored = Math.min(WIDTH - half - 4, Math.max(half + 4, places[i].x));
    texts.push([i, s("text", { class: nodes[i].sort, x: anchored, y: y + 11, "text-anchor": "middle", direction: /[\u0590-\u08ff]/.test(text) ? "rtl" : "ltr" }, text)]);
  }
  const marks = nodes.map((node, i) => {
    const [, text] = node.sort === "action" ? ["", term(node.type)] : label(node);
    const radius = size(i);
    const shape = node.sort === "organization" ? s("rect", { x: -radius, y: -radius, width: 2 * radius, height: 2 * radius, rx: 2 }) : node.sort === "place" ? s("path", { d: `M0 ${-radius * 1.25}L${radius * 1.1} ${radius * 0.8}H${-radius * 1.1}Z` }) : s("circle", { r: radius });
    const mark = s(
      "a",
      { href: address(node.path), class: `node ${node.sort}`, "data-phase": node.type ? phase(node.type) : null, transform: `translate(${places[i].x.toFixed(1)} ${places[i].y.toFixed(1)})`, "aria-label": `${t(`sort.${node.sort}`)}: ${text}` },
      s("title", {}, text + (node.date ? `, ${node.date}` : "")),
      shape,
    );
    const light = (on) => () => {
      svg.classList.toggle("lit", on);
      lines.forEach((line, k) => line.classList.toggle("near", on && (edges[k][0] === i || edges[k][1] === i)));
      const near = new Set(edges.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : [])).concat(i));
      marks.forEach((other, k) => other.classList.toggle("near", on && near.has(k)));
      for (const [k, text] of texts) text.classList.toggle("near", on && near.has(k));
    };
    mark.addEventListener("mouseenter", light(true));
    mark.addEventListener("mouseleave", light(false));
    mark.addEventListener("focus", light(true));
    mark.addEventListener("blur", light(false));
    return mark;
  });
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "network", role: "group", "aria-label": t("networkLabel", { n: number(nodes.length) }) }, lines, marks, s("g", { class: "names-layer", "aria-hidden": "true" }, texts.map(([, text]) => text)));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("view.network") }, svg);
}

function short(text) {
  return text.length > 26 ? `${text.slice(0, 25)}…` : text;
}

function list(data) {
  const at = new Map(data.nodes.map((node) => [node.path, node]));
  const of = new Map();
  for (const [action, other, role] of data.edges) of.set(action, [...(of.get(action) ?? []), [other, role]]);
  return h(
    "ul",
    { class: "lines" },
    data.nodes.filter((node) => node.sort === "action").map((node) =>
      h("li", { class: "line" }, h("a", { href: address(node.path), class: "ref action" }, term(node.type)), (of.get(node.path) ?? []).flatMap(([other, role], i) => [i ? t("comma") : t("colon"), h("a", { href: address(other), class: "ref" }, name(at.get(other))), ` (${role === "place" ? t("place") : term(role)})`])),
    ),
  );
}

