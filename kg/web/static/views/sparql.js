// Questions of one's own, and the named queries ready to run.

import { clear, h, put } from "../dom.js";
import { address, date, outside, pathOf, words } from "../names.js";
import { empty } from "../parts.js";
import { replace } from "../route.js";
import { get, number, state, t, term as word } from "../state.js";

const MOST = 1000;
const ROWS = "application/sparql-results+json";
const FORMATS = [["text/csv", "csv", "CSV"], [ROWS, "json", "JSON"], ["text/turtle", "ttl", "Turtle"], ["application/ld+json", "jsonld", "JSON-LD"]];

export default async function sparql(at) {
  const { queries } = await get("queries");
  const named = queries.find((query) => query.name === (at.query.get("name") ?? ""));
  const given = at.query.get("query") ?? (named ?? queries[0])?.text ?? "";
  const editor = h("textarea", { id: "query", spellcheck: "false", autocapitalize: "off", autocomplete: "off", dir: "ltr", rows: 14, value: given, "aria-describedby": "query-hint" });
  const results = h("div", { id: "results", "aria-live": "polite" });
  const choose = h("select", { id: "named" }, queries.map((query) => h("option", { value: query.name }, query.questions[state.lang] ?? query.questions.en ?? query.name)));
  choose.value = named?.name ?? (at.query.has("query") ? "" : queries[0]?.name) ?? "";
  const run = async () => {
    const query = editor.value;
    const same = queries.find((one) => one.text === query);
    const search = same ? `?name=${same.name}` : `?query=${encodeURIComponent(query)}`;
    if (search.length < 6000) replace(`/${state.lang}/sparql${search}`);
    put(clear(results), [h("p", { class: "loading" }, t("running"))]);
    const begun = performance.now();
    put(clear(results), await answered(query, begun));
  };
  choose.addEventListener("change", () => {
    editor.value = queries.find((query) => query.name === choose.value)?.text ?? "";
    run();
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  return {
    title: t("view.sparql"),
    content: h(
      "div",
      {},
      h("h1", {}, t("view.sparql")),
      h("p", { class: "lead" }, t("sparqlLead"), " ", h("code", { dir: "ltr" }, `${location.origin}/sparql`)),
      h("p", { class: "field" }, h("label", { for: "named" }, t("named")), choose),
      h("p", { class: "field" }, h("label", { for: "query" }, t("query")), editor),
      h("p", { class: "tools" }, h("button", { type: "button", class: "main", onclick: run }, t("run")), h("span", { class: "small", id: "query-hint" }, t("runHint"))),
      results,
    ),
    shown: () => {
      if (at.query.has("query") || at.query.has("name")) run();
    },
  };
}

async function ask(query, accept) {
  return fetch("/sparql", { method: "POST", headers: { "Content-Type": "application/sparql-query", Accept: accept }, body: query });
}

async function answered(query, begun) {
  let answer;
  try {
    answer = await ask(query, `${ROWS}, application/n-triples;q=0.5`);
  } catch {
    return [h("p", { class: "problem", role: "alert" }, t("unreachable"))];
  }
  if (!answer.ok) return [h("pre", { class: "problem", role: "alert", dir: "ltr" }, (await answer.text()).slice(0, 2000))];
  const took = () => h("p", { class: "small", role: "status" }, t("took", { n: number(Math.round(performance.now() - begun)) }));
  if (!answer.headers.get("Content-Type").startsWith(ROWS)) {
    const text = await answer.text();
    return [took(), saves(query, true), text.trim() ? h("pre", { class: "triples", dir: "ltr", tabindex: 0 }, text.slice(0, 200000)) : empty(t("noRows"))];
  }
  const data = await answer.json();
  if ("boolean" in data) return [took(), h("p", { class: "answer" }, data.boolean ? t("yes") : t("no"))];
  return [took(), saves(query, false), table(data)];
}

function table(data) {
  const rows = data.results.bindings;
  if (!rows.length) return empty(t("noRows"));
  const variables = data.head.vars;
  return [
    h("p", { class: "small" }, rows.length > MOST ? t("firstRows", { n: number(MOST), all: number(rows.length) }) : t("nRows", { n: number(rows.length) })),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": t("results") },
      h("table", { class: "results" }, h("thead", {}, h("tr", {}, variables.map((variable) => h("th", { scope: "col", dir: "ltr" }, variable)))), h("tbody", {}, rows.slice(0, MOST).map((row) => h("tr", {}, variables.map((variable) => h("td", {}, cell(row[variable]))))))),
    ),
  ];
}

function cell(term) {
  if (!term) return "";
  const text = term.value.length > 400 ? `${term.value.slice(0, 400)}…` : term.value;
  if (term.type === "literal" && /#(date|gYear|gYearMonth)$/.test(term.datatype ?? "")) return h("span", { class: "whole-word" }, date(term.value));
  if (term.type !== "uri") return words(text, term["xml:lang"] ?? "");
  const path = pathOf(term.value);
  if (path) return h("a", { href: address(path), dir: "ltr", class: "whole-word" }, path);
  const own = /^https:\/\/w3id\.org\/kg-exporter\/ontology#(\w+)$/.exec(term.value);
  return own ? h("span", { title: term.value }, word(own[1])) : outside(term.value, text);
}

function saves(query, triples) {
  return h(
    "p",
    { class: "downloads" },
    h("span", { class: "small" }, t("download")),
    FORMATS.filter(([, ending]) => (ending === "ttl" || ending === "jsonld") === triples).map(([media, ending, text]) =>
      h("button", { type: "button", class: "chip", onclick: async () => {
        const answer = await ask(query, media);
        const url = URL.createObjectURL(await answer.blob());
        const anchor = document.createElement("a");
        anchor.href = url;
        anchor.download = `results.${ending}`;
        anchor.click();
        setTimeout(() => URL.revokeObjectURL(url), 10000);
      } }, text),
    ),
  );
}
