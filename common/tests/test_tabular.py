import csv
import datetime
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from common import tabular

TEXT = "姓名,电话\n张伟,13800138000\n李娜,13900139000\n"
DANGEROUS = [
    "=1+1",
    " =1+1",
    "\t=1+1",
    "\r=1",
    "＝1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\u200b=1",
    "\u3000=1",
    "\x01=1",
    "﹢1",
]


def write(path, text, encoding):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_encoding_is_recognised(tmp_path, encoding):
    table = tabular.Table(write(tmp_path / "t.csv", TEXT, encoding))
    assert table.header == ["姓名", "电话"]
    assert [row.values["姓名"] for row in table.rows()] == ["张伟", "李娜"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(tmp_path, delimiter):
    path = write(tmp_path / "t.csv", TEXT.replace(",", delimiter), "utf-8")
    assert next(tabular.Table(path).rows()).values == {"姓名": "张伟", "电话": "13800138000"}


def test_a_delimiter_inside_quotes_does_not_count(tmp_path):
    path = write(tmp_path / "t.csv", '"a,b,c,d";e\n1;2\n', "utf-8")
    assert tabular.Table(path).header == ["a,b,c,d", "e"]


def test_rows_know_the_line_where_they_begin(tmp_path):
    path = write(tmp_path / "t.csv", 'a,b\n"x\ny",1\n\n2,3,4,\n5\n', "utf-8")
    rows = list(tabular.Table(path).rows())
    assert [row.line for row in rows] == [2, 5, 6]
    assert rows[1].extra == ["4"]
    assert rows[2].values == {"a": "5", "b": ""}


def test_bytes_of_no_known_encoding_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n\xff\xff\xff,1\n")
    with pytest.raises(tabular.UnreadableTable, match="unknown_encoding"):
        tabular.Table(path)


def test_the_encoding_can_be_told(tmp_path):
    path = write(tmp_path / "t.csv", "name\nJosé Peña\n", "latin-1")
    assert next(tabular.Table(path, encoding="latin-1").rows()).values["name"] == "José Peña"


@pytest.mark.parametrize(("text", "reason"), [("", "no_header"), ("a,a\n1,2\n", "columns_repeat")])
def test_a_table_without_a_usable_header_is_refused(tmp_path, text, reason):
    with pytest.raises(tabular.UnreadableTable, match=reason):
        tabular.Table(write(tmp_path / "t.csv", text, "utf-8"))


def test_an_endless_cell_is_refused(tmp_path):
    path = write(tmp_path / "t.csv", 'a\n"' + "x" * 200_000, "utf-8")
    with pytest.raises(tabular.UnreadableTable, match="broken_text"):
        list(tabular.Table(path).rows())


def test_a_workbook_gives_dates_and_numbers_as_text(tmp_path):
    book = Workbook()
    book.active.append(["姓名", "生日", "电话", "时刻"])
    book.active.append(["张伟", datetime.datetime(1990, 3, 7), 13800138000.0, datetime.datetime(2024, 5, 1, 8, 30)])
    book.save(tmp_path / "t.xlsx")
    [row] = tabular.Table(tmp_path / "t.xlsx").rows()
    assert list(row.values.values()) == ["张伟", "1990-03-07", "13800138000", "2024-05-01 08:30:00"]
    assert tabular.Table(tmp_path / "t.xlsx").count() == 1


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(tabular.UnreadableTable, match="zip_bomb"):
        tabular.Table(tmp_path / "t.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(tabular.UnreadableTable, match="broken_workbook"):
        tabular.Table(tmp_path / "t.xlsx")


def test_a_file_over_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular, "MAX_FILE_BYTES", 10)
    with pytest.raises(tabular.UnreadableTable, match="file_too_big"):
        tabular.Table(write(tmp_path / "t.csv", TEXT, "utf-8"))


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_an_export_can_run(text):
    [_, line] = tabular.csv_lines(["a"], [[text]])
    [[cell]] = csv.reader(io.StringIO(line, newline=""))
    assert cell == f"'{text}"
    assert tabular.unescape_cell(cell) == text


def test_a_phone_in_full_survives_an_export_and_comes_back(tmp_path):
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        tabular.write_csv(file, ["phone", "price"], [["+8613800138000", -5]])
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == "'+8613800138000,-5"
    assert next(tabular.Table(tmp_path / "t.csv").rows()).values["phone"] == "+8613800138000"


def test_a_written_workbook_holds_texts_not_formulas(tmp_path):
    tabular.write_xlsx(tmp_path / "t.xlsx", ["a", "b"], [["=1+1", "\x01bell"], [3, None]])
    sheet = load_workbook(tmp_path / "t.xlsx").active
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("'=1+1", "s"), ("bell", "s")]
    assert [row.values["a"] for row in tabular.Table(tmp_path / "t.xlsx").rows()] == ["=1+1", "3"]


@given(st.text(max_size=30))
def test_an_exported_text_reads_back_unchanged_unless_it_looked_escaped(text):
    safe = tabular.safe_cell(text)
    assert tabular.unescape_cell(safe) == (text if safe != text else tabular.unescape_cell(text))
