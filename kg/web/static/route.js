// Where the reader is: in the path of a served page, in the part behind # of a file that stands alone.

import { state } from "./state.js";

export function address() {
  return state.filed ? (location.hash.startsWith("#/") ? location.hash.slice(1) : "/") : location.pathname + location.search;
}

export function place() {
  const [path, query = ""] = address().split("?", 2);
  const [lang, view = "", id = ""] = path.split("/").filter(Boolean).map(decoded);
  return { lang, view, id, query: new URLSearchParams(query) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// The address without the language, for the same view in another.
export function rest() {
  return address().replace(/^\/[a-z]*\/?/, "");
}

export function href(path) {
  return state.filed && path.startsWith("/") ? `#${path}` : path;
}

export function push(path) {
  history.pushState(null, "", href(path));
}

export function replace(path) {
  history.replaceState(null, "", href(path));
}

// The same view with another parameter of its address.
export function parameter(name, value) {
  const at = place();
  if (value) at.query.set(name, value);
  else at.query.delete(name);
  const query = at.query.toString();
  replace(`/${[at.lang, at.view, at.id].filter(Boolean).map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`);
}
