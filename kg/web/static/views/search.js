// Search by name in any script, and lists of everything.

import { h } from "../dom.js";
import { date, link, words } from "../names.js";
import { actionLine, downloads, empty, pager } from "../parts.js";
import { definition, get, heading, number, state, t } from "../state.js";

const SORTS = ["", "person", "organization", "place", "case", "article"];

export default async function search(at) {
  const q = at.query.get("q") ?? "";
  const sort = at.query.get("sort") ?? "";
  const page = at.query.get("page") ?? "";
  if (sort === "action") return ofType(at.query.get("type") ?? "", page);
  const data = await get("search", { q, sort, page });
  const title = q ? t("resultsFor", { q: q.slice(0, 80) }) : sort ? t(`sorts.${sort}`) : t("everything");
  const make = (changes) => {
    const query = new URLSearchParams(Object.entries({ q, sort, ...changes }).filter(([, value]) => value !== "" && value !== 0));
    return `/${state.lang}/search?${query}`;
  };
  const all = Object.values(data.counts).reduce((a, b) => a + b, 0);
  const content = h(
    "div",
    {},
    h("h1", {}, h("bdi", {}, title)),
    h(
      "nav",
      { class: "tabs", "aria-label": t("sortsLabel") },
      SORTS.map((one) => h("a", { href: make({ sort: one }), "aria-current": one === sort ? "true" : null }, one ? t(`sorts.${one}`) : t("all"), " ", h("span", { class: "count" }, number(one ? data.counts[one] : all)))),
    ),
    data.items.length ? h("ul", { class: "lines" }, data.items.map((ref) => line(ref, !sort))) : empty(q ? [t("nothingFound"), " ", h("a", { href: `/${state.lang}/search` }, t("everything"))] : t("emptyGraph")),
    pager(data, (to) => make({ page: to })),
    data.items.length ? downloads(data.items.map((item) => item.path)) : null,
  );
  return { title, content };
}

function line(ref, several) {
  const [shown] = Object.values(ref.labels);
  const others = [...new Set(Object.entries(ref.labels).filter(([lang]) => lang !== state.lang).map(([, text]) => text))].filter((text) => text !== (ref.labels[state.lang] ?? ref.labels.en ?? shown));
  return h(
    "li",
    { class: "line" },
    link(ref),
    several ? [" ", h("span", { class: `badge ${ref.sort}` }, t(`sort.${ref.sort}`))] : null,
    h(
      "span",
      { class: "small" },
      ref.sort === "article"
        ? [ref.publisher ? [words(ref.publisher), " · "] : null, ref.date ? date(ref.date) : null]
        : [others.slice(0, 3).flatMap((text) => [words(text), " · "]), ref.sort === "case" ? t("nActions", { n: number(ref.weight) }) : t("nMentions", { n: number(ref.weight) })],
    ),
  );
}

async function ofType(type, page) {
  const data = await get("actions", { type, page });
  const title = heading(data.type);
  return {
    title,
    content: h(
      "div",
      {},
      h("h1", {}, title),
      h("p", { class: "lead" }, definition(data.type)),
      data.actions.length ? h("ul", { class: "lines" }, data.actions.map((action) => actionLine(action))) : empty(t("noActions")),
      pager(data, (to) => `/${state.lang}/search?sort=action&type=${data.type}&page=${to}`),
      data.actions.length ? downloads(data.actions.map((action) => action.path)) : null,
    ),
  };
}
