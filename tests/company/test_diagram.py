"""The data dictionary and the diagram of the tables."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from crmlab import Company
from crmlab.company.diagram import FILES, areas, diagram, diagrams, references
from crmlab.company.dictionary import dictionaries
from crmlab.company.schema import TABLES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def picture(language):
    return ET.fromstring(diagram(language).svg)


def boxes(picture):
    """Return left, top, right, bottom of the boxes of the tables."""
    found = [group.find(f"{SVG}rect") for group in picture.iter(f"{SVG}g")]
    edges = [
        [int(box.get(name)) for name in ("x", "y", "width", "height")] for box in found if box is not None
    ]
    return [(x, y, x + width, y + height) for x, y, width, height in edges]


def test_every_table_stands_in_one_area():
    placed = [table.name for _, members in areas(TABLES.values()) for table in members]
    assert sorted(placed) == sorted(TABLES)
    assert max(len(members) for _, members in areas(TABLES.values())) <= 8


def test_every_key_and_relation_is_drawn(picture, language):
    words = [text.text for text in picture.iter(f"{SVG}text")]
    for table in TABLES.values():
        assert {table.name, table.key, table.title.to(language)} <= set(words)
        for column, other in references(table):
            assert f"{column.name} → {other}" in words


def test_tables_do_not_overlap_and_lie_on_the_page(picture):
    placed = boxes(picture)
    assert len(placed) == len(TABLES)
    width, height = int(picture.get("width")), int(picture.get("height"))
    assert all(0 <= x < right <= width and 0 <= y < bottom <= height for x, y, right, bottom in placed)
    for one, other in combinations(placed, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_words_stay_in_their_box(picture):
    for group in picture.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        for text in group.findall(f"{SVG}text") if box is not None else ():
            wide = sum(1 if ord(letter) > 0x2E80 else 0.57 for letter in text.text) * int(
                text.get("font-size")
            )
            assert int(text.get("x")) + wide < int(box.get("x")) + int(box.get("width")), text.text


def test_no_line_crosses_a_table(picture):
    for group in picture.iter(f"{SVG}g"):
        if group.get("class") != "crmlab-line":
            continue
        for x1, y1, x2, y2 in strokes(group.find(f"{SVG}path").get("d")):
            for left, top, right, bottom in boxes(picture):
                inside = max(x1, left + 1) < min(x2, right) or (x1 == x2 and left < x1 < right)
                assert not (inside and y1 <= bottom and y2 >= top)


def strokes(path):
    """Return the lines of a path as left, top, right, bottom."""
    for stroke in path.split("M")[1:]:
        if "H" in stroke:
            start, x2 = stroke.split("H")
            x1, y = map(int, start.split())
            yield min(x1, int(x2)), y, max(x1, int(x2)), y
        else:
            start, y2 = stroke.split("V")
            x, y1 = map(int, start.split())
            yield x, min(y1, int(y2)), x, max(y1, int(y2))


def test_a_notebook_shows_the_picture_and_a_terminal_the_relations(company, chinese):
    shown = company.diagram()
    assert shown.svg in shown._repr_html_()
    assert "order_lines (Order lines): line_id, order_id -> orders" in repr(shown)
    assert "客户" in repr(chinese.diagram())
    small = Company({name: company.raw[name] for name in ("employees", "customers")}, language="en")
    assert "orders" not in repr(small.diagram())
    assert "orders" not in small.dictionary().text


def test_the_dictionary_of_a_company_and_of_a_table(company, chinese):
    assert all(f"## {name}\n" in company.dictionary().text for name in TABLES)
    one = chinese.dictionary("orders")
    assert one._repr_markdown_() == repr(one) == one.text
    assert "## orders 订单" in one.text and "## customers" not in one.text
    with pytest.raises(AttributeError, match="order_lines"):
        company.dictionary("order")


def test_the_pages_link_the_picture(language):
    assert f"]({FILES[language]})" in "".join(dictionaries().values())
    assert ET.fromstring(diagrams()[FILES[language]]).tag == f"{SVG}svg"
    assert diagrams()[FILES[language]] == diagrams()[FILES[language]]
