// What every view needs: the language, its words, what the server told of itself, and asking the server.

export const state = { lang: "en", words: {}, terms: {}, kinds: [], base: "", curate: "", source: "", filed: null };

export const LANGUAGES = { en: "English", fr: "Français", ar: "العربية" };
export const RTL = new Set(["ar", "fa", "he", "ur", "ps", "sd", "ckb", "yi"]);

export class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function get(view, parameters = {}) {
  if (state.filed) return state.filed(view, parameters);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== "" && value !== undefined && value !== null) query.set(name, value);
  let answer;
  try {
    answer = await fetch(`/api/${view}?${query}`);
  } catch {
    throw new Failure(0, t("unreachable"));
  }
  if (!answer.ok) throw new Failure(answer.status, (await answer.text()).trim());
  return answer.json();
}

// A word of the page; {name} in it is replaced.
export function t(key, values = {}) {
  let text = state.words[key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  return text;
}

// The label of a term of the ontology (Arrest, Actual, target).
export function term(name) {
  const labels = state.terms[name]?.label;
  return labels?.[state.lang] ?? labels?.en ?? name;
}

// The same at the beginning of a line.
export function heading(name) {
  const text = term(name);
  return text.charAt(0).toLocaleUpperCase(state.lang) + text.slice(1);
}

export function definition(name) {
  const found = state.terms[name]?.definition;
  return found?.[state.lang] ?? found?.en ?? "";
}

export function number(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

export function locale() {
  // Western digits in Arabic too: the articles and the graph use them.
  return { ar: "ar-u-nu-latn", en: "en-GB" }[state.lang] ?? state.lang;
}
