"""Messages are asked for by key, in the language that is in force; what nobody has translated is said in English."""

import threading

import pytest

from grader.words import CatalogueError, catalogue_of, in_language, language_in_force, languages, say, say_count
from grader.words.catalogue import fields_of

ENGLISH = 'language = "xx"\nname = "Xx"\n'


def written(folder, text):
    path = folder / "xx.toml"
    path.write_text(ENGLISH + text, encoding="utf-8")
    return str(path)


def test_a_message_has_its_fields_filled_in():
    assert say("finding.missing", function="grad_mu") == "the submission has no function `grad_mu`"


def test_a_field_that_looks_like_another_is_only_text():
    assert (
        say("finding.missing", function="{times}{0.__class__}")
        == "the submission has no function `{times}{0.__class__}`"
    )


def test_one_is_said_of_a_single_thing_only():
    assert say_count("cases.right", 1) == "the one case tried"
    assert say_count("cases.right", 0) == "all 0 cases"
    assert say_count("cases.right", 12) == "all 12 cases"


def test_there_is_no_message_without_a_key_and_no_field_left_open():
    with pytest.raises(KeyError):
        say("finding.no_such")
    with pytest.raises(KeyError):
        say("finding.missing")


def test_another_language_holds_within_its_block_and_its_thread(tmp_path):
    own = written(tmp_path, 'finding.missing = "keine Funktion `{function}`"\n')
    heard = []
    with in_language(own):
        assert language_in_force() == "xx"
        assert say("finding.missing", function="f") == "keine Funktion `f`"
        assert say("finding.uninformative") == catalogue_of("en").texts["finding.uninformative"].other
        thread = threading.Thread(target=lambda: heard.append(say("finding.missing", function="f")))
        thread.start()
        thread.join()
    assert heard == ["the submission has no function `f`"]
    assert language_in_force() == "en"
    assert say("finding.missing", function="f") == heard[0]


def test_the_block_ends_with_an_exception_too(tmp_path):
    with pytest.raises(ZeroDivisionError), in_language(written(tmp_path, "")):
        raise ZeroDivisionError
    assert language_in_force() == "en"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('finding.no_such = "x"', "there is no message `finding.no_such`"),
        ('finding.missing = "nothing"', "`finding.missing` leaves out {function}"),
        ('finding.missing = "{function} {answer}"', "`finding.missing` has no field {answer}"),
        ('finding.missing = "{function.__class__}"', "the field {function.__class__} should be a plain name"),
        ('finding.missing = "{function!r}"', "should be a plain name"),
        ('finding.missing = "{function"', "`finding.missing`: expected '}'"),
        ("finding.missing = 3", "`finding.missing` should be a text"),
        ('cases.right = { other = "x", few = "y" }', "`cases.right` should be a text"),
    ],
)
def test_a_translation_that_would_fail_later_is_refused_at_once(tmp_path, text, says):
    with pytest.raises(CatalogueError) as caught:
        catalogue_of(written(tmp_path, text))
    assert says in caught.value.says


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(CatalogueError) as caught:
        catalogue_of(written(tmp_path, 'finding.missing = "x"\nfinding.no_such = "x"\nfinding.also_none = "x"\n'))
    assert caught.value.says.count("\n") == 2


@pytest.mark.parametrize("data", [b"\xff", b"language = 3", b"= x", b"[" * 5000])
def test_what_is_no_catalogue_is_said_to_be_none(tmp_path, data):
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    with pytest.raises(CatalogueError):
        catalogue_of(str(path))


@pytest.mark.parametrize("name", ["xx", "no/such.toml", "\0.toml", "../en"])
def test_a_language_that_is_not_there_is_said_not_to_be(name):
    with pytest.raises(CatalogueError):
        catalogue_of(name)


def test_a_count_may_be_left_out_where_one_is_meant(tmp_path):
    own = written(tmp_path, 'cases.right = { one = "der eine", other = "alle {count}" }')
    with in_language(own):
        assert say_count("cases.right", 1) == "der eine"


@pytest.mark.parametrize("language", languages())
def test_every_text_of_every_language_has_plain_fields(language):
    for text in catalogue_of(language).texts.values():
        for written_ in (text.one, text.other):
            if written_ is not None:
                assert fields_of(written_) is not None
