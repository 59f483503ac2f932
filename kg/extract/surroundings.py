"""Where a candidate stands as seen from a trigger: distance, order, and what lies between, as named observations.

Observations are words such as ``far:2`` or ``between:relative``: the ranker gives each a weight, and people can read them.
"""

from __future__ import annotations

from kg.extract.draft import Draft, Story
from kg.extract.sentences import View
from kg.extract.syntax import Tree
from kg.model import Span

_ENDS = frozenset(".;!?؟؛:")
_STEPS = (0, 2, 5, 10, 18, 30)
WINDOW = (-2, 1)
"""Sentences before and behind the trigger's in which arguments are looked for."""

LEAD = 4
"""Sentences behind a headline in which the arguments of its actions are looked for."""


def place_of(story: Story, draft: Draft, view: View, span: Span) -> list[str]:
    """Observations on the place of ``span`` in ``view`` relative to the trigger of ``draft``."""
    gap = view.index - draft.view.index
    if gap:
        far = "headline" if view.headline else f"{max(-4, min(3, gap)):+d}"
        out = [f"sentence:{far}"]
        if view.paragraph != draft.view.paragraph:
            out.append("paragraph:other")
        others = story.of_sentence(view.index)
        alike = [d for d in others if d.trigger.pattern.type is draft.trigger.pattern.type]
        if alike:
            out.append("sentence:tells-the-same-type")
            if any(set(d.filled.target) & set(draft.filled.target) for d in alike):
                out.append("sentence:tells-the-same")
        elif others:
            out.append("sentence:tells-another-type")
        return out
    trigger = draft.trigger
    if span.overlaps(trigger.span):
        return ["order:inside"]
    behind = span.start >= trigger.span.end
    order = "behind" if behind else "before"
    covered = view.words_in(span)
    low, high = (trigger.words[1], covered.start) if behind else (covered.stop, trigger.words[0])
    between = view.words[max(0, low) : max(low, high)]
    size = sum(word.is_word for word in between)
    out = [f"order:{order}", f"far:{order}:{sum(size > step for step in _STEPS)}"]
    texts = [word.text for word in between]
    grammar = story.grammar
    for name, words in (
        ("complementizer", grammar.complementizers),
        ("relative", grammar.relative),
        ("speech", grammar.speech),
        ("boundary", grammar.boundary),
        ("preposition", grammar.prepositions),
    ):
        if any(text in words for text in texts):
            out.append(f"between:{name}:{order}")
    if any(text in _ENDS for text in texts):
        out.append("between:stop")
    commas = sum(text in ",،" for text in texts)
    if commas:
        out.append(f"between:comma:{min(commas, 2)}")
    start, stop = sorted((span, trigger.span))
    rivals = [d.trigger.span for d in story.of_sentence(view.index) if d is not draft and d.trigger.span != trigger.span]
    if any(start.end <= r.start and r.end <= stop.start for r in rivals):
        out.append(f"between:trigger:{order}")
    if any(_distance(r, span) < _distance(trigger.span, span) for r in rivals):
        out.append("nearer-to-another-trigger")
    return out


def tree_of(story: Story, draft: Draft, view: View, span: Span) -> list[str]:
    """Observations on how ``span`` hangs on the trigger in the tree of their sentence; none without trees."""
    if not view.document.trees or view.index != draft.view.index:
        return []
    tree = Tree(view.document, view.sentence)
    head = view.words[draft.trigger.head].token
    tokens = sorted({view.words[i].token for i in view.words_in(span)})
    if not tokens:
        return []
    above = list(tree.path_up(head))
    verbs = [i for i in above[1:] if tree.token(i).pos in ("VERB", "AUX")]
    crossed = None
    for index in tree.path_up(tokens[0]):
        if index == head:
            return ["tree:below", f"tree:below:{'verb' if crossed is not None else 'direct'}"]
        if index in above:
            joint = "clause" if verbs and index == verbs[0] else "higher"
            if verbs and index not in verbs and above.index(index) < above.index(verbs[0]):
                joint = "phrase"
            out = [f"tree:{joint}", f"tree:{joint}:{'verb' if crossed is not None else 'direct'}"]
            word = view.words[view.word_at(tree.token(index).start)].text
            if word in story.grammar.speech:
                out.append("tree:hangs-on-speech")
            return out
        if index not in tokens and crossed is None and tree.token(index).pos in ("VERB", "AUX"):
            crossed = index
    return ["tree:apart"]


def lead_of(story: Story, view: View, span: Span) -> list[str]:
    """Observations on the words before and behind ``span``: the class of preposition, nouns of authorities, verbs of speech."""
    grammar = story.grammar
    covered = view.words_in(span)
    if not covered:
        return []
    out: list[str] = []
    first = view.words[covered.start]
    attached = first.text[: span.start - first.span.start][-1:] if span.start > first.span.start else ""
    lead = ""
    for back in range(1, 4):
        if attached or covered.start - back < 0:
            break
        word = view.words[covered.start - back]
        if not word.is_word:
            break
        if back == 1 and word.text in grammar.authorities:
            out.append("behind-authority")
        if word.text in grammar.prepositions | grammar.genitive | grammar.agentive | grammar.locative:
            lead = word.text
            out.append(f"lead-steps:{back}")
            break
    lead = attached or lead
    named = False
    for name, words in (
        ("agentive", grammar.agentive),
        ("genitive", grammar.genitive),
        ("locative", grammar.locative),
        ("other", grammar.prepositions | grammar.attached),
    ):
        if lead and lead in words:
            out.append(f"lead:{name}")
            named = True
            break
    if not named:
        out.append("lead:none")
    near = [view.words[i] for i in (*range(covered.start - 4, covered.start), *range(covered.stop, covered.stop + 2))
            if 0 <= i < len(view.words)]  # fmt: skip
    if any(word.text in grammar.authorities for word in near):
        out.append("near-authority")
    if any(view.words[i].text in grammar.authorities for i in covered):
        out.append("holds-authority")
    if any(word.text in grammar.speech for word in near):
        out.append("near-speech")
    if any(word.text in grammar.agency for word in near):
        out.append("near-medium")
    if covered.start == 0:
        out.append("starts-sentence")
    return out


def _distance(a: Span, b: Span) -> int:
    if a.overlaps(b):
        return 0
    return b.start - a.end if b.start >= a.end else a.start - b.end
