"""Translation models in folders: found by their names, run in a child, refused with what is wanting.

The CTranslate2 model is made here with random weights: these tests are about the protocol (tokens in,
tokens out, prefixes, routes, refusals) and assert nothing on quality. No Firefox model can be made
here: its shallow SSRU decoder and quantised Marian format have no writer outside Mozilla's trainer, so
its good path is only as far tested as a damaged model goes.
"""

import json
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from silkreel.engines.contracts import EngineMissing, LineToTranslate, TranslationRequest
from silkreel.engines.firefox import model_files
from silkreel.engines.language_pairs import ModelUnreadable, PairFolders
from silkreel.engines.registry import open_engine
from silkreel.kit.effort import measuring
from silkreel.kit.settings import Settings
from skips import BEYOND_CI

WORDS = [f"w{n}" for n in range(24)]
VOCABULARY = ["<blank>", "<s>", "</s>", "<unk>", *WORDS]
WIDTH, INNER, POSITIONS = 16, 32, 300  # random weights never end a sentence


def make_model(folder, seed=1):
    """A one-layer Transformer with random weights and a tokenizer of whole words."""
    from ctranslate2.specs import Activation, TransformerSpec

    dice = np.random.default_rng(seed)

    def some(*shape):
        return dice.normal(0, 0.3, shape).astype(np.float32)

    def norm(part):
        part.gamma, part.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def linear(part, rows, columns):
        part.weight, part.bias = some(rows, columns), np.zeros(rows, np.float32)

    def attention(part, sizes):
        norm(part.layer_norm)
        for layer, size in zip(part.linear, sizes, strict=True):
            linear(layer, size, WIDTH)

    def feed_forward(part):
        norm(part.layer_norm)
        linear(part.linear_0, INNER, WIDTH)
        linear(part.linear_1, WIDTH, INNER)

    spec = TransformerSpec.from_config((1, 1), 2, pre_norm=False, activation=Activation.SWISH)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.embeddings[0].weight = some(len(VOCABULARY), WIDTH)
    decoder.embeddings.weight = some(len(VOCABULARY), WIDTH)
    for part in (encoder, decoder):
        part.position_encodings.encodings = some(POSITIONS, WIDTH)
        attention(part.layer[0].self_attention, (3 * WIDTH, WIDTH))
        feed_forward(part.layer[0].ffn)
    attention(decoder.layer[0].attention, (WIDTH, 2 * WIDTH, WIDTH))
    linear(decoder.projection, len(VOCABULARY), WIDTH)
    spec.register_source_vocabulary(VOCABULARY)
    spec.register_target_vocabulary(VOCABULARY)
    spec.validate()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    numbers = {word: place for place, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))


def request(source, target, *texts):
    lines = tuple(LineToTranslate(f"l{n}", text) for n, text in enumerate(texts))
    return TranslationRequest(source, target, lines)


@pytest.fixture
def folder(tmp_path):
    make_model(tmp_path / "models" / "zh-en")
    return tmp_path / "models"


@pytest.fixture
def opened(folder, tmp_path):
    engine = open_engine(
        "translators", "ctranslate2", Settings(home=tmp_path / "home", ctranslate2_folder=folder)
    )
    yield engine
    engine.close()


def test_protocol_every_line_gets_one_full_wording_and_cpu_seconds_are_counted(opened):
    with measuring() as effort:
        found = opened.translate(request("zh-Hans", "en", "w1 w2 w3", "w4"))
    assert [(c.line_id, c.length) for c in found] == [("l0", "full"), ("l1", "full")]
    assert all(set(c.text.split()) <= set(VOCABULARY) for c in found)
    assert effort.cpu_seconds["ctranslate2"] > 0


def test_protocol_the_same_text_gives_the_same_words(opened):
    first, second = (opened.translate(request("zh", "en", "w1 w2")) for _ in range(2))
    assert first == second


def test_the_card_names_the_files(opened, folder):
    card = opened.card
    assert len(card.model_sha256) == 64
    assert card.languages == ("en", "zh")
    assert not opened.rewords


def test_a_pair_is_found_by_tag_or_language_and_no_other(opened):
    assert opened.can("zh-Hans", "en-US")
    assert not opened.can("en", "zh")
    assert not opened.can("zh", "es")
    assert opened.translate(request("zh", "es", "w1")) == ()


def test_protocol_two_models_meet_in_english(folder, tmp_path):
    make_model(folder / "en-es", seed=2)
    home = Settings(home=tmp_path / "home", ctranslate2_folder=folder)
    engine = open_engine("translators", "ctranslate2", home)
    try:
        assert engine.can("zh", "es")
        assert len(engine.translate(request("zh", "es", "w1 w2"))) == 1
    finally:
        engine.close()


def test_protocol_a_prefix_of_the_target_is_given_and_taken_off(folder, tmp_path):
    prompt = {"source_suffix": ["</s>"], "target_prefix": ["w7"]}
    (folder / "zh-en" / "prompt.json").write_text(json.dumps(prompt))
    home = Settings(home=tmp_path / "home", ctranslate2_folder=folder)
    engine = open_engine("translators", "ctranslate2", home)
    try:
        [found] = engine.translate(request("zh", "en", "w1 w2"))
    finally:
        engine.close()
    assert not found.text.startswith("w7 w7")


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "prompt.json"])
def test_a_damaged_model_is_refused_and_the_child_lives_on(folder, tmp_path, name):
    make_model(folder / "en-es", seed=2)
    (folder / "zh-en" / name).write_bytes(b"damaged")
    home = Settings(home=tmp_path / "home", ctranslate2_folder=folder)
    engine = open_engine("translators", "ctranslate2", home)
    try:
        with pytest.raises(ModelUnreadable, match="zh-en"):
            engine.translate(request("zh", "en", "w1"))
        assert len(engine.translate(request("en", "es", "w1"))) == 1
    finally:
        engine.close()


@pytest.mark.parametrize("name", ["ctranslate2", "firefox"])
def test_without_a_folder_the_setting_is_named(tmp_path, name):
    with pytest.raises(EngineMissing, match=f"SILKREEL_{name.upper()}_FOLDER"):
        open_engine("translators", name, Settings(home=tmp_path))


@pytest.mark.parametrize("name", ["ctranslate2", "firefox"])
def test_a_folder_without_models_says_what_belongs_there(tmp_path, name):
    (tmp_path / "models" / "zh-en").mkdir(parents=True)
    here = Settings(home=tmp_path, **{f"{name}_folder": tmp_path / "models"})
    with pytest.raises(EngineMissing, match="holds no subfolder"):
        open_engine("translators", name, here)


@pytest.mark.skipif(
    find_spec("sentencepiece") is not None, reason=f"{BEYOND_CI}: sentencepiece is installed"
)
def test_a_sentencepiece_model_says_which_package_it_needs(tmp_path):
    pair = tmp_path / "models" / "zh-en"
    pair.mkdir(parents=True)
    for name in ("model.bin", "source.spm", "target.spm"):
        (pair / name).write_bytes(b"x")
    here = Settings(home=tmp_path, ctranslate2_folder=tmp_path / "models")
    with pytest.raises(EngineMissing, match="pip install sentencepiece"):
        open_engine("translators", "ctranslate2", here)


def test_sentencepiece_is_used_where_it_is_there(monkeypatch, tmp_path):
    from silkreel.engines import ctranslate2_worker as worker

    class Processor:
        def __init__(self, path):
            self.path = path

        def encode(self, text, **_):
            return text.split()

        def decode(self, tokens):
            return f"{self.path[-10:]}:{' '.join(tokens)}"

    fake = SimpleNamespace(SentencePieceProcessor=Processor)
    monkeypatch.setitem(__import__("sys").modules, "sentencepiece", fake)
    pieces = worker.pieces(str(tmp_path), None, ("source.spm", "target.spm"))
    assert pieces.encode("a b") == ["a", "b"]
    assert pieces.decode(["c"]) == "target.spm:c"


def test_firefox_files_are_told_apart_with_one_vocabulary_or_two(tmp_path):
    names = ("model.zhen.intgemm.alphas.bin", "lex.50.50.zhen.s2t.bin", "vocab.zhen.spm")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    assert model_files(tmp_path) == {
        "model": names[0], "source": names[2], "target": names[2], "shortlist": names[1],
    }  # fmt: skip
    (tmp_path / "trgvocab.zhen.spm").write_bytes(b"x")
    (tmp_path / "srcvocab.zhen.spm").write_bytes(b"x")
    assert model_files(tmp_path)["target"] == "trgvocab.zhen.spm"


def test_a_damaged_firefox_model_is_refused_in_its_child(tmp_path):
    pair = tmp_path / "models" / "zh-en"
    pair.mkdir(parents=True)
    (pair / "model.zhen.intgemm.alphas.bin").write_bytes(b"damaged")
    (pair / "vocab.zhen.spm").write_bytes(b"damaged")
    here = Settings(home=tmp_path / "home", firefox_folder=tmp_path / "models")
    engine = open_engine("translators", "firefox", here)
    try:
        assert engine.can("zh-Hans", "en")
        assert engine.card.weights_licence == "MPL-2.0"
        with pytest.raises(ModelUnreadable, match="zh-en"):
            engine.translate(request("zh", "en", "你好"))
    finally:
        engine.close()


def test_the_most_precise_folder_is_taken(tmp_path):
    for name in ("zh-pt", "zh-Hans-pt-BR", "en-pt"):
        (tmp_path / name).mkdir()
    folders = PairFolders(tmp_path, lambda _: True)
    assert folders.route("zh-Hans", "pt-BR")[0].name == "zh-Hans-pt-BR"
    assert folders.route("zh-Hant", "pt")[0].name == "zh-pt"
    assert folders.languages() == ("en", "pt", "zh")
