// A case: its stages in order of time, and who said what.

import { h } from "../dom.js";
import { address, date, links, modality, name } from "../names.js";
import { actionTitle, chips, downloads, empty, quote, section, source, sums } from "../parts.js";
import { phase } from "../phases.js";
import { get, heading as upper, number, state, t, term } from "../state.js";

export default async function view(at) {
  const data = await get("case", { id: `case/${at.id}` });
  const heading = name(data.case);
  const reached = data.actions.filter((action) => action.status === "Actual");
  const stages = [...new Map(reached.map((action) => [action.stage, action])).values()].sort((a, b) => a.stage - b.stage);
  // The graph tells the order; one that does not has the dated actions first.
  const told = data.actions.every((action) => action.position);
  const ordered = told ? [...data.actions].sort((a, b) => a.position - b.position) : data.actions;
  const withDate = ordered.filter((action) => action.date);
  const dated = withDate.length && !told ? withDate : ordered;
  const undated = withDate.length && !told ? ordered.filter((action) => !action.date) : [];
  const sure = data.current.length > 0;
  const current = data.actions.filter((action) => (sure ? data.current : data.open).includes(action.path));
  return {
    title: heading.textContent,
    content: h(
      "article",
      {},
      h("p", { class: "kind" }, h("span", { class: "badge case" }, t("sort.case")), " ", t("nActions", { n: number(data.total) })),
      h("h1", {}, heading),
      data.people.length ? chips(data.people) : null,
      h("div", { class: "tools" }, h("a", { class: "chip", href: `/${state.lang}/network?about=${encodeURIComponent(data.case.path)}` }, t("itsNetwork")), downloads([data.case.path])),
      current.length ? h("p", { class: "stands" }, h("strong", {}, t(sure ? "stands" : "mayStand")), t("colon"), current.flatMap((action, i) => [i ? t("semicolon") : "", h("a", { href: `#${anchor(action)}`, class: "ref action" }, actionTitle(action)), action.date ? [t("comma"), date(action.date)] : null])) : null,
      section(t("stages"), stages.length ? h("ol", { class: "stages" }, stages.map((action) => h("li", {}, h("a", { href: `#${anchor(action)}`, "data-phase": phase(action.type) }, upper(action.type))))) : empty(t("noActions"))),
      section(t("timeline"), data.actions.length ? h("ol", { class: "timeline" }, dated.map(step)) : empty(t("noActions"))),
      undated.length && dated.length ? section(t("undatedActions"), h("p", { class: "small" }, t("undatedHint")), h("ol", { class: "timeline" }, undated.map(step))) : null,
    ),
  };
}

function anchor(action) {
  return `s-${action.path.split("/").pop()}`;
}

function step(action) {
  const facts = [
    action.agent ? [t("by"), " ", links(action.agent)] : null,
    action.place ? [t("in"), " ", links(action.place)] : null,
    ...sums(action),
  ].filter(Boolean);
  return h(
    "li",
    { id: anchor(action), class: `step ${action.status.toLowerCase()}`, "data-phase": phase(action.type) },
    h("p", { class: "when" }, action.date ? date(action.date) : t("dateNotTold")),
    h("h3", {}, h("a", { href: address(action.path), class: "ref action" }, actionTitle(action)), " ", action.status === "Actual" ? null : modality(action.status)),
    facts.length ? h("p", { class: "small" }, facts.flatMap((fact, i) => (i ? [" · ", fact] : [fact]))) : null,
    action.conflict.length ? h("p", { class: "caution" }, t("conflict", { slots: action.conflict.map((slot) => (slot === "hasPlace" ? t("place") : term(slot))).join(t("comma")) })) : null,
    h(
      "details",
      { open: action.reports.length < 6 },
      h("summary", {}, t("nReports", { n: number(action.reports.length) })),
      action.reports.map((report) =>
        h(
          "div",
          { class: "says" },
          h("p", {}, report.attributedTo ? [links(report.attributedTo), " ", t("accordingTo"), " "] : null, source(report), " ", report.modality !== "Actual" ? modality(report.modality) : null),
          report.quotes.map(quote),
        ),
      ),
    ),
  );
}
