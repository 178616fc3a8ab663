"""Wheels made of installed packages."""

import hashlib
import zipfile
from importlib.metadata import distribution

import pytest

from crmlab.errors import CrmlabError
from crmlab.site.wheels import own_wheel, repacked, zip_folder


def names(wheel):
    return zipfile.ZipFile(wheel).namelist()


@pytest.mark.parametrize("package", ["markupsafe", "jupyterlab_widgets", "narwhals"])
def test_a_repacked_wheel_is_pure_and_nothing_but_its_package(package, tmp_path):
    wheel = repacked(distribution(package), tmp_path)
    inside = names(wheel)
    assert wheel.name.endswith("-py3-none-any.whl")
    assert f"{package}/__init__.py" in inside
    assert not [
        name for name in inside if name.endswith((".so", ".pyd", ".pyc")) or name.startswith(("..", "/"))
    ]
    record = next(name for name in inside if name.endswith("RECORD"))
    assert len(zipfile.ZipFile(wheel).read(record).splitlines()) == len(inside)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    digests = set()
    for number in (1, 2):
        folder = tmp_path / str(number) / "site"
        folder.mkdir(parents=True)
        own_wheel(folder, ["pandas"])
        zip_folder(folder, tmp_path / f"{number}.zip")
        digests.add(hashlib.sha256((tmp_path / f"{number}.zip").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_what_is_compiled_is_refused(tmp_path):
    with pytest.raises(CrmlabError, match="numpy has compiled parts"):
        repacked(distribution("numpy"), tmp_path)


def test_crmlab_brings_what_solution_reads_and_no_notebook(tmp_path):
    inside = names(own_wheel(tmp_path, ["pandas"]))
    assert "crmlab/_solutions/01-value-customers.py" in inside
    assert "crmlab/locale/zh.toml" in inside
    assert not [name for name in inside if name.endswith(".ipynb") or "__pycache__" in name]
