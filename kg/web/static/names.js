// How things are named, linked and written.

import { h } from "./dom.js";
import { RTL, locale, state, t, term } from "./state.js";

// The label in the page's language, else English, else the first: pair of language and text.
export function label(ref) {
  const labels = ref?.labels ?? {};
  for (const lang of [state.lang, "en"]) if (labels[lang]) return [lang, labels[lang]];
  return Object.entries(labels)[0] ?? ["", ref?.path ?? "?"];
}

// Words from an article: set apart, so that their direction touches nothing around them.
export function words(text, lang = "") {
  return h("bdi", { lang: lang || null, dir: lang ? (RTL.has(lang.slice(0, 2)) ? "rtl" : "ltr") : "auto" }, text);
}

export function name(ref) {
  const [lang, text] = ref.sort === "article" && ref.lang ? [ref.lang, Object.values(ref.labels)[0]] : label(ref);
  return words(text, ref.sort === "case" ? "" : lang);
}

export function address(path) {
  if (/^Q\d+$/.test(path)) return `/${state.lang}/entity/${path}`;
  if (/^(article|entity|report|action|case)\/[A-Za-z0-9]+$/.test(path)) return `/${state.lang}/${path}`;
  return `/${state.lang}/node?iri=${encodeURIComponent(path)}`;
}

export function link(ref, className = "") {
  return h("a", { href: address(ref.path), class: `ref ${ref.sort} ${className}`.trim() }, name(ref));
}

export function links(refs, separator = t("comma")) {
  return refs.flatMap((ref, i) => (i ? [separator, link(ref)] : [link(ref)]));
}

export function pathOf(iri) {
  const local = iri.startsWith(state.base) ? iri.slice(state.base.length) : "";
  if (/^(article|entity|report|action|case)\/[A-Za-z0-9]+$/.test(local)) return local;
  const qid = /^http:\/\/www\.wikidata\.org\/entity\/(Q[1-9]\d*)$/.exec(iri);
  return qid ? qid[1] : "";
}

// A link out of the page, which tells nobody where it was found; plain text where it is no web address.
export function outside(url, text) {
  if (!/^https?:\/\//i.test(url)) return h("span", {}, words(text));
  return h("a", { href: url, rel: "noopener noreferrer external", target: "_blank", class: "outside" }, words(text), h("span", { class: "hidden" }, ` (${t("newTab")})`));
}

export function date(text) {
  const found = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text ?? "");
  if (!found) return text ? words(text) : "";
  const [, year, month, day] = found;
  const options = { year: "numeric", timeZone: "UTC", calendar: "gregory" };
  if (month) options.month = "long";
  if (day) options.day = "numeric";
  const value = new Date(Date.UTC(+year, +(month ?? 1) - 1, +(day ?? 1)));
  return h("time", { datetime: text }, new Intl.DateTimeFormat(locale(), options).format(value));
}

export function amount(value, currency) {
  const number = Number(value);
  if (!Number.isFinite(number)) return words(`${value} ${currency ?? ""}`);
  try {
    return h("bdi", {}, new Intl.NumberFormat(locale(), { style: "currency", currency, maximumFractionDigits: 2, minimumFractionDigits: 0 }).format(number));
  } catch {
    return h("bdi", {}, `${new Intl.NumberFormat(locale()).format(number)} ${currency ?? ""}`);
  }
}

const UNITS = [["year", "Y"], ["month", "M"], ["week", "W"], ["day", "D"]];

export function duration(text) {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text ?? "");
  if (!found) return words(text ?? "");
  const units = [...UNITS.map(([unit]) => unit), "hour", "minute", "second"];
  const parts = units.flatMap((unit, i) => (found[i + 1] ? [new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(+found[i + 1])] : []));
  return h("bdi", {}, new Intl.ListFormat(locale(), { type: "unit" }).format(parts) || text);
}

// How far something is asserted; that it is said to have happened needs no sign.
export function modality(value) {
  if (value === "Actual") return null;
  return h("span", { class: `modality ${value.toLowerCase()}`, title: "" }, term(value));
}
