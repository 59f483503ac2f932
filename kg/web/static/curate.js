// Decisions about links and actions, where the server takes them.

import { h } from "./dom.js";
import { label } from "./names.js";
import { heading, state, t, term } from "./state.js";

const VERDICTS = ["confirm", "reject", "correct"];
const MODALITIES = ["Actual", "Requested", "Possible", "Negated"];
let made = 0;

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

function field(id, text, input) {
  return h("p", { class: "field" }, h("label", { for: id }, text), input);
}

// `right` are the fields of a correction, shown only where one is made; `row` makes the decision of what was filled in.
function form(title, before, right, row, verdicts = VERDICTS) {
  const id = `c${++made}`;
  const status = h("p", { role: "status" });
  const button = h("button", { type: "submit", class: "main" }, t("keep"));
  const corrected = h("div", { class: "corrected", hidden: true }, right(id));
  const element = h(
    "form",
    {
      class: "curation",
      onchange: () => {
        corrected.hidden = new FormData(element).get("verdict") !== "correct";
      },
      onsubmit: (event) => {
        event.preventDefault();
        const data = Object.fromEntries(new FormData(element));
        try {
          localStorage.setItem("by", data.by);
        } catch {
          // Asked for again next time.
        }
        for (const other of document.querySelectorAll(".curation input[name=by]")) other.value ||= data.by;
        send(row(data), status, button);
      },
    },
    before(id),
    h("fieldset", {}, h("legend", {}, t("verdict")), verdicts.map((verdict, i) => h("label", {}, h("input", { type: "radio", name: "verdict", value: verdict, checked: i === 0, required: true }), t(`verdict.${verdict}`)))),
    corrected,
    field(`${id}b`, t("yourName"), h("input", { id: `${id}b`, name: "by", required: true, maxlength: 100, dir: "auto", autocomplete: "name", value: remembered() })),
    h("p", { class: "tools" }, button),
    status,
  );
  return h("details", { class: "curate" }, h("summary", {}, title), h("p", { class: "small" }, t("curateHint")), element);
}

export function curateLink(ref, names) {
  if (!state.curate) return null;
  const qid = /^Q\d+$/.test(ref.path) ? ref.path : "";
  return form(
    t("curateLink"),
    (id) => field(`${id}n`, t("nameAsWritten"), h("select", { id: `${id}n`, name: "name" }, names.map(([lang, text], i) => h("option", { value: i }, lang ? `${text} (${lang})` : text)))),
    (id) => field(`${id}v`, t("rightItem"), h("input", { id: `${id}v`, name: "value", dir: "ltr", maxlength: 20, placeholder: "Q42", pattern: "Q[1-9][0-9]*" })),
    (data) => {
      const [lang, text] = names[Number(data.name)] ?? ["", ""];
      const value = data.verdict === "correct" ? data.value.trim() : qid;
      return { what: "link", subject: text, verdict: data.verdict, value, lang, article: "", by: data.by };
    },
  );
}

// That what one of these articles calls so is somebody or something else than what the others do.
export function curateApart(ref, articles) {
  if (!state.curate || articles.length < 2) return null;
  return form(
    t("curateApart"),
    (id) => field(`${id}a`, t("sort.article"), h("select", { id: `${id}a`, name: "article" }, articles.map((one) => h("option", { value: one.path }, [label(one)[1], one.date].filter(Boolean).join(" · "))))),
    () => null,
    (data) => ({ what: "merge", subject: ref.path, article: data.article, by: data.by }),
    ["apart"],
  );
}

// A decision about an action with all its reports, or about one report: `it` has its values, `cast` who could play a role,
// `others` tells whether the report is one of several.
export function curateAction(it, iri, cast, title, others = false) {
  if (!state.curate) return null;
  const kinds = state.kinds;
  const status = it.status ?? it.modality;
  const called = new Map(cast.map((ref) => [label(ref)[1], ref]));
  const written = (refs) => (refs ?? []).map((ref) => label(ref)[1]).join(" | ");
  const chosen = (id, key, text, options, value) => field(`${id}${key}`, text, h("select", { id: `${id}${key}`, name: key }, options.map((one) => h("option", { value: one.toLowerCase(), selected: one === value }, heading(one)))));
  const typed = (id, key, text, value, list) => field(`${id}${key}`, text, h("input", { id: `${id}${key}`, name: key, dir: "auto", maxlength: 300, value, list: list ?? null }));
  const roles = { target: written(it.target), agent: written(it.agent), place: written(it.place) };
  return form(
    title,
    () => null,
    (id) => [
      h("p", { class: "small" }, t("correctHint")),
      it.type ? chosen(id, "type", t("type"), kinds, it.type) : null,
      chosen(id, "modality", term("modality"), MODALITIES, status),
      typed(id, "date", term("date"), it.date ?? ""),
      Object.entries(roles).map(([role, value]) => typed(id, role, role === "place" ? t("place") : term(role), value, `${id}list`)),
      h("datalist", { id: `${id}list` }, [...called.keys()].map((text) => h("option", { value: text }))),
    ],
    (data) => {
      if (data.verdict === "different") return { what: "merge", subject: iri, by: data.by };
      const changed = [];
      if (data.type && data.type !== it.type?.toLowerCase()) changed.push(`type=${data.type}`);
      if (data.modality && data.modality !== status?.toLowerCase()) changed.push(`modality=${data.modality}`);
      if (data.date !== undefined && data.date.trim() !== (it.date ?? "")) changed.push(`date=${data.date.trim()}`);
      for (const [role, before] of Object.entries(roles)) {
        const now = data[role] ?? "";
        if (now.trim() === before) continue;
        const names = now.split("|").flatMap((text) => everyName(called.get(text.trim())) ?? [text.trim()]);
        changed.push(`${role}=${[...new Set(names.map((text) => text.replace(/[;|=]/g, " ").trim()).filter(Boolean))].join("|")}`);
      }
      return { what: "action", subject: iri, verdict: data.verdict, value: data.verdict === "correct" ? changed.join("; ") : "", lang: "", article: "", by: data.by };
    },
    others ? [...VERDICTS, "different"] : VERDICTS,
  );
}

// All names of an entity, so that each article finds the one that it writes, and its item.
function everyName(ref) {
  if (!ref) return null;
  return [...(/^Q\d+$/.test(ref.path) ? [ref.path] : []), ...Object.values(ref.labels)];
}

export function decidedSoFar(decisions) {
  if (!decisions?.length) return null;
  return h("ul", { class: "decided" }, decisions.map((one) => h("li", {}, t(`past.${one.verdict}`), one.value ? [t("colon"), h("bdi", {}, one.value)] : null, " — ", h("bdi", {}, one.by), t("comma"), moment(one.at))));
}

export function moment(text) {
  const when = new Date(text);
  return h("time", { datetime: text }, Number.isNaN(when.getTime()) ? text : new Intl.DateTimeFormat(state.lang === "ar" ? "ar-u-nu-latn" : state.lang, { dateStyle: "medium", timeZone: "UTC" }).format(when));
}
