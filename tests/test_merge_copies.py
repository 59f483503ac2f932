"""Agency copy: articles that are one text are found, told in the graph, and counted as one source; others are not."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.merge import merge
from kg.merge.copies import alike, features_of, find_copies
from kg.model import Analysis, Article, Entity, Graph, Kind, Span
from kg.rdf.reading import read_triples
from kg.rdf.validation import validate
from kg.rdf.vocab import KG_COPY_OF

EN = (
    "Police in Harwick said on Friday that they had searched the offices of a shipping company and seized thousands "
    "of documents. "
    "The search is part of an inquiry into false customs papers which the port authority asked for last autumn. A "
    "spokeswoman for the "
    "company said that it was helping the investigators and had nothing to hide. The prosecutor, Ellen Marsh, told "
    "reporters that two "
    "managers would be questioned next week, and that no one had been charged so far. Unions called for the port to stay open."
)
EN_OTHER = (
    "Investigators carried boxes out of a shipping firm's building in Harwick at the end of the week. According to "
    "the prosecutor, Ellen "
    "Marsh, the raid concerns customs declarations that are said to be false; two managers are to be heard in the "
    "coming days. Nobody "
    "faces charges yet. The firm says it cooperates fully. The harbour goes on working, as the unions had demanded."
)
FR = (
    "Le tribunal de Valmont a condamné mercredi un ancien maire à deux ans de prison avec sursis pour détournement "
    "de fonds publics. "
    "Il devra aussi rembourser à la commune la somme de quarante mille euros, a précisé le président à la lecture "
    "du jugement. Son avocat "
    "a annoncé qu'il ferait appel dans les dix jours. L'enquête avait commencé après un contrôle des comptes de la "
    "ville, il y a trois ans."
)
AR = (
    "قضت محكمة الجنايات في المدينة يوم الأربعاء بحبس مدير سابق في شركة الكهرباء ثلاث سنوات بعد إدانته بتلقي رشاوى من مقاولين. "
    "وأمرت المحكمة بمصادرة المبالغ التي ضبطت في منزله، وقال محاميه إنه سيستأنف الحكم خلال أسبوعين. وكانت النيابة قد فتحت التحقيق "
    "بعد شكوى تقدم بها عدد من العاملين في الشركة، واستمعت إلى أكثر من عشرين شاهدا قبل إحالة القضية إلى المحكمة."
)
JA = (
    "港の会社が税関の書類を偽った疑いで、警察は金曜日に事務所を捜索し、数千の文書を押収したと発表した。"
    "検察官は来週二人の幹部から話を聞くという。"
)


def analysis(name: str, text: str, lang: str = "en", published: str | None = None, people: tuple[str, ...] = ()) -> Analysis:
    entities = tuple(Entity(f"e{n}", Kind.PERSON, person, (Span(0, 1),)) for n, person in enumerate(people))
    return Analysis(Article(name, text, (Span(0, len(text)),), lang, published=published), entities=entities)


def copies(*found: Analysis) -> tuple[tuple[str, str], ...]:
    return find_copies(found)


@pytest.mark.parametrize(("text", "lang"), [(EN, "en"), (FR, "fr"), (AR, "ar"), (JA, "ja")])
def test_the_same_text_in_two_papers(text: str, lang: str) -> None:
    first, second = analysis("a", text, lang, "2031-05-02"), analysis("b", text, lang, "2031-05-01")
    assert copies(first, second) == (("a", "b"),)  # b came first


@pytest.mark.parametrize(("text", "lang"), [(EN, "en"), (FR, "fr"), (AR, "ar")])
def test_edited_copy(text: str, lang: str) -> None:
    """Another headline and dateline, the last sentence cut, signs and letters written otherwise."""
    sentences = text.split(". ")
    other = "TITLE OF OUR OWN\n\nHARWICK (Agency) – " + ". ".join(sentences[:-1]).replace("'", "’").upper() + "."
    assert copies(analysis("a", text, lang), analysis("b", other, lang)) == (("b", "a"),)


def test_arabic_with_vowels_is_the_same() -> None:
    voweled = AR.replace("قضت", "قَضَتْ").replace("محكمة", "مَحكَمة")
    assert copies(analysis("a", AR, "ar"), analysis("b", voweled, "ar")) == (("b", "a"),)


def test_part_of_a_longer_article_is_a_copy() -> None:
    longer = f"{EN} {EN_OTHER}"
    assert copies(analysis("a", EN), analysis("b", longer)) == (("b", "a"),)


def test_two_reports_of_one_event_are_no_copies() -> None:
    assert copies(analysis("a", EN), analysis("b", EN_OTHER)) == ()


def test_quotes_of_one_speech_are_no_copies() -> None:
    speech = "Nobody in this town stands above the law, and nobody will be allowed to buy silence with public money."
    assert copies(analysis("a", f"{EN} “{speech}”"), analysis("b", f"{EN_OTHER} “{speech}”")) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A man was arrested in Lyon.", "A man was arrested in Lyon."),
        (
            "Police arrested a man in Lyon on Monday on suspicion of fraud.",
            "Police arrested a man in Nice on Monday on suspicion of theft.",
        ),
        ("", ""),
        ("…", "…"),
    ],
)
def test_short_texts_are_alike_by_chance(first: str, second: str) -> None:
    assert copies(analysis("a", first), analysis("b", second)) == ()


def test_one_form_with_other_names_is_no_copy() -> None:
    """A court's list says the same of everybody."""
    form = EN.replace("Ellen Marsh", "{}")
    one, two = (
        analysis("a", form.format("Ida Norel"), people=("Ida Norel",)),
        analysis("b", form.format("Jan Falk"), people=("Jan Falk",)),
    )
    assert copies(one, two) == ()
    assert copies(one, analysis("b", form.format("Ms Norel"), people=("Norel",))) == (("b", "a"),)


def test_another_language_is_no_copy() -> None:
    assert copies(analysis("a", EN, "en"), analysis("b", EN, "fr")) == ()


def test_likeness_is_not_passed_on() -> None:
    """Each step keeps most of the one before; the last has nothing of the first."""
    rng = random.Random(3)
    words = [f"word{rng.randrange(10_000)}" for _ in range(400)]
    chain = [analysis(f"a{n}", " ".join(words[60 * n : 60 * n + 200])) for n in range(4)]
    found = dict(copies(*chain))
    assert found and not set(found) & set(found.values())
    by_id = {a.article.id: a for a in chain}
    assert all(alike(features_of(by_id[copy]), features_of(by_id[first])) for copy, first in found.items())


def test_order_and_split_do_not_matter() -> None:
    rng = random.Random(11)
    texts = [" ".join(rng.choices([f"w{n}" for n in range(3000)], k=120)) for _ in range(60)]
    found = [analysis(f"a{n:03}", t, published=rng.choice(["2031-05-01", "2031-05-02"])) for n, t in enumerate(texts)]
    for number in range(40):
        words = texts[rng.randrange(60)].split()
        words[rng.randrange(100)] = "other"
        found.append(analysis(f"b{number:03}", " ".join(words[: rng.randint(70, 120)]), published="2031-05-03"))
    wanted = find_copies(found)
    assert len(wanted) == 40 and all(copy[0] == "b" for copy, _ in wanted)
    for _ in range(3):
        rng.shuffle(found)
        assert find_copies(iter(found)) == wanted


def test_pairs_are_found_as_the_measure_says() -> None:
    """From a likeness of .5 up nearly none is missed, below .4 none is taken."""
    rng = random.Random(1)
    missed = wrong = 0
    for _ in range(60):
        words = [f"w{rng.randrange(50_000)}" for _ in range(200)]
        cut = rng.randint(80, 190)
        first, second = " ".join(words), " ".join([*words[:cut], *(f"x{rng.randrange(50_000)}" for _ in range(200 - cut))])
        one, two = features_of(analysis("a", first)), features_of(analysis("b", second))
        shared = np.intersect1d(one, two).size
        likeness = shared / (one.size + two.size - shared)
        found = bool(copies(analysis("a", first), analysis("b", second)))
        missed += likeness >= 0.5 and not found
        wrong += likeness < 0.4 and found
    assert missed <= 1 and wrong == 0


def test_many_copies_of_one_text_are_measured_quickly() -> None:
    found = [analysis(f"a{n:04}", f"{EN} Edition {n}.") for n in range(400)]
    assert find_copies(found) == tuple((f"a{n:04}", "a0000") for n in range(1, 400))


def test_surrogates_and_controls_do_no_harm() -> None:
    odd = EN.replace(" ", " \ud800\x00\u202e")
    assert copies(analysis("a", odd), analysis("b", odd)) == (("b", "a"),)


def test_independent_sources() -> None:
    graph = Graph((), (), (), (), (("b", "a"), ("c", "a")))
    assert graph.independent(["b", "c"]) == {"a"} and graph.independent(["a", "d", "c"]) == {"a", "d"}


def test_graph_tells_copies_and_counts_one_source(tmp_path: Path) -> None:
    story = (
        "Police in London arrested Carla Reyes on 4 March 2021 on suspicion of fraud, the prosecutor said. She was "
        "taken to a police "
        "station in the east of the city, where she is to be questioned about payments that her company made to a "
        "former minister."
    )
    papers = {"one": "2021-03-05", "two": "2021-03-06", "three": "2021-03-07"}
    records = [{"id": name, "text": story, "lang": "en", "publisher": name, "published": day} for name, day in papers.items()]
    news, out = tmp_path / "news.jsonl", tmp_path / "kg.ttl"
    news.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")

    def kg(*arguments: object) -> str:
        done = CliRunner().invoke(build_app(), [str(a) for a in arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    kg("build", news, "-o", out)
    triples = read_triples([out])
    told = [t for t in triples if t.predicate == KG_COPY_OF]
    assert len(told) == 2 and len({t.object for t in told}) == 1
    assert validate(triples).conforms
    assert "Arrest" in kg("query", "single-source", out)
    records[1]["text"] = (
        "Officers in London took Carla Reyes into custody on 4 March 2021. Carla Reyes was arrested on suspicion of "
        "fraud, a paper reports "
        "without naming where it has this from; neighbours saw two cars in front of the house and several people "
        "with boxes at dawn."
    )
    news.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    kg("build", news, "-o", out)
    assert sum(t.predicate == KG_COPY_OF for t in read_triples([out])) == 1
    assert "Arrest" not in kg("query", "single-source", out)


def test_merge_holds_the_copies() -> None:
    assert merge([analysis("a", EN), analysis("b", EN)]).copies == (("b", "a"),)
