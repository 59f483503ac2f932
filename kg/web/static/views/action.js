// An action with every report of it, and the reasons for what each is read to say.

import { h } from "../dom.js";
import { address, link, modality, words } from "../names.js";
import { actionTitle, downloads, quote, section, source, values } from "../parts.js";
import { curateAction, decidedSoFar, moment } from "../curate.js";
import { definition, get, number, state, t, term } from "../state.js";

export default async function action(at) {
  const data = await get("action", { id: `${at.view}/${at.id}` });
  const it = data.action;
  const heading = h("h1", {}, actionTitle(it));
  const content = h(
    "article",
    {},
    h("p", { class: "kind" }, h("span", { class: "badge action" }, t("sort.action")), " ", modality(it.status)),
    heading,
    h("p", { class: "lead" }, definition(it.type)),
    it.conflict.length ? h("p", { class: "caution", role: "note" }, t("conflict", { slots: it.conflict.map((slot) => (slot === "hasPlace" ? t("place") : term(slot))).join(t("comma")) })) : null,
    values(it),
    h("p", {}, it.case ? [t("partOf"), " ", link(it.case), " · "] : null, h("a", { href: `/${state.lang}/network?about=${encodeURIComponent(it.path)}` }, t("itsNetwork"))),
    downloads([it.path]),
    data.decided?.length ? section(t("decided"), decidedSoFar(data.decided)) : null,
    curateAction(it, it.path, data.cast ?? [], t("curateAction")),
    section(t("nReports", { n: number(data.reports.length) }), data.reports.map((report) => card(report, data.report === report.path, data.cast ?? [], data.reports.length > 1 ? it.type : ""))),
  );
  return {
    title: heading.textContent,
    content,
    shown: () => content.querySelector(".card.chosen")?.scrollIntoView({ block: "center" }),
  };
}

// `type` is given where the report can be decided about on its own.
function card(report, chosen, cast, type) {
  return h(
    "section",
    { class: chosen ? "card chosen" : "card" },
    h("h3", {}, source(report)),
    h("p", {}, modality(report.modality), " ", report.review ? [reviewed(report.review), " "] : null, h("a", { href: address(report.path), class: "small" }, t("linkToReport"))),
    report.quotes.map(quote),
    values(report),
    h(
      "details",
      {},
      h("summary", {}, t("reasons")),
      report.grounds.length
        ? h(
            "table",
            {},
            h("thead", {}, h("tr", {}, [t("role"), t("words"), t("reason")].map((text) => h("th", { scope: "col" }, text)))),
            h("tbody", {}, report.grounds.map((ground) => h("tr", {}, h("th", { scope: "row" }, ground.role === "hasPlace" ? t("place") : term(ground.role)), h("td", {}, words(ground.words)), h("td", { lang: "en", dir: "ltr" }, ground.reason)))),
          )
        : h("p", { class: "empty" }, t("noReasons")),
      report.joined ? h("p", { class: "small" }, t("joined"), " ", h("span", { lang: "en", dir: "ltr" }, report.joined)) : null,
      h("p", { class: "small" }, t("confidence"), " ", h("bdi", {}, report.confidence), report.pattern ? [" · ", t("pattern"), " ", h("code", { dir: "ltr" }, report.pattern)] : null),
    ),
    type ? [decidedSoFar(report.decided), curateAction({ ...report, type }, report.path, cast, t("curateReport"), true)] : null,
  );
}

function reviewed(review) {
  return h("span", { class: `review ${review.verdict}` }, t(`review.${review.verdict}`), t("colon"), t("reviewed", { by: "" }).trim(), " ", h("bdi", {}, review.by), t("comma"), moment(review.at));
}
