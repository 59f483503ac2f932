// Parts that several views share.

import { h } from "./dom.js";
import { address, amount, date, duration, link, links, modality, name, words } from "./names.js";
import { phase } from "./phases.js";
import { definition, heading, number, state, t, term } from "./state.js";

// What an action is about in one line: type and whom it concerns; `own` is the page's own subject, which needs no mention.
export function actionTitle(action, own = "") {
  const others = (action.target ?? []).filter((ref) => ref.path !== own);
  const targets = action.target && !others.length ? [] : [...others.map((ref) => name(ref)), ...(action.target ? [] : (action.description ?? []).slice(0, 1).map(([lang, text]) => words(text, lang)))];
  return [h("span", { class: "type", "data-phase": phase(action.type) }, heading(action.type)), ...targets.flatMap((target, i) => [i ? t("comma") : t("colon"), target])];
}

export function actionLine(action, own = "") {
  const others = (refs) => (refs ?? []).filter((ref) => ref.path !== own);
  const [agents, places] = [others(action.agent), others(action.place)];
  return h(
    "li",
    { class: "line" },
    h("a", { href: address(action.path), class: "ref action" }, actionTitle(action, own)),
    " ",
    action.status && action.status !== "Actual" ? modality(action.status) : null,
    h(
      "span",
      { class: "small" },
      [action.date ? date(action.date) : null, agents.length ? [t("by"), " ", links(agents)] : null, places.length ? [t("in"), " ", links(places)] : null, ...sums(action)]
        .filter(Boolean)
        .flatMap((part, i) => (i ? [" · ", part] : [part])),
    ),
  );
}

// Offence, money and time, where an action has them.
export function sums(action) {
  return [action.offence ? texts(action.offence) : null, action.amount ? amount(action.amount, action.currency) : null, action.duration ? duration(action.duration) : null];
}

export function actionList(actions) {
  return actions.length ? h("ul", { class: "lines" }, actions.map((a) => actionLine(a))) : empty(t("noActions"));
}

// The values of an action or a report as a list of terms.
export function values(of, { skip = [] } = {}) {
  const rows = [];
  const row = (key, content) => skip.includes(key) || rows.push(h("dt", { title: definition(key) || null }, term(key)), h("dd", {}, content));
  if (of.target) row("target", links(of.target));
  if (of.description) row("targetDescription", texts(of.description));
  if (of.agent) row("agent", links(of.agent));
  if (of.date) row("date", date(of.date));
  if (of.place) rows.push(h("dt", {}, t("place")), h("dd", {}, links(of.place)));
  if (of.offence) row("offence", texts(of.offence));
  if (of.amount) row("amount", amount(of.amount, of.currency));
  if (of.duration) row("duration", duration(of.duration));
  if (of.attributedTo) row("attributedTo", links(of.attributedTo));
  if (of.via) row("via", links(of.via));
  if (of.law) rows.push(h("dt", { title: definition("usesTerm") || null }, t("law")), h("dd", {}, of.law.flatMap((one, i) => [i ? t("semicolon") : "", h("span", { title: spoken(one.definition) }, spoken(one.label))])));
  return rows.length ? h("dl", { class: "values" }, rows) : null;
}

function spoken(texts) {
  return texts?.[state.lang] ?? texts?.en ?? "";
}

function texts(pairs) {
  return pairs.flatMap(([lang, text], i) => (i ? [t("semicolon"), words(text, lang)] : [words(text, lang)]));
}

export function quote(found) {
  const content = found.pieces.map(([text, marked]) => (marked ? h("mark", {}, text) : text));
  const inner = words("", found.lang);
  inner.append(...content);
  return h("blockquote", { class: "quote", lang: found.lang || null, dir: inner.getAttribute("dir") }, inner);
}

export function source(report) {
  const article = report.article;
  return [link(article), report.copy ? [" (", t("copyOf"), " ", link(report.copy), ")"] : null, article.publisher ? [t("comma"), words(article.publisher)] : null, article.date ? [t("comma"), date(article.date)] : null];
}

export function downloads(paths) {
  if (state.filed) return null;
  const query = paths.slice(0, 100).map((path) => `iri=${encodeURIComponent(path)}`).join("&");
  return h(
    "p",
    { class: "downloads" },
    h("span", { class: "small" }, t("download")),
    [["ttl", "Turtle"], ["jsonld", "JSON-LD"], ["csv", "CSV"]].map(([format, text]) => h("a", { href: `/data?format=${format}&${query}`, download: true, class: "chip" }, text)),
  );
}

export function section(title, ...content) {
  return h("section", {}, h("h2", {}, title), ...content);
}

export function empty(...text) {
  return h("p", { class: "empty" }, ...text);
}

export function chips(refs) {
  return h("ul", { class: "chips" }, refs.map((ref) => h("li", {}, link(ref, "chip"), ref.n > 1 || ref.weight > 1 ? h("span", { class: "count" }, number(ref.n ?? ref.weight)) : null)));
}

export function pager(data, make) {
  if (data.pages < 2) return null;
  return h(
    "nav",
    { class: "pager", "aria-label": t("pages") },
    data.page > 0 ? h("a", { href: make(data.page - 1), rel: "prev", class: "chip" }, t("previous")) : null,
    h("span", {}, t("pageOf", { page: number(data.page + 1), pages: number(data.pages) })),
    data.page + 1 < data.pages ? h("a", { href: make(data.page + 1), rel: "next", class: "chip" }, t("next")) : null,
  );
}

export function caution() {
  return h("p", { class: "caution" }, t("caution"));
}
