// A person, an organisation or a place.

import { h } from "../dom.js";
import { link, name, outside, words, date } from "../names.js";
import { actionLine, actionList, chips, downloads, empty, section } from "../parts.js";
import { curateApart, curateLink } from "../curate.js";
import { get, number, state, t } from "../state.js";

const ROLES = ["target", "agent", "place"];

export default async function entity(at) {
  const data = await get("entity", { id: /^Q\d+$/.test(at.id) ? at.id : `entity/${at.id}` });
  const ref = data.entity;
  const qid = /^Q\d+$/.test(ref.path) ? ref.path : "";
  const names = [...new Map([...data.names, ...data.others].map(([lang, text]) => [`${lang} ${text}`, [lang, text]])).values()];
  const beside = data.beside.filter((other) => other.sort === "person");
  const heading = name(ref);
  const acts = ROLES.map((role) => [role, data.actions.filter((action) => action.roles.includes(role))])
    .filter(([, actions]) => actions.length)
    .map(([role, actions]) => section([t(`role.${role}`), " ", h("span", { class: "count" }, number(actions.length))], h("ul", { class: "lines" }, actions.map((action) => actionLine(action, ref.path)))));
  return {
    title: heading.textContent,
    content: h(
      "article",
      {},
      h("p", { class: "kind" }, h("span", { class: `badge ${ref.sort}` }, t(`sort.${ref.sort}`)), " ", t("nMentions", { n: number(data.weight) })),
      h("h1", {}, heading),
      data.about ? h("p", { class: "lead", lang: "en", dir: "ltr" }, data.about) : null,
      h(
        "p",
        { class: "facts" },
        qid ? [t("wikidata"), " ", outside(`https://www.wikidata.org/wiki/${qid}`, qid)] : t("nil"),
        " · ",
        h("a", { href: `/${state.lang}/network?about=${encodeURIComponent(ref.path)}` }, t("itsNetwork")),
      ),
      downloads([ref.path]),
      curateLink(ref, names),
      qid ? null : curateApart(ref, data.articles),
      section(t("names"), h("ul", { class: "names" }, names.map(([lang, text]) => h("li", {}, words(text, lang), lang ? h("span", { class: "count" }, lang) : null)))),
      h(
        "div",
        { class: "columns" },
        h("div", {}, acts.length ? acts : section(t("actions"), empty(t("noActions")))),
        h(
          "div",
          {},
          section(t("cases"), data.cases.length ? h("ul", { class: "lines" }, data.cases.map((one) => h("li", { class: "line" }, link(one)))) : empty(t("noCases"))),
          data.said.length ? section(t("said"), actionList(data.said)) : null,
          section(t("together"), data.together.length ? chips(data.together) : empty(t("nobody"))),
          section(t("beside"), beside.length ? chips(beside) : empty(t("nobody"))),
          section(
            t("articles"),
            data.articles.length
              ? h("ul", { class: "lines" }, data.articles.map((one) => h("li", { class: "line" }, link(one), h("span", { class: "small" }, one.date ? [date(one.date), " · "] : null, t("nMentions", { n: number(one.n) })))))
              : empty(t("noArticles")),
          ),
        ),
      ),
    ),
  };
}
