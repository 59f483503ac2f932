"""The grammatical slots around a trigger, read off dependency trees.

Slots are the vocabulary of frames (``frames.toml``):

``subject``     who does what the verb says; the by-phrase of a passive; "par X", "by X" of a noun
``object``      to whom it is done; the subject of a passive; the noun that a participle stands with
``of``          the genitive complement of a noun ("l'arrestation de X", "X's arrest", "son arrestation", "the X trial")
``prep:p``      a complement behind the preposition ``p``
``vsubject``    the subject of the verb that governs a trigger noun ("la police a procédé à l'arrestation")
``usubject``    the same where the verb means to undergo ("X a subi un interrogatoire", "X faces trial")
``vobject``     the object of that verb, or its subject in the passive ("X a été remis en liberté")
``predicate``   the object of a verb whose subject is the trigger noun ("l'enquête vise X")
``prep:p`` slots of the governing verb count where the noun has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.extract.triggers import Trigger
from kg.lang.fold import fold_word
from kg.model import Document, Sentence, Span, Token

_CORE = ("det", "amod", "nummod", "compound", "flat", "advmod", "nmod:poss", "poss", "fixed")
_COORDINATED = 5
"""Words within which a coordinated noun shares its complement with the one before it."""
_VERBAL = ("VERB", "AUX")


@dataclass(frozen=True, slots=True)
class Argument:
    """A nominal in a slot: its ``span`` without clauses and complements, its ``head`` word, and whether that is a pronoun.

    ``names`` are spans in which a name that stands for the nominal may lie, the surest first (head, apposition).
    """

    slot: str
    span: Span
    head: Span
    pronoun: bool = False
    names: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Tree:
    """The dependency tree of one sentence, with children by token index."""

    document: Document
    sentence: Sentence

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Dependents of each token, in order."""
        out: dict[int, list[int]] = {}
        for index in range(self.sentence.first, self.sentence.last):
            head = self.document.tokens[index].head
            if head != index and self.sentence.first <= head < self.sentence.last:
                out.setdefault(head, []).append(index)
        return out

    def token(self, index: int) -> Token:
        """The token at ``index`` of the document."""
        return self.document.tokens[index]

    def of(self, index: int, *deps: str) -> list[int]:
        """Children whose relation is one of ``deps`` or a subtype of one."""
        return [c for c in self.children.get(index, ()) if _is(self.token(c).dep, deps)]

    def path_up(self, index: int) -> Iterator[int]:
        """``index`` and its governors up to the root; at most as many as the sentence has tokens."""
        for _ in range(self.sentence.first, self.sentence.last):
            yield index
            head = self.token(index).head
            if head == index or not self.sentence.first <= head < self.sentence.last:
                return
            index = head


def _is(dep: str, wanted: tuple[str, ...]) -> bool:
    return any(dep == w or dep.startswith(w + ":") for w in wanted)


def tree_arguments(view: View, trigger: Trigger, grammar: Grammar, text: str) -> tuple[Argument, ...]:
    """The arguments of a trigger, in the order in which the tree gives them; the same nominal may fill several slots."""
    tree = Tree(view.document, view.sentence)
    return _Reader(tree, grammar, text).arguments(_anchor(view, trigger, tree), trigger)


def _anchor(view: View, trigger: Trigger, tree: Tree) -> int:
    """The token on which arguments depend: the head lexeme, else the top of the trigger's words, behind its preposition."""
    head = view.words[trigger.head].token
    if trigger.feature:
        return head
    inside = {view.words[i].token for i in view.words_in(trigger.span)}
    tops = sorted(i for i in inside if tree.token(i).head not in inside or tree.token(i).head == i)
    top = tops[0] if tops else head
    if tree.token(top).pos == "ADP":
        behind = [i for i in tree.of(top, "pobj") if i in inside]
        top = behind[0] if behind else top
    return top


class _Reader:
    def __init__(self, tree: Tree, grammar: Grammar, text: str) -> None:
        self.tree = tree
        self.grammar = grammar
        self.text = text

    def arguments(self, head: int, trigger: Trigger) -> tuple[Argument, ...]:
        token = self.tree.token(head)
        verbal = trigger.feature in ("fin", "part", "inf", "ger") and token.pos not in ("NOUN", "PROPN")
        if trigger.feature == "" and token.pos in _VERBAL:
            verbal = True
        led = not trigger.feature and trigger.span.overlaps(self.tree.token(token.head).span)
        pairs = self.verb_slots(head) if verbal else self.noun_slots(head, led)
        if not verbal and trigger.feature != "fin":
            pairs += self.shared(head, trigger.span, {slot for slot, _ in pairs})
        pairs += [pair for slot, index in pairs for pair in self.accused(slot, index)]
        out: list[Argument] = []
        for slot, index in pairs:
            for nominal in self.conjuncts(index):
                if trigger.span.overlaps(self.tree.token(nominal).span):
                    continue
                argument = self.nominal(slot, nominal)
                if argument not in out:
                    out.append(argument)
        return tuple(out)

    # -- verbs ------------------------------------------------------------------------------------------------------

    def is_passive(self, verb: int) -> bool:
        tree, token = self.tree, self.tree.token(verb)
        if tree.of(verb, "aux:pass", "nsubj:pass", "csubj:pass", "auxpass", "nsubjpass"):
            return True
        if tree.of(verb, "aux", "nsubj"):
            return False
        if _is(token.dep, ("acl", "amod")) and not _is(token.dep, ("acl:relcl",)):
            return "VerbForm=Part" in token.morph and "Tense=Pres" not in token.morph and "Aspect=Prog" not in token.morph
        if token.dep == "conj" and token.head != verb and self.tree.token(token.head).pos in _VERBAL:
            return self.is_passive(token.head)
        if _is(token.dep, ("advcl", "ROOT", "root", "parataxis", "dep")):
            past = "VerbForm=Part" in token.morph and "Tense=Past" in token.morph
            return past and not tree.of(verb, "obj", "dobj")
        return False

    def verb_slots(self, verb: int, depth: int = 0) -> list[tuple[str, int]]:
        tree = self.tree
        passive = self.is_passive(verb)
        out: list[tuple[str, int]] = []
        for child in tree.children.get(verb, ()):
            dep = tree.token(child).dep
            if _is(dep, ("nsubj:pass", "nsubjpass")):
                out += [("object", i) for i in self.antecedents(child, verb)]
            elif _is(dep, ("nsubj",)):
                out += [("object" if passive else "subject", i) for i in self.antecedents(child, verb)]
            elif _is(dep, ("obj", "dobj", "iobj", "dative")) and tree.token(child).pos not in ("ADP", "SCONJ"):
                out += [("object", i) for i in self.antecedents(child, verb)]
        for preposition, nominal in self.complements(verb):
            out.append(("subject" if passive and preposition in self.grammar.agentive else f"prep:{preposition}", nominal))
        if depth < 3:
            out += self.inherited(verb, passive, {slot for slot, _ in out}, depth)
        return out

    def inherited(self, verb: int, passive: bool, have: set[str], depth: int) -> list[tuple[str, int]]:
        """Subjects and objects that a verb shares with its governor."""
        tree, token = self.tree, self.tree.token(verb)
        own = "object" if passive else "subject"
        governor = token.head
        if governor == verb or own in have:
            return []
        if _is(token.dep, ("acl:relcl", "relcl")):
            return [(own, governor)] if not have & {"subject", "object"} else []
        if _is(token.dep, ("acl", "amod")):
            return [(own, governor)]
        if token.dep in ("conj", "xcomp", "advcl", "ccomp", "obl", "pcomp") or _is(token.dep, ("xcomp", "advcl")):
            anchor = governor
            if tree.token(governor).pos == "ADP":
                anchor = tree.token(governor).head
            if tree.token(anchor).pos not in _VERBAL:
                # "X is ill and was freed": the subject of a predicate noun or adjective.
                shared = token.dep == "conj" and tree.of(anchor, "cop")
                return [(own, i) for i in tree.of(anchor, "nsubj")] if shared else []
            above = self.verb_slots(anchor, depth + 1)
            above_passive = self.is_passive(anchor)
            if token.dep == "conj" and passive == above_passive:
                return [(slot, i) for slot, i in above if slot == own]
            if token.dep == "conj":
                return [(own, i) for slot, i in above if slot == ("object" if above_passive else "subject")]
            if token.dep == "ccomp" and tree.of(verb, "nsubj"):
                return []
            controlled = [(own, i) for slot, i in above if slot == "object"] if not above_passive else []
            return controlled or [(own, i) for slot, i in above if slot == ("object" if above_passive else "subject")]
        return []

    def antecedents(self, index: int, verb: int) -> list[int]:
        """The nominal itself, or what a relative pronoun stands for."""
        token = self.tree.token(index)
        word = self.word(index)
        if (token.pos == "PRON" or "PronType=Rel" in token.morph) and word in self.grammar.relative:
            head = self.tree.token(verb)
            if _is(head.dep, ("acl", "relcl")) and head.head != verb:
                return [head.head]
        return [index]

    # -- nouns ------------------------------------------------------------------------------------------------------

    def noun_slots(self, noun: int, led: bool = False) -> list[tuple[str, int]]:
        """Slots of a noun; ``led`` says that the trigger has the noun's preposition too ("a man in custody")."""
        tree = self.tree
        out: list[tuple[str, int]] = []
        for child in tree.children.get(noun, ()):
            dep = tree.token(child).dep
            if (
                _is(dep, ("poss", "nmod:poss", "det:poss"))
                or (_is(dep, ("det",)) and self.word(child) in self.grammar.possessive)
                or (_is(dep, ("compound", "amod", "nmod:unmarked")) and tree.token(child).pos == "PROPN")
            ):
                out.append(("of", child))
            elif _is(dep, ("acl", "acl:relcl", "relcl")):
                out += [("predicate", i) for i in self.objects(child)]
        own = list(self.complements(noun))
        own += [pair for child in tree.of(noun, "acl") for pair in self.complements(child) if self.is_passive(child)]
        for preposition, nominal in own:
            if preposition in self.grammar.genitive:
                out.append(("of", nominal))
            elif preposition in self.grammar.agentive:
                out.append(("subject", nominal))
            else:
                out.append((f"prep:{preposition}", nominal))
        out += self.governing_verb(noun, {slot for slot, _ in out})
        lead = tree.token(tree.token(noun).head)
        if led and lead.pos == "ADP" and tree.token(lead.head).pos in ("NOUN", "PROPN"):
            out.append(("vobject", lead.head))
        return out

    def shared(self, noun: int, trigger: Span, have: set[str]) -> list[tuple[str, int]]:
        """Complements that the tree gives to another word of the trigger, or to a noun coordinated with it.

        « la mise en examen de X », « la mise en examen et l'incarcération de X », "the arrest and trial of X".
        """
        tree = self.tree
        inside = [i for i in range(tree.sentence.first, tree.sentence.last) if tree.token(i).span.overlaps(trigger) and i != noun]
        near = [i for i in inside if tree.token(i).pos in ("NOUN", "PROPN", "ADJ")]
        for index in [noun, *near]:
            near += [
                i for i in tree.of(index, "conj") if i not in near and tree.token(i).pos == "NOUN" and i - index <= _COORDINATED
            ]
            head = tree.token(index).head
            if tree.token(index).dep == "conj" and tree.token(head).pos == "NOUN" and head not in near:
                near.append(head)
        out: list[tuple[str, int]] = []
        for index in near:
            for preposition, nominal in self.complements(index):
                slot = "of" if preposition in self.grammar.genitive else f"prep:{preposition}"
                behind = tree.token(nominal).start > trigger.start and not tree.token(nominal).span.overlaps(trigger)
                if behind and slot not in have and (slot, nominal) not in out:
                    out.append((slot, nominal))
        return out

    def accused(self, slot: str, nominal: int) -> list[tuple[str, int]]:
        """Whom an accusation in a slot is levelled against ("an inquiry into the allegations against X"), in the same slot."""
        if self.word(nominal) not in self.grammar.accusations:
            return []
        tree = self.tree
        inner = [nominal, *tree.of(nominal, "acl")]
        found = [(p, i) for index in inner for p, i in self.complements(index)]
        found += [(self.word(verb), i) for verb in tree.of(nominal, "acl") for i in self.objects(verb)]
        return [(slot, i) for p, i in found if p in self.grammar.against]

    def governing_verb(self, noun: int, have: set[str]) -> list[tuple[str, int]]:
        tree, token = self.tree, self.tree.token(noun)
        role, verb = token.dep, token.head
        beside = {self.word(i) for i in tree.of(noun, "case", "mark")}
        if tree.token(verb).pos == "ADP" and tree.token(verb).head != verb:
            beside.add(self.word(verb))
            role, verb = "obl", tree.token(verb).head
        if role == "conj":
            role, verb = tree.token(verb).dep, tree.token(verb).head
        if verb == noun or tree.token(verb).pos not in _VERBAL:
            return []
        slots = self.verb_slots(verb)
        forms = {self.word(verb), tree.token(verb).lemma.lower()}
        undergoes = self.grammar.undergo & forms
        # Who left after an arrest, or welcomed it, did not make it.
        aside = not undergoes and (beside & self.grammar.circumstance or forms & self.grammar.attitude)
        out: list[tuple[str, int]] = []
        for slot, index in slots:
            if index == noun:
                continue
            if _is(role, ("obj", "dobj", "obl", "nsubj:pass", "nsubjpass", "attr", "xcomp", "iobj")):
                if slot == "subject" and aside:
                    continue
                if slot == "subject":
                    out.append(("usubject" if undergoes else "vsubject", index))
                elif slot == "object" and (not _is(role, ("obj", "dobj")) or self.is_passive(verb)):
                    out.append(("vobject", index))
            elif _is(role, ("nsubj",)) and slot == "object":
                out.append(("predicate", index))
            if slot.startswith("prep:") and slot not in have:
                out.append((slot, index))
        return out

    def objects(self, verb: int) -> list[int]:
        direct = self.tree.of(verb, "obj", "dobj")
        return [i for i in direct if self.word(i) not in self.grammar.relative]

    # -- nominals ---------------------------------------------------------------------------------------------------

    def complements(self, head: int) -> Iterator[tuple[str, int]]:
        """(preposition, nominal) pairs that depend on ``head``, in UD style and in prep-pobj style."""
        tree = self.tree
        for child in tree.children.get(head, ()):
            dep = tree.token(child).dep
            cases = tree.of(child, "case")
            if _is(dep, ("obl", "nmod", "obj", "iobj", "appos")) and cases:
                compound = self.compound(cases, child)
                if compound is None:
                    yield self.preposition(cases), child
                else:
                    yield compound
            elif _is(dep, ("prep", "agent", "dative")) and tree.token(child).pos in ("ADP", "SCONJ", "VERB"):
                inner = [child]
                for nested in tree.of(child, "prep"):
                    inner.append(nested)
                for adposition in inner:
                    for nominal in tree.of(adposition, "pobj"):
                        yield self.word(adposition), nominal
                    for clause in tree.of(adposition, "pcomp"):
                        for nominal in tree.of(clause, "nsubj", "nsubj:pass", "nsubjpass"):
                            yield self.word(adposition), nominal

    def preposition(self, cases: list[int]) -> str:
        parts = []
        for case in cases:
            parts.append(self.word(case))
            parts += [self.word(i) for i in self.tree.of(case, "fixed")]
        return " ".join(parts)

    def compound(self, cases: list[int], nominal: int) -> tuple[str, int] | None:
        """The complement of a preposition with a noun inside (« à l'encontre de », « au siège de »), which the grammar lists."""
        start, end = self.tree.token(min(cases)).start, self.tree.token(nominal).end
        if start >= end:
            return None
        words = " ".join(fold_word(self.text[start:end]).split())
        for child in self.tree.of(nominal, "nmod", "obl"):
            for case in self.tree.of(child, "case"):
                if self.word(case) in self.grammar.genitive and words in self.grammar.prepositions:
                    return words, child
        return None

    def conjuncts(self, index: int) -> list[int]:
        out = [index]
        for child in self.tree.of(index, "conj"):
            if self.tree.token(child).pos in ("NOUN", "PROPN", "PRON", "NUM", "X"):
                out += self.conjuncts(child)
        return out

    def nominal(self, slot: str, index: int) -> Argument:
        tree, token = self.tree, self.tree.token(index)
        left, right = index, index
        changed = True
        members = {index}
        while changed:
            changed = False
            for child in [c for m in members for c in tree.of(m, *_CORE)]:
                if child not in members:
                    members.add(child)
                    changed = True
        while left - 1 in members or (left - 2 in members and tree.token(left - 1).pos in ("PART", "PUNCT")):
            left -= 1
        while right + 1 in members:
            right += 1
        span = Span(tree.token(left).start, tree.token(right).end)
        names = [token.span]
        for child in tree.of(index, "appos", "nmod", "obj", "flat"):
            if tree.token(child).pos == "PROPN" and not tree.of(child, "case"):
                names.append(tree.token(child).span)
        if self.word(index) not in self.grammar.persons:
            # "Smith's house" names its owner, "a Smith adviser" somebody else.
            names.append(span)
        word = self.word(index)
        pronoun = token.pos == "PRON" or word in self.grammar.pronouns | self.grammar.possessive
        pronoun = pronoun and word not in self.grammar.indefinite
        return Argument(slot, span, token.span, pronoun, tuple(dict.fromkeys(names)))

    def word(self, index: int) -> str:
        token = self.tree.token(index)
        return fold_word(self.text[token.start : token.end])
