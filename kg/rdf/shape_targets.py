"""Shapes in a form that is quick to check: each property shape is given the targets of the node shapes that use it.

A validator that meets ``sh:property`` sets up the constraints of the property shape anew for each node in question; one with
targets of its own it sets up once for all. Both mean the same (SHACL, sections 2.1 and 4.7): what a property shape finds is
reported under its own name and severity, whoever sent the nodes to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Triple

from kg.rdf.vocab import OWL, RDF, RDFS, SH

_PROPERTY: Final = NamedNode(SH + "property")
_TARGETS: Final = tuple(NamedNode(SH + f"target{name}") for name in ("Class", "Node", "ObjectsOf", "SubjectsOf"))
_OTHER_TARGET: Final = NamedNode(SH + "target")
_TYPE: Final = NamedNode(RDF + "type")
_CLASSES: Final = (NamedNode(RDFS + "Class"), NamedNode(OWL + "Class"))
# Where the one who sends the nodes matters: siblings must not overlap, and a shape that is switched off sends none.
_TIED: Final = (NamedNode(SH + "qualifiedValueShapesDisjoint"), NamedNode(SH + "deactivated"))


def with_own_targets(shapes: Iterable[Triple]) -> set[Triple]:
    """``shapes`` with ``sh:property`` replaced by targets of the property shapes, wherever that changes nothing.

    A node shape keeps its properties if it has no targets or others than the four of the core, is a class, is switched off, is
    used by another shape, or has a property whose siblings count.
    """
    out = set(shapes)
    about: dict[object, dict[NamedNode, set[object]]] = {}
    used: set[object] = set()
    for triple in out:
        about.setdefault(triple.subject, {}).setdefault(triple.predicate, set()).add(triple.object)
        if triple.predicate not in _TARGETS:
            used.add(triple.object)
    for shape, facts in sorted(about.items(), key=lambda item: str(item[0])):
        properties = facts.get(_PROPERTY, set())
        targets = [(target, value) for target in _TARGETS for value in facts.get(target, ())]
        tied = any(tie in about.get(one, {}) for one in (shape, *properties) for tie in _TIED)
        is_class = any(kind in facts.get(_TYPE, ()) for kind in _CLASSES)
        if not properties or not targets or tied or is_class or _OTHER_TARGET in facts or shape in used:
            continue
        for one in properties:
            out.discard(Triple(shape, _PROPERTY, one))  # type: ignore[arg-type]
            out.update(Triple(one, target, value) for target, value in targets)  # type: ignore[arg-type]
    return out
