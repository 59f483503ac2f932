// The data of a page that stands alone, as the server would give them.

import { Failure, t } from "./state.js";

const PAGE = 25;
const NETWORK = 60;
const CASES = 12;
// Spellings that search takes for one, as the server folds them: Arabic letters and digits.
const ALIKE = new Map([..."أإآٱىیکةؤئ"].map((letter, i) => [letter, "ااااييكهوي"[i]]).concat([..."٠١٢٣٤٥٦٧٨٩"].map((digit, i) => [digit, String(i)])));

export async function open(element) {
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (char) => char.charCodeAt(0));
  element.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = await new Response(stream).json();
  const views = { search, actions, network };
  return async (view, parameters) => {
    if (views[view]) return views[view](data, parameters);
    const kept = data[view];
    if (kept === undefined) throw new Failure(404, t("noSuchPage"));
    if (!("id" in parameters)) return kept;
    const report = view === "action" && data.reports[parameters.id];
    const found = Object.hasOwn(kept, report || parameters.id) ? kept[report || parameters.id] : null;
    if (!found) throw new Failure(404, t("notInFile"));
    return report ? { ...found, report: parameters.id } : found;
  };
}

export function folded(text) {
  const plain = text.normalize("NFKD").replace(/[\p{M}\p{Cf}\u0640]/gu, "").toLowerCase();
  return [...plain].map((char) => ALIKE.get(char) ?? char).join("").split(/\s+/).filter(Boolean).join(" ");
}

function score(words, names) {
  let best = 0;
  for (const name of names) {
    if (name === words) return 5;
    if (name.startsWith(words)) best = Math.max(best, 4);
    else if (name.includes(` ${words}`)) best = Math.max(best, 3);
    else if (name.includes(words)) best = Math.max(best, 2);
    else if (words.split(" ").every((word) => name.includes(word))) best = Math.max(best, 1);
  }
  return best;
}

function search(data, { q = "", sort = "", page = 0 }) {
  const words = folded(String(q).slice(0, 200));
  let found = data.items;
  if (words) {
    const scored = found.map((item) => [score(words, item.folded), item]).filter(([points]) => points);
    found = scored.sort((a, b) => b[0] - a[0] || b[1].weight - a[1].weight || (a[1].path < b[1].path ? -1 : 1)).map(([, item]) => item);
  }
  const counts = Object.fromEntries(["person", "organization", "place", "case", "article"].map((one) => [one, found.filter((item) => item.sort === one).length]));
  if (sort) found = found.filter((item) => item.sort === sort);
  if (sort === "article" && !words) found = [...found].sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
  return { ...paged(found, page, "items"), counts };
}

function actions(data, { type = "", page = 0 }) {
  const all = Object.values(data.action).map((one) => one.action).filter((one) => one.type === type);
  if (!all.length) throw new Failure(404, t("noActions"));
  all.sort((a, b) => (!a.date) - (!b.date) || ((a.date ?? "") < (b.date ?? "") ? 1 : (a.date ?? "") > (b.date ?? "") ? -1 : 0) || (a.path < b.path ? -1 : 1));
  return { ...paged(all, page, "actions"), type };
}

function paged(found, page, name) {
  const at = Math.min(Number(page) || 0, 100000);
  return { [name]: found.slice(at * PAGE, (at + 1) * PAGE), total: found.length, page: at, pages: Math.ceil(found.length / PAGE) };
}

function network(data, { about = "" }) {
  const ids = about ? around(data, about) : data.items.filter((item) => item.sort === "case").slice(0, CASES).flatMap((item) => data.case[item.path].actions);
  const nodes = new Map();
  const edges = [];
  for (const { path } of ids.slice(0, NETWORK)) {
    const action = data.action[path]?.action;
    if (!action) continue;
    nodes.set(path, { path, sort: "action", type: action.type, date: action.date ?? "" });
    for (const role of ["target", "agent", "place"]) {
      for (const ref of action[role] ?? []) {
        if (!nodes.has(ref.path)) nodes.set(ref.path, ref);
        edges.push([path, ref.path, role]);
      }
    }
  }
  const out = { nodes: [...nodes.values()], edges };
  if (about) out.about = named(data, about);
  return out;
}

function around(data, path) {
  if (data.action[path]) return [{ path }];
  return (data.entity[path] ?? data.case[path] ?? data.article[path])?.actions ?? [];
}

function named(data, path) {
  return data.items.find((item) => item.path === path) ?? data.entity[path]?.entity ?? data.case[path]?.case ?? { path, sort: "action", labels: { "": t("sort.action") } };
}
