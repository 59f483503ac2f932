"""stanza as a parser: a tiny Arabic model is trained here, stands in stanza's own folder layout, and is run by the real code.

Needs the extra (`make setup-stanza`, `make test-stanza`). What needs no stanza is tested everywhere.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.errors import ConfigurationError
from kg.lang.pack import load_pack
from kg.model import Analysis, Article, Kind, Span
from kg.parse.blocks import blocks
from kg.parse.stage import ParseStage
from kg.parse.stanza_ import align_words

needs_stanza = pytest.mark.skipif(
    importlib.util.find_spec("stanza") is None or importlib.util.find_spec("torch") is None,
    reason="needs the extra `stanza` (make setup-stanza)",
)

ALIGNMENTS = [
    ("وقالت", ["و", "قالت"], ["و", "قالت"]),
    ("مكتبته", ["مكتبة", "ه"], ["مكتبت", "ه"]),
    ("للقضية", ["ل", "القضية"], ["ل", "لقضية"]),
    ("وبكتابهم", ["و", "ب", "كتاب", "هم"], ["و", "ب", "كتاب", "هم"]),
    ("وَقَالَ", ["و", "قال"], ["وَ", "قَالَ"]),
    ("du", ["de", "le"], ["d", "u"]),
    ("can't", ["ca", "n't"], ["ca", "n't"]),
    ("word", ["word"], ["word"]),
    ("x", ["a", "b", "c"], ["x", "x", "x"]),
]


@pytest.mark.parametrize(("surface", "words", "expected"), ALIGNMENTS, ids=[str(i) for i in range(len(ALIGNMENTS))])
def test_words_of_a_contraction_find_their_letters(surface: str, words: list[str], expected: list[str]) -> None:
    places = align_words(surface, words)
    assert [surface[start:end] for start, end in places] == expected
    assert places == sorted(places)


@pytest.mark.skipif(importlib.util.find_spec("stanza") is not None, reason="stanza is installed")
def test_without_stanza_the_message_says_how_to_get_it() -> None:
    with pytest.raises(ConfigurationError, match="make setup-stanza"):
        ParseStage("stanza")(Analysis(Article("t", "كلمة", (Span(0, 4),), "ar")))


# -- a tiny treebank ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A syntactic word: form, lemma, part of speech, head (1-based, 0: root) and relation."""

    form: str
    lemma: str
    pos: str
    head: int
    dep: str


PEOPLE = ("التاجر", "المدير", "الموظف", "السائق", "الطبيب", "الحارس")
BODIES = ("الشرطة", "المحكمة", "النيابة", "اللجنة")
VERBS = (("اعتقلت", "اعتقل"), ("برأت", "برأ"), ("استدعت", "استدعى"), ("اتهمت", "اتهم"))
PLACES = ("المدينة", "الميناء", "القرية", "السوق")


def sentence(number: int) -> list[tuple[str, list[Node]]]:
    """One sentence as pairs of a written token and its words; half of them begin with a clitic."""
    form, lemma = VERBS[number % len(VERBS)]
    body, person, place = BODIES[(number // 2) % len(BODIES)], PEOPLE[number % len(PEOPLE)], PLACES[(number // 3) % len(PLACES)]
    clitic = number.bit_count() % 2 == 1
    verb = 2 if clitic else 1
    first = [Node("و", "و", "CCONJ", verb, "cc")] if clitic else []
    return [
        (("و" if clitic else "") + form, [*first, Node(form, lemma, "VERB", 0, "root")]),
        (body, [Node(body, body, "NOUN", verb, "nsubj")]),
        (person, [Node(person, person, "NOUN", verb, "obj")]),
        ("في", [Node("في", "في", "ADP", verb + 4, "case")]),
        (place, [Node(place, place, "NOUN", verb, "obl")]),
        (".", [Node(".", ".", "PUNCT", verb, "punct")]),
    ]


def written(tokens: list[tuple[str, list[Node]]]) -> str:
    return " ".join(surface for surface, _ in tokens[:-1]) + tokens[-1][0]


def conllu(sentences: list[list[tuple[str, list[Node]]]]) -> str:
    lines = []
    for tokens in sentences:
        lines.append(f"# text = {written(tokens)}")
        index = 1
        for place, (surface, nodes) in enumerate(tokens):
            misc = "SpaceAfter=No" if place == len(tokens) - 2 else "_"
            if len(nodes) > 1:
                lines.append(f"{index}-{index + len(nodes) - 1}\t{surface}" + "\t_" * 7 + f"\t{misc}")
            for node in nodes:
                own = "_" if len(nodes) > 1 else misc
                lines.append(f"{index}\t{node.form}\t{node.lemma}\t{node.pos}\t_\t_\t{node.head}\t{node.dep}\t_\t{own}")
                index += 1
        lines.append("")
    return "\n".join(lines) + "\n"


def labels(sentences: list[list[tuple[str, list[Node]]]]) -> str:
    """stanza's labels of characters: 1 ends a token, 2 a sentence, 3 a token of several words."""
    out = []
    for tokens in sentences:
        for place, (surface, nodes) in enumerate(tokens):
            end = "2" if place == len(tokens) - 1 else "3" if len(nodes) > 1 else "1"
            out.append("0" * (len(surface) - 1) + end + ("0" if place < len(tokens) - 2 else ""))
        out.append("0")
    return "".join(out)[:-1] + "\n\n"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """stanza's folder with all that a tree needs, trained on the sentences above."""
    import torch
    from stanza.models import lemmatizer, mwt_expander, parser, tagger, tokenizer

    torch.set_num_threads(1)  # two threads wait for each other on a busy machine
    work = tmp_path_factory.mktemp("treebank")
    root = tmp_path_factory.mktemp("stanza")
    bank = [sentence(n) for n in range(48)]
    text = " ".join(map(written, bank))
    assert len(labels(bank).strip()) == len(text)
    files = {name: work / name for name in ("train.conllu", "train.txt", "train.labels", "mwt.json", "out.conllu")}
    files["train.conllu"].write_text(conllu(bank), "utf-8")
    files["train.txt"].write_text(text + "\n\n", "utf-8")
    files["train.labels"].write_text(labels(bank), "utf-8")
    pairs = {(surface, tuple(n.form for n in nodes)) for tokens in bank for surface, nodes in tokens if len(nodes) > 1}
    files["mwt.json"].write_text(json.dumps([[pair, 1] for pair in sorted(pairs)]), "utf-8")
    bank_file = str(files["train.conllu"])

    def save_to(processor: str) -> list[str]:
        return [
            "--lang",
            "ar",
            "--shorthand",
            "ar_tiny",
            "--save_dir",
            str(root / "ar" / processor),
            "--save_name",
            "tiny.pt",
            "--cpu",
        ]

    trees = ["--train_file", bank_file, "--eval_file", bank_file, "--output_file", str(files["out.conllu"]), "--no_pretrain"]
    small = [
        "--hidden_dim",
        "32",
        "--char_hidden_dim",
        "32",
        "--word_emb_dim",
        "16",
        "--char_emb_dim",
        "16",
        "--transformed_dim",
        "16",
    ]
    steps = ["--eval_interval", "100", "--batch_size", "200", "--augment_nopunct", "0.0", "--max_steps"]
    with contextlib.redirect_stdout(io.StringIO()):
        tokenizer.main(
            [
                *("--txt_file", str(files["train.txt"]), "--label_file", str(files["train.labels"])),
                *("--dev_txt_file", str(files["train.txt"]), "--dev_label_file", str(files["train.labels"])),
                *(
                    "--dev_conll_gold",
                    bank_file,
                    "--mwt_json_file",
                    str(files["mwt.json"]),
                    "--conll_file",
                    str(files["out.conllu"]),
                ),
                *("--steps", "300", "--eval_steps", "100", "--lr0", "0.01", "--batch_size", "8", "--use_mwt"),
                *("--dropout", "0", "--unit_dropout", "0", "--feat_dropout", "0", "--feat_unit_dropout", "0", "--tok_noise", "0"),
                *save_to("tokenize"),
            ]
        )
        mwt_expander.main(
            ["--train_file", bank_file, "--eval_file", bank_file, "--gold_file", bank_file, "--dict_only", *save_to("mwt")]
        )
        lemmatizer.main([*trees[:-1], "--dict_only", *save_to("lemma")[2:]])
        tagger.main([*trees, *small, *steps, "100", "--deep_biaff_hidden_dim", "16", *save_to("pos")])
        parser.main([*trees, *small, *steps, "200", "--deep_biaff_hidden_dim", "16", "--tag_emb_dim", "8", *save_to("depparse")])
    models = dict.fromkeys(("tokenize", "mwt", "pos", "lemma", "depparse"), "tiny")
    entry = {"lang_name": "Arabic", "packages": {"default": models}, **{processor: {"tiny": {}} for processor in models}}
    (root / "resources.json").write_text(json.dumps({"ar": entry}), "utf-8")
    return root


SCRIPT = """
import json, sys
from kg.model import Analysis, Article, Span
from kg.parse.stage import ParseStage
text = sys.argv[1]
half = text.index("\\n")
body = (Span(0, half), Span(half + 1, len(text)))
document = ParseStage("stanza")(Analysis(Article("t", text, body, "ar"))).document
print(json.dumps({
    "parser": document.parser, "trees": document.trees,
    "sentences": [[s.span.start, s.span.end, s.first, s.last] for s in document.sentences],
    "lemmas": [t.lemma for t in document.tokens],
    "tokens": [[t.start, t.end, t.pos, t.dep, t.head] for t in document.tokens],
}))
"""


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Parse ``text`` in a new process whose stanza folder is ``folder``."""
    import os

    environment = {**os.environ, "STANZA_RESOURCES_DIR": str(folder), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", SCRIPT, text]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)


@needs_stanza
@pytest.mark.slow
def test_a_trained_model_parses_an_article(resources: Path) -> None:
    text = "اعتقلت الشرطة\u200f التاجر في المدينة. وبرأت المحكمة المدير في القرية.\nواستدعت النيابة السائق في الميناء."
    done = run(text, resources)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["parser"].startswith("stanza ar tiny (stanza ")
    assert found["trees"] is True
    words = [text[start:end] for start, end, *_ in found["tokens"]]
    assert words == [
        *("اعتقلت", "الشرطة", "التاجر", "في", "المدينة", "."),
        *("و", "برأت", "المحكمة", "المدير", "في", "القرية", "."),
        *("و", "استدعت", "النيابة", "السائق", "في", "الميناء", "."),
    ]
    assert [text[start:end].split()[0] for start, end, *_ in found["sentences"]] == ["اعتقلت", "وبرأت", "واستدعت"]
    relations = [dep for *_, dep, _ in found["tokens"]]
    assert relations[:6] == ["root", "nsubj", "obj", "case", "obl", "punct"]
    assert relations[6:9] == ["cc", "root", "nsubj"]
    heads = [head for *_, head in found["tokens"]]
    assert heads[6:13] == [7, 7, 7, 7, 11, 7, 7]
    assert [pos for _, _, pos, *_ in found["tokens"]][:3] == ["VERB", "NOUN", "NOUN"]
    assert found["lemmas"][0] == "اعتقل"
    assert run(text, resources).stdout == done.stdout


@needs_stanza
@pytest.mark.slow
def test_absent_models_are_named_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    done = run("كلمة\nأخرى", tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert "stanza has no models for 'ar'" in last
    assert "stanza.download('ar')" in last


@needs_stanza
@pytest.mark.slow
def test_a_damaged_folder_is_one_error(tmp_path: Path) -> None:
    entry = {"packages": {"default": {"tokenize": "tiny"}}, "tokenize": {"tiny": {}}}
    (tmp_path / "resources.json").write_text(json.dumps({"ar": entry}), "utf-8")
    (tmp_path / "ar" / "tokenize").mkdir(parents=True)
    (tmp_path / "ar" / "tokenize" / "tiny.pt").write_bytes(b"not a model")
    done = run("كلمة\nأخرى", tmp_path)
    assert "ConfigurationError: stanza can't load its models for 'ar'" in done.stderr


@needs_stanza
def test_names_become_mentions_of_the_kinds_of_the_pack() -> None:
    from stanza.models.common.doc import Document

    from kg.parse.assemble import kinds
    from kg.parse.stanza_ import parse_result

    text = "زار سامي حداد بيروت ."
    rows, at = [], 0
    for number, (word, tag) in enumerate(zip(text.split(), ["O", "B-PER", "E-PER", "S-LOC", "S-MISC"], strict=True), 1):
        start = text.index(word, at)
        at = start + len(word)
        rows.append(
            {
                "id": number,
                "text": word,
                "head": 0 if number == 1 else 1,
                "deprel": "dep",
                "ner": tag,
                "start_char": start,
                "end_char": at,
            }
        )
    document = Document([rows], text=text)
    document.build_ents()
    (block,) = blocks(Article("t", text, (Span(0, len(text)),), "ar"))
    parsed = parse_result(block, document, kinds(load_pack("ar")))
    assert [(text[start:end], kind) for start, end, kind in parsed.names] == [("سامي حداد", Kind.PERSON), ("بيروت", Kind.PLACE)]
    assert [piece.head for piece in parsed.pieces] == [-1, 0, 0, 0, 0]
