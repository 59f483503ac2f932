// The frame of the page, and which view an address shows.

import { clear, h, put } from "./dom.js";
import { Failure, LANGUAGES, RTL, get, state, t } from "./state.js";
import { curateBar } from "./curate.js";
import { address, place, push, rest } from "./route.js";

const VIEWS = {
  "": () => import("./views/start.js"),
  search: () => import("./views/search.js"),
  entity: () => import("./views/entity.js"),
  action: () => import("./views/action.js"),
  report: () => import("./views/action.js"),
  case: () => import("./views/case.js"),
  article: () => import("./views/article.js"),
  network: () => import("./views/network.js"),
  map: () => import("./views/map.js"),
  sparql: () => import("./views/sparql.js"),
  node: () => import("./views/node.js"),
};
const WORDS = {
  en: () => import("./words/en.js"),
  fr: () => import("./words/fr.js"),
  ar: () => import("./words/ar.js"),
};
const NAVIGATION = ["", "search", "network", "map", "sparql"];
let turn = 0;
let shown = "";

function frame() {
  const { view } = place();
  document.body.querySelectorAll("body > :not(noscript)").forEach((node) => node.remove());
  put(document.body, [
    h("a", { href: "#main", class: "skip" }, t("skip")),
    h(
      "header",
      {},
      h("a", { href: `/${state.lang}/`, class: "brand" }, h("span", { "aria-hidden": "true", class: "logo" }), h("span", {}, t("title"))),
      h(
        "form",
        { role: "search", action: `/${state.lang}/search`, class: "find", onsubmit: onSearch },
        h("label", { for: "find", class: "hidden" }, t("search")),
        h("input", { id: "find", name: "q", type: "search", dir: "auto", autocomplete: "off", maxlength: 200, placeholder: t("searchHint"), value: place().query.get("q") ?? "" }),
        h("button", { type: "submit" }, t("search")),
      ),
      h(
        "nav",
        { "aria-label": t("views"), class: "views" },
        NAVIGATION.filter((name) => name !== "sparql" || !state.filed).map((name) => h("a", { href: `/${state.lang}/${name}`, "aria-current": name === view ? "page" : null }, t(`view.${name || "start"}`))),
      ),
      h(
        "nav",
        { "aria-label": t("language"), class: "languages" },
        Object.entries(LANGUAGES).map(([code, text]) => h("a", { href: `/${code}/${rest()}`, lang: code, hreflang: code, "data-whole": true, "aria-current": code === state.lang ? "true" : null }, text)),
        h("button", { type: "button", class: "theme", onclick: onTheme }, h("span", { "aria-hidden": "true" }, "◐"), h("span", { class: "hidden" }, t("theme"))),
      ),
    ),
    h("main", { id: "main", tabindex: -1 }),
    h("div", { class: "hidden", "aria-live": "polite", id: "status" }),
    h("footer", {}, h("p", {}, t("caution")), h("p", { class: "small" }, h("bdi", {}, state.source))),
  ]);
  if (state.curate) put(document.body.querySelector("header"), [curateBar()]);
}

function onSearch(event) {
  event.preventDefault();
  const q = new FormData(event.target).get("q").trim();
  go(`/${state.lang}/search${q ? `?q=${encodeURIComponent(q)}` : ""}`);
}

function onTheme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export function go(address) {
  push(address);
  show(true);
}

// A file holds all languages; a server sends a page in each.
async function speak(lang) {
  state.lang = LANGUAGES[lang] ? lang : state.lang;
  state.words = (await WORDS[state.lang]()).default;
  document.documentElement.lang = state.lang;
  document.documentElement.dir = RTL.has(state.lang) ? "rtl" : "ltr";
}

async function show(moved = false) {
  const mine = ++turn;
  const at = place();
  shown = address();
  if (state.filed && at.lang && at.lang !== state.lang) await speak(at.lang);
  frame();
  const main = document.getElementById("main");
  const status = document.getElementById("status");
  main.setAttribute("aria-busy", "true");
  put(main, [h("p", { class: "loading" }, t("loading"))]);
  let view;
  try {
    const load = VIEWS[at.view];
    if (!load) throw new Failure(404, t("noSuchPage"));
    view = await (await load()).default(at, go);
  } catch (error) {
    if (!(error instanceof Failure)) console.error(error);
    view = failed(error);
  }
  if (mine !== turn) return;
  put(clear(main), [view.content]);
  main.removeAttribute("aria-busy");
  document.title = `${view.title} · kg`;
  status.textContent = view.title;
  if (moved) {
    const heading = main.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  view.shown?.();
}

function failed(error) {
  const title = error.status === 404 ? t("notFound") : t("failed");
  return {
    title,
    content: h(
      "div",
      { class: "problem", role: "alert" },
      h("h1", {}, title),
      h("p", {}, error.status === 404 ? t(state.filed ? "notInFile" : "notHere") : h("bdi", {}, error.message)),
      h("p", {}, h("a", { href: `/${state.lang}/` }, t("backToStart")), " · ", h("button", { type: "button", onclick: () => show(true) }, t("tryAgain"))),
    ),
  };
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || anchor.target || anchor.hasAttribute("download")) return;
  const given = anchor.getAttribute("href");
  if (given.startsWith("#") && !given.startsWith("#/")) {
    // A place of this view: in a file, what stands behind # is the view.
    const goal = document.getElementById(given.slice(1));
    if (!goal || !state.filed) return;
    event.preventDefault();
    goal.scrollIntoView();
    goal.tabIndex = -1;
    goal.focus({ preventScroll: true });
    return;
  }
  if (state.filed) {
    if (!given.startsWith("#/")) return;
    event.preventDefault();
    go(given.slice(1));
    return;
  }
  if (anchor.dataset.whole !== undefined) return;
  const url = new URL(given, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(`/${state.lang}/`)) return;
  event.preventDefault();
  go(url.pathname + url.search + url.hash);
});
addEventListener("popstate", () => {
  // A step to another place of the same view is the browser's own business.
  if (address() !== shown) show(true);
});

async function begin() {
  state.lang = document.documentElement.lang;
  const kept = document.getElementById("data");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage, no choice.
  }
  try {
    if (kept) state.filed = await (await import("./filed.js")).open(kept);
    await speak(kept && place().lang ? place().lang : kept ? wanted() : state.lang);
    Object.assign(state, await get("about"));
  } catch (error) {
    frame();
    put(document.getElementById("main"), [failed(error).content]);
    return;
  }
  show();
}

function wanted() {
  return navigator.languages.map((tag) => tag.slice(0, 2)).find((code) => LANGUAGES[code]) ?? "en";
}

begin();
