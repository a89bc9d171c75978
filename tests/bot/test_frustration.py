"""The frustration scorer: what it learns from, that it learns, and that a stored one is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from components.errors import FrustrationLinesInvalid, FrustrationNotTrained
from components.frustration import BOT_BEFORE, FRUSTRATION, FrustrationScorer
from components.frustration_lines import Line, main, read_lines, read_table, without_near_duplicates, written
from components.frustration_model import FrustrationModel
from components.frustration_signs import cues, message_signs, turn_kinds

FOLDER = "data/general"
_LEAST_LINES = 1700
_LEAST_AUC = 0.87


@pytest.fixture(scope="module")
def lines(root: Path) -> list[Line]:
    return read_lines(root / FOLDER / "frustration.yml")


@pytest.fixture(scope="module")
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "frustration")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path_factory.mktemp("storage"))


@pytest.fixture(scope="module")
def scorer(root: Path, storage: LocalModelStorage, context: ExecutionContext) -> FrustrationScorer:
    made = FrustrationScorer.create({"part_folders": [FOLDER]}, storage, Resource("frustration"), context)
    made.train(TrainingData())
    return made


def test_there_are_many_lines_half_of_them_calm_and_many_with_a_turn_before(lines: list[Line]) -> None:
    assert len(lines) >= _LEAST_LINES
    assert 0.42 <= sum(line.frustrated for line in lines) / len(lines) <= 0.58
    assert sum(bool(line.after) for line in lines) >= 0.3 * len(lines)


def test_no_line_is_there_nearly_twice(lines: list[Line]) -> None:
    assert without_near_duplicates(lines)[1] == []


def test_nearly_the_same_is_found_and_the_same_words_after_another_turn_are_not() -> None:
    first = Line("Wo bleibt denn bloß meine Bestellung, ich warte seit Wochen!", "", True)
    again = Line("wo bleibt denn bloss meine bestellung, ich warte seit wochen", "", True)
    praise, scorn = Line("super", "Alles ist erledigt.", False), Line("super", "Das geht leider nicht.", True)
    kept, left = without_near_duplicates([first, again, praise, scorn])
    assert kept == [first, praise, scorn]
    assert left == [(again, first)]


def test_unseen_messages_are_told_apart(lines: list[Line]) -> None:
    labels = np.array([line.frustrated for line in lines])
    scores = np.zeros(len(lines))
    for learned, asked in StratifiedKFold(3, shuffle=True, random_state=3).split(labels, labels):
        model = FrustrationModel.trained([(lines[at].text, lines[at].after) for at in learned], labels[learned])
        scores[asked] = model.scores([(lines[at].text, lines[at].after) for at in asked])
    assert roc_auc_score(labels, scores) >= _LEAST_AUC
    gap = [abs(labels[(scores >= low) & (scores < low + 0.2)].mean() - low - 0.1) for low in (0.0, 0.2, 0.4, 0.6, 0.8)]
    assert max(gap) <= 0.2, "a score says how often it is right"


def test_the_turn_before_decides(scorer: FrustrationScorer) -> None:
    after_good = scorer.assess("toll", "Ihre Adresse ist geändert.")["score"]
    after_bad = scorer.assess("toll", "Das geht leider nicht, der Auftrag wurde abgelehnt.")["score"]
    assert after_bad > after_good


@pytest.mark.parametrize("text", ["guten tag, wo finde ich meine rechnung", "vielen dank, das hat super geklappt!!!"])
def test_calm_messages_score_low_and_tell_no_cues(scorer: FrustrationScorer, text: str) -> None:
    found = scorer.assess(text)
    assert found["score"] < 0.5
    assert found["cues"] == []


def test_an_annoyed_message_scores_high_and_says_by_what(scorer: FrustrationScorer) -> None:
    found = scorer.assess("das habe ich jetzt schon dreimal geschrieben, keiner antwortet!!")
    assert found["score"] > 0.8
    assert any(cue.startswith("Wiederholung") for cue in found["cues"])


def test_messages_carry_the_score_and_tapped_buttons_do_not(scorer: FrustrationScorer) -> None:
    typed = Message({TEXT: "toll", "metadata": {BOT_BEFORE: "Das geht leider nicht."}})
    tapped = Message({TEXT: "/deny"})
    scorer.process([typed, tapped])
    assert typed.as_dict(only_output_properties=True)[FRUSTRATION] == scorer.assess("toll", "Das geht leider nicht.")
    assert tapped.get(FRUSTRATION) is None


def test_a_stored_scorer_is_the_same_and_holds_no_pickle(
    scorer: FrustrationScorer, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    loaded = FrustrationScorer.load({}, storage, Resource("frustration"), context)
    for text in ("wo ist mein paket", "ihr seid ja lustig"):
        assert loaded.assess(text)["score"] == pytest.approx(scorer.assess(text)["score"], abs=1e-3)
    with storage.read_from(Resource("frustration")) as folder:
        assert {path.suffix for path in folder.iterdir()} == {".json", ".npz"}
        np.load(folder / "frustration.npz", allow_pickle=False)["weights"]


def test_an_empty_store_and_missing_lines_are_named(storage: LocalModelStorage, context: ExecutionContext) -> None:
    with pytest.raises(FrustrationNotTrained):
        FrustrationScorer.load({}, storage, Resource("nothing"), context)
    empty = FrustrationScorer.create({"part_folders": ["docs"]}, storage, Resource("empty"), context)
    with pytest.raises(FrustrationLinesInvalid):
        empty.train(TrainingData())


def test_a_change_of_the_lines_is_trained_anew(tmp_path: Path) -> None:
    path, config = tmp_path / "frustration.yml", {"part_folders": [str(tmp_path)]}
    path.write_text(written([Line("a", "", True)]), encoding="utf-8")
    before = FrustrationScorer.fingerprint_addon(config)
    assert before == FrustrationScorer.fingerprint_addon(config)
    path.write_text(written([Line("b", "", True)]), encoding="utf-8")
    assert before != FrustrationScorer.fingerprint_addon(config)


def test_new_lines_are_put_in_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, table = tmp_path / "frustration.yml", tmp_path / "new.tsv"
    table.write_text('1\tGern.\tdas "gern" war wohl ein witz\n0\t\tguten tag: eine frage # zur rechnung\n', "utf-8")
    assert main([str(file), str(table)]) == 0
    assert main([str(file), str(table)]) == 0
    assert "2 lines, 0 of them new; 2 nearly the same" in capsys.readouterr().out
    assert read_lines(file) == read_table(table)


@pytest.mark.parametrize("row", ["2\t\ttext", "1\ttext", "0\tcontext\t "])
def test_a_row_without_sense_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str
) -> None:
    file, table = tmp_path / "frustration.yml", tmp_path / "new.tsv"
    table.write_text(row, encoding="utf-8")
    assert main([str(file), str(table)]) == 2
    assert "new.tsv:1" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize(
    "content", ["- a", "frustrated: []", "{frustrated: [], calm: [1]}", "{frustrated: [{text: a, x: b}], calm: []}"]
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "frustration.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FrustrationLinesInvalid, match=r"frustration\.yml"):
        read_lines(path)


def test_capitals_throughout_are_a_habit_and_between_small_letters_a_shout() -> None:
    assert "capitals" in message_signs("GUTEN TAG ICH HABE EINE FRAGE")
    assert "shouting" in message_signs("ich habe das NIEMALS bestellt")
    assert cues(message_signs("guten tag")) == []
    assert turn_kinds("") == ["none"]
    assert "bad_news" in turn_kinds("Das geht leider nicht.")
