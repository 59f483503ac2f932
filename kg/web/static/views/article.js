// The reader: an article's words with what they name and tell marked.

import { h } from "../dom.js";
import { address, date, label, link, name, outside, words } from "../names.js";
import { actionLine, chips, downloads, empty, section } from "../parts.js";
import { RTL, get, number, t, term } from "../state.js";

export default async function article(at) {
  const data = await get("article", { id: `article/${at.id}` });
  const ref = data.article;
  const entities = new Map(data.entities.map((one) => [one.path, one]));
  const actions = new Map(data.actions.map((one) => [one.path, one]));
  const dir = RTL.has(ref.lang.slice(0, 2)) ? "rtl" : "ltr";
  const heading = name(ref);
  const people = data.entities.filter((one) => one.sort === "person");
  const text = h("div", { class: data.whole ? "text" : "text quoted", lang: ref.lang || null, dir, tabindex: 0, role: "region", "aria-label": t("text") });
  for (const segment of data.segments) {
    text.append(h("div", { class: segment.prose ? "prose" : "aside" }, segment.pieces.map(([words, entity, action]) => piece(words, entities.get(entity), actions.get(action)))));
  }
  return {
    title: heading.textContent,
    content: h(
      "article",
      { class: "reader" },
      h("p", { class: "kind" }, h("span", { class: "badge article" }, t("sort.article")), " ", [ref.publisher ? words(ref.publisher) : null, ref.date ? date(ref.date) : null, data.url ? outside(data.url, t("original")) : null].filter(Boolean).flatMap((part, i) => (i ? [" · ", part] : [part]))),
      h("h1", { class: "headline", lang: ref.lang || null, dir }, heading),
      h(
        "ul",
        { class: "legend", "aria-label": t("legend") },
        ["person", "organization", "place"].map((sort) => h("li", {}, h("span", { class: `m ${sort}` }, t(`sort.${sort}`)))),
        h("li", {}, h("span", { class: "told" }, t("sort.action"))),
      ),
      data.copy ? h("p", { class: "caution", role: "note" }, t("copyOf"), " ", link(data.copy), ".") : null,
      data.whole ? null : h("p", { class: "caution", role: "note" }, t("onlyQuotes")),
      h(
        "div",
        { class: "columns reading" },
        data.segments.length ? text : empty(t("noText")),
        h(
          "div",
          { class: "beside" },
          section(t("nActions", { n: number(data.actions.length) }), data.actions.length ? h("ul", { class: "lines" }, data.actions.map((action) => actionLine(action))) : empty(t("noActions"))),
          section(t("sorts.person"), people.length ? chips(people) : empty(t("nobody"))),
          downloads([ref.path]),
        ),
      ),
    ),
  };
}

function piece(text, entity, action) {
  if (!entity && !action) return text;
  if (entity && !action) return h("a", { href: address(entity.path), class: `m ${entity.sort}`, title: `${t(`sort.${entity.sort}`)}: ${label(entity)[1]}` }, text);
  const told = h("a", { href: address(action.path), class: "told", title: term(action.type) }, text);
  if (!entity) return told;
  return h("a", { href: address(entity.path), class: `m ${entity.sort} told`, title: `${label(entity)[1]} · ${term(action.type)}` }, text);
}
