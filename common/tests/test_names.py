import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import names

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)
ANY_NAME = st.text(min_size=1, max_size=80)


def texts(name):
    return {token.text for token in names.tokens(name)}


@pytest.mark.parametrize(
    "typed", ["张伟", "张", "伟", "zhangwei", "zhang wei", "zhangw", "ZW", "wei", "张 伟", "张wei"]
)
def test_zhang_wei_is_found_however_he_is_typed(typed):
    assert any(token.startswith(names.search_key(typed)) for token in texts("张伟"))


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("张伟", "zhang wei"),
        ("单雄信", "shan xiongxin"),
        ("仇英", "qiu ying"),
        ("曾志伟", "zeng zhiwei"),
        ("解晓东", "xie xiaodong"),
        ("区建国", "ou jianguo"),
        ("翟志刚", "zhai zhigang"),
        ("查良镛", "zha liangyong"),
        ("朴正熙", "piao zhengxi"),
        ("欧阳娜娜", "ouyang nana"),
        ("尉迟恭", "yuchi gong"),
        ("万俟卨", "moqi xie"),
        ("闾丘露薇", "lvqiu luwei"),
        ("張偉", "zhang wei"),
        ("José García-López", "jose garcia lopez"),
        ("Søren O’Brien", "søren obrien"),
    ],
)
def test_surnames_are_read_as_surnames(name, pinyin):
    assert names.pinyin(name) == pinyin


def test_another_reading_of_the_surname_is_found_too():
    assert {"shanxiongxin", "danxiongxin"} <= texts("单雄信")


@pytest.mark.parametrize("typed", ["lüwei", "lvwei", "luwei", "lyuwei"])
def test_the_umlaut_is_found_however_it_is_typed(typed):
    assert names.search_key(typed) in texts("吕伟")


@pytest.mark.parametrize("typed", ["jose", "JOSÉ", "garcia", "garcia jose", "José García", "jg", "ｊｏｓｅ"])
def test_a_latin_name_is_found_without_accents_and_in_any_order(typed):
    assert any(token.startswith(names.search_key(typed)) for token in texts("José García"))


def test_a_name_in_two_scripts_is_found_by_both():
    assert {"zhangwei", "david", "davidzhangwei", "张伟"} <= texts("张伟 David")


def test_initials_take_one_letter_of_each_syllable_or_word():
    assert names.initials("欧阳娜娜") == "oynn"
    assert names.initials("José García") == "jg"


def test_a_compound_surname_of_two_characters_alone_is_surname_and_given_name():
    assert names.split("欧阳") == ("欧", "阳")
    assert names.split("欧阳修") == ("欧阳", "修")
    assert names.split("Alice") == ("", "")


def test_invisible_characters_and_wide_forms_are_cleaned():
    assert names.clean(" Ａｌｉｃｅ\u200b \t\n  Smith\u202e ") == "Alice Smith"


@given(HAN)
def test_a_chinese_name_has_few_tokens_and_is_found_by_itself(name):
    found = names.tokens(name)
    assert len(found) <= 20
    assert names.search_key(name) in {token.text for token in found}


@given(ANY_NAME)
def test_tokens_of_any_text_are_folded_bounded_and_distinct(name):
    found = names.tokens(name)
    assert all(0 < len(token.text) <= names.TOKEN_LENGTH for token in found)
    assert len({token.text for token in found}) == len(found) <= 4 * names.MOST_WORDS


@given(ANY_NAME)
def test_cleaning_twice_changes_nothing(name):
    assert names.clean(names.clean(name)) == names.clean(name)
