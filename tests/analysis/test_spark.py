"""The same functions on PySpark, in one small session: equal to the cent and to the row."""

from __future__ import annotations

import os
import shutil

import pandas as pd
import pytest

from crmlab import Company
from crmlab.analysis import new_customers
from crmlab.company.connect import check_time_zone
from crmlab.company.stores import CARD_TABLE
from crmlab.errors import CrmlabError

from .engines import equal, tiny

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:.*(pandas|copy keyword).*::pyspark"),
]

#: One thread for all (Java's collector too), few files, and plans that are interpreted: to compile them takes
#: longer than they run.
SMALL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Java is not installed, which Spark needs (17 or later)")
    builder = sql.SparkSession.builder.master("local[1]").appName("crmlab")
    for key, value in (SMALL | {"spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("hive"))}).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("my data"))


@pytest.fixture(scope="module")
def loaded(folder):
    return Company.read(folder)


@pytest.fixture(scope="module")
def connected(session, folder):
    company = Company.connect(folder, spark=session)
    for table in company.raw.values():
        table.cache()
    return company


def test_an_analysis_is_equal(connected, loaded, entry):
    equal(entry, connected, loaded, "a year")


def test_it_is_the_same_company(connected, loaded):
    assert connected.engine == "pyspark"
    assert (connected.me, connected.account, connected.language) == (loaded.me, loaded.account, "en")
    for name in ("employees", "opportunities", "expenses"):  # where numbers, days and words are missing
        pd.testing.assert_frame_equal(getattr(connected, name), getattr(loaded, name))


def test_the_tables_of_a_catalogue(session, folder):
    names = ("employees", "customers", "products", "orders", "order_lines")
    for name in names:
        rows = session.read.parquet(str(folder / f"{name}.parquet"))
        if name == "orders":  # Spark's own kind of time, which has the session's zone
            rows = rows.withColumn("ordered_at", rows["ordered_at"].cast("timestamp"))
        rows.createOrReplaceTempView(name)
    card = [("language", "en"), ("seed", "2026"), ("account", "s2026017")]
    session.createDataFrame(card, "key string, value string").createOrReplaceTempView(CARD_TABLE)
    company = Company.connect(session)
    assert sorted(company.raw) == sorted(names)
    pd.testing.assert_frame_equal(new_customers(company), new_customers(Company.read(folder)))
    session.catalog.dropTempView("orders")
    with pytest.raises(CrmlabError, match=r"orders.*missing"):
        Company.connect(session)


def test_a_folder_that_is_not_there(session, tmp_path):
    with pytest.raises(CrmlabError, match=r"company\.toml"):
        Company.connect(tmp_path, spark=session)


def test_another_time_zone_would_shift_every_period(session, connected):
    before = session.conf.get("spark.sql.session.timeZone")
    session.conf.set("spark.sql.session.timeZone", "Pacific/Auckland")
    try:
        with pytest.raises(CrmlabError, match="Pacific/Auckland"):
            check_time_zone(session, connected.start, connected.today, "en")
    finally:
        session.conf.set("spark.sql.session.timeZone", before)
