// Building the page. Words become text nodes, never markup: nothing here reads HTML.

import { href } from "./route.js";

const SVG = "http://www.w3.org/2000/svg";
const ADDRESS = /^(https?:\/\/|\/(?!\/)|#)/i;

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.setAttribute("class", value);
    else if (name === "href" && ADDRESS.test(value)) node.setAttribute(name, href(value));
    else if (name === "href" || name === "src") continue;
    else if (name === "value" || name === "checked" || name === "disabled" || name === "open" || name === "selected" || name === "hidden") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  put(node, children);
  return node;
}

export function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function s(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

export function clear(node) {
  node.replaceChildren();
  return node;
}
