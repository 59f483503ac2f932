// What is in the graph.

import { h, s } from "../dom.js";
import { link } from "../names.js";
import { actionLine, chips, empty, section } from "../parts.js";
import { NAMES, phase } from "../phases.js";
import { get, heading, number, state, t } from "../state.js";

export default async function start() {
  const data = await get("overview");
  const sorts = ["case", "action", "person", "organization", "place", "article"];
  const types = Object.entries(data.types).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const most = types[0]?.[1] ?? 1;
  const content = h(
    "div",
    {},
    h("h1", {}, t("startTitle")),
    h("p", { class: "lead" }, t("lead")),
    h(
      "ul",
      { class: "tiles" },
      sorts.map((sort) => h("li", {}, h("a", { href: sort === "action" ? "#types" : `/${state.lang}/search?sort=${sort}`, class: `tile ${sort}` }, h("strong", {}, number(data.counts[sort] ?? 0)), h("span", {}, t(`sorts.${sort}`))))),
    ),
    data.counts.article
      ? h(
          "div",
          { class: "columns" },
          h("div", {}, section(t("largestCases"), data.cases.length ? h("ul", { class: "lines" }, data.cases.map((ref) => h("li", { class: "line" }, link(ref), " ", h("span", { class: "count" }, t("nActions", { n: number(ref.weight) }))))) : empty(t("noCases"))),
          section(t("mostNamed"), data.people.length ? chips(data.people) : empty(t("noPeople")))),
          section(t("latest"), data.latest.length ? h("ul", { class: "lines" }, data.latest.map((action) => actionLine(action))) : empty(t("noActions"))),
          h(
            "section",
            { id: "types", class: "whole" },
            h("h2", {}, t("byType")),
            h(
              "div",
              { class: "phases" },
              NAMES.map((one) => [one, types.filter(([type]) => phase(type) === one)]).filter(([, some]) => some.length).map(([one, some]) => h("section", { "data-phase": one }, h("h3", { class: "type", "data-phase": one }, t(`phase.${one}`)), h("ul", { class: "bars" }, some.map(([type, n]) => h("li", {}, h("a", { href: `/${state.lang}/search?sort=action&type=${type}` }, heading(type)), s("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { width: (100 * n) / most, height: 8, rx: 1 })), h("span", { class: "count" }, number(n))))))),
            ),
          ),
        )
      : empty(t("emptyGraph")),
  );
  return { title: t("startTitle"), content };
}

