"""The syntax reaches names of fields and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import words


def test_a_field_is_replaced():
    assert words.fill("Dear {name}!", {"name": "张伟"}) == "Dear 张伟!"


def test_doubled_braces_are_braces():
    assert words.fill("{{name}} {name}", {"name": "Li"}) == "{name} Li"


def test_a_field_in_doubled_braces_stands_in_braces():
    assert words.fill("{{{x}}}", {"x": "secret"}) == "{secret}"


def test_the_names_are_told():
    assert words.names("{a} {b} {a} {{c}}") == {"a", "b"}


def test_an_unknown_field_is_named():
    with pytest.raises(words.UnknownField) as error:
        words.fill("{name}", {})
    assert error.value.name == "name"


@pytest.mark.parametrize(
    "attack",
    [
        "{settings.SECRET_KEY}", "{0.__class__}", "{0}", "{}", "{x!r}", "{x:>1000000}", "{x[0]}", "{x.y}", "{ x }",
        "{__class__}", "{x{x}}", "{X}", "{х}", "{" + "a" * 41 + "}", "{x\n}", "{x|safe}",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused(attack):
    with pytest.raises(words.BadSyntax):
        words.fill(attack, {"x": "1", "settings": "2", "0": "3"})


@pytest.mark.parametrize(("text", "position"), [("a {", 2), ("a } b", 2), ("{x}}", 3), ("中文{settings.X}", 2)])
def test_the_place_of_the_wrong_brace_is_told(text, position):
    with pytest.raises(words.BadSyntax) as error:
        words.names(text)
    assert error.value.position == position


def test_the_syntax_of_django_is_only_letters():
    assert words.fill("{{% debug %}} {{{{ settings }}}}", {}) == "{% debug %} {{ settings }}"


def test_what_is_filled_in_is_not_read_again():
    assert words.fill("{a} {b}", {"a": "{b} {settings.X} {{", "b": "b"}) == "{b} {settings.X} {{ b"


def test_a_fact_has_one_line():
    assert words.fill("{name}!", {"name": "Li\r\nBcc: all\x00\u2028x"}) == "Li Bcc: all x!"


def test_a_fact_does_not_turn_the_direction_of_the_words():
    assert words.fill("{name} pays", {"name": "\u202eevil\u202c\u200f"}) == "evil pays"


def test_emoji_and_very_long_words_stay():
    assert words.fill("{name}", {"name": "👩\u200d⚕️" + "x" * 100_000}) == "👩\u200d⚕️" + "x" * 100_000


@given(st.text(alphabet="{}ab.!:[]", max_size=12), st.text(max_size=20))
def test_words_are_filled_or_refused_and_nothing_else_happens(text, fact):
    with suppress(words.BadSyntax, words.UnknownField):
        words.fill(text, {"a": fact, "b": fact})


@given(st.text(max_size=40))
def test_text_with_doubled_braces_says_itself(text):
    assert words.fill(text.replace("{", "{{").replace("}", "}}"), {}) == text
