// Decisions about links and actions, where the server takes them.

import { h } from "./dom.js";
import { state, t } from "./state.js";

function remembered() {
  try {
    return localStorage.getItem("by") ?? "";
  } catch {
    return "";
  }
}

export function curateBar() {
  return h("p", { class: "curating" }, t("curating"));
}

async function send(row, status, button) {
  button.disabled = true;
  try {
    const answer = await fetch("/curate", { method: "POST", headers: { "Content-Type": "application/json", "X-KG-Token": state.curate }, body: JSON.stringify(row) });
    status.className = answer.ok ? "done" : "problem";
    status.textContent = answer.ok ? t("kept") : (await answer.text()).trim();
  } catch {
    status.className = "problem";
    status.textContent = t("unreachable");
  }
  button.disabled = false;
}

function form(title, fields, row, valueLabel, valueHint) {
  const status = h("p", { role: "status" });
  const button = h("button", { type: "submit", class: "main" }, t("keep"));
  const prefix = `c${Math.round(performance.now() * 1000)}`;
  const element = h(
    "form",
    { class: "curation", onsubmit: (event) => {
      event.preventDefault();
      const data = Object.fromEntries(new FormData(element));
      try {
        localStorage.setItem("by", data.by);
      } catch {
        // Asked for again next time.
      }
      send(row(data), status, button);
    } },
    fields,
    h("fieldset", {}, h("legend", {}, t("verdict")), ["confirm", "reject", "correct"].map((verdict, i) => h("label", {}, h("input", { type: "radio", name: "verdict", value: verdict, checked: i === 0, required: true }), t(`verdict.${verdict}`)))),
    h("p", { class: "field" }, h("label", { for: `${prefix}v` }, valueLabel), h("input", { id: `${prefix}v`, name: "value", dir: "auto", maxlength: 500, placeholder: valueHint })),
    h("p", { class: "field" }, h("label", { for: `${prefix}b` }, t("yourName")), h("input", { id: `${prefix}b`, name: "by", required: true, maxlength: 100, dir: "auto", autocomplete: "name", value: remembered() })),
    h("p", { class: "tools" }, button),
    status,
  );
  return h("details", { class: "curate" }, h("summary", {}, title), h("p", { class: "small" }, t("curateHint")), element);
}

export function curateLink(ref, names) {
  if (!state.curate) return null;
  const qid = /^Q\d+$/.test(ref.path) ? ref.path : "";
  const select = h("select", { id: "curate-name", name: "name" }, names.map(([lang, text], i) => h("option", { value: i }, lang ? `${text} (${lang})` : text)));
  return form(
    t("curateLink"),
    h("p", { class: "field" }, h("label", { for: "curate-name" }, t("nameAsWritten")), select),
    (data) => {
      const [lang, text] = names[Number(data.name)] ?? ["", ""];
      const value = data.verdict === "correct" ? data.value.trim() : qid;
      return { what: "link", subject: text, verdict: data.verdict, value, lang, article: "", by: data.by };
    },
    t("rightItem"),
    "Q42",
  );
}

export function curateAction(action, iri) {
  if (!state.curate) return null;
  return form(t("curateAction"), null, (data) => ({ what: "action", subject: iri, verdict: data.verdict, value: data.value.trim(), lang: "", article: "", by: data.by }), t("whatIsRight"), "");
}
