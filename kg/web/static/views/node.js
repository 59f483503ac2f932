// Any other node: what can be taken of it.

import { h } from "../dom.js";
import { outside } from "../names.js";
import { downloads } from "../parts.js";
import { Failure, t } from "../state.js";

export default async function node(at) {
  const iri = at.query.get("iri") ?? "";
  if (!iri) throw new Failure(404, t("noSuchPage"));
  return { title: iri.slice(0, 100), content: h("article", {}, h("h1", { class: "long", dir: "ltr" }, iri.slice(0, 300)), h("p", {}, t("foreignNode")), h("p", {}, outside(iri, iri.slice(0, 300))), downloads([iri])) };
}
