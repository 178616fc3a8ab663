"""The gallery: complete, small, and the same every time."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from crmlab.analysis.menu import entries
from crmlab.authoring import gallery

SOME = ("customer-statistics", "gift-list")


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A gallery of two analyses in a checkout where a third one is left from before."""
    old = tmp_path / "docs" / gallery.IMAGES / "left-from-before-en.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    monkeypatch.setattr(gallery, "entries", lambda: [entry for entry in entries() if entry.slug in SOME])
    return tmp_path / "docs", list(gallery.write_gallery(tmp_path))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_has_every_analysis(written, language):
    docs, paths = written
    text = (docs / gallery.PAGES[language]).read_text(encoding="utf-8")
    for entry in entries():
        assert (entry.code() in text) == (entry.slug in SOME)
        if entry.slug in SOME:
            assert entry.name.to(language) in text and entry.about.to(language) in text
    images = re.findall(r"!\[(.+?)\]\((.+?)\)", text)
    assert len(images) == len(SOME)
    for alt, file in images:
        assert len(alt) > 40 and docs / file in paths


def test_charts_are_small_and_none_is_left_over(written):
    docs, paths = written
    images = sorted((docs / gallery.IMAGES).glob("*.png"))
    assert images == sorted(path for path in paths if path.suffix == ".png")
    for path in images:
        assert path.stat().st_size < 30_000
        image = Image.open(path)
        assert image.mode == "P" and image.size == (720, 380)


def test_written_twice_it_is_the_same(written, tmp_path):
    _, paths = written
    before = {path: path.read_bytes() for path in paths}
    assert {path: path.read_bytes() for path in gallery.write_gallery(tmp_path)} == before


def test_few_colours_keep_the_picture():
    picture = Image.new("RGB", (40, 40), "white")
    picture.paste((0, 114, 178), (0, 0, 20, 40))
    file = io.BytesIO()
    picture.save(file, format="PNG")
    small = Image.open(io.BytesIO(gallery.small(file.getvalue()))).convert("RGB")
    assert small.getpixel((5, 5)) == (0, 114, 178) and small.getpixel((35, 5)) == (255, 255, 255)
