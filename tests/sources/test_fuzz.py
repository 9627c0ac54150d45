"""Whatever a file holds, a reader gives a valid object or says what is wrong."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.catalogue import Catalogue
from optimiser.errors import CatalogueError, InputError, ScenarioError, TableError
from optimiser.scenario import Scenario
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.communes_file import load_communes
from optimiser.sources.facilities_file import place_facilities
from optimiser.sources.matrix_file import read_matrix
from optimiser.sources.scenario_file import read_scenario
from optimiser.territory import Territory
from tests.sources.builders import catalogue, territory

CATALOGUE = catalogue()
TERRITORY = territory()
FEW = settings(max_examples=60, deadline=None)

TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet", ".gpkg", ".geojson", ".omx")
MAGIC = (
    b"",
    b"PK\x03\x04",
    b"PAR1",
    b"SQLite format 3\x00",
    b"\x89HDF\r\n\x1a\n",
    b"\xff\xfe",
    b"{",
)

cells = st.one_of(
    st.sampled_from(["59172", "59526", "59606", "1001", "", "swimming_pool", "Piscine", "Denain"]),
    st.sampled_from(["12,5", "-3", "1e400", "nan", "inf", "9999", "0", '"', "a;b", "oui", "\t"]),
    st.text(max_size=6),
)
headings = st.sampled_from(
    "code Nom population lon lat superficie bassin membre epci 65+ 0-19 20-64".split()  # noqa: SIM905
    + "service commune sites places année origin destination minutes".split()  # noqa: SIM905
    + ["59172", "59526", "59606", "DEPCOM", "TYPEQU", "AN", "NB_EQUIP", ""]
)
rows = st.lists(st.lists(cells, max_size=6), max_size=5)


def communes(path: Path) -> object:
    return load_communes(path, "200042190", CATALOGUE)


def facilities(path: Path) -> object:
    return place_facilities(path, TERRITORY, CATALOGUE)


def matrix(path: Path) -> object:
    return read_matrix(path, TERRITORY)[0].minutes


def outcome(reader: Callable[[Path], object], name: str, content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return reader(path)
        except InputError as error:
            refusal = error
    assert refusal.findings
    assert all(finding.problem and finding.file for finding in refusal.findings)
    return refusal


@pytest.mark.parametrize("reader", [communes, facilities, matrix])
@FEW
@given(suffix=st.sampled_from(TABLES), magic=st.sampled_from(MAGIC), body=st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(
    reader: Callable[[Path], object], suffix: str, magic: bytes, body: bytes
) -> None:
    result = outcome(reader, f"x{suffix}", magic + body)
    assert isinstance(result, Territory | TableError) or reader is matrix


@pytest.mark.parametrize("reader", [communes, facilities, matrix])
@FEW
@given(head=st.lists(headings, min_size=1, max_size=6), body=rows, sign=st.sampled_from(";,\t"))
def test_random_tables_are_read_or_refused(
    reader: Callable[[Path], object], head: list[str], body: list[list[str]], sign: str
) -> None:
    text = "\n".join(sign.join(line) for line in [head, *body])
    result = outcome(reader, "x.csv", text.encode("utf-8", errors="surrogatepass"))
    assert isinstance(result, Territory | TableError) or reader is matrix


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
geometries = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "Nonsense"]),
        "coordinates": st.recursive(
            st.floats() | st.integers(-200, 200), lambda inner: st.lists(inner, max_size=5)
        ),
    }
)
features = st.fixed_dictionaries(
    {"geometry": geometries | json_values, "properties": json_values},
    optional={"type": json_values},
)


@pytest.mark.parametrize("reader", [communes, facilities])
@FEW
@given(content=st.fixed_dictionaries({"features": st.lists(features, max_size=3)}) | json_values)
def test_random_geojson_is_read_or_refused(
    reader: Callable[[Path], object], content: object
) -> None:
    result = outcome(reader, "x.geojson", json.dumps(content).encode())
    assert isinstance(result, Territory | TableError)


toml_lines = st.lists(
    st.sampled_from(
        [
            "[budget]",
            "[[forced]]",
            "[services.library]",
            "[services]",
            "[coverage.guarantee]",
            "capital_eur = 3",
            'epci = ""',
            "title = 2024-01-01",
            "services = [1, 'a', {b = 1}]",
            "tiers = [ { minutes = 5, weight = 1 },",
            "] # x",
            "a.b.c = 1e400",
            "x = '''",
            '"""',
            'basin_floor = "none"',
            "discount_rate = nan",
            "agreements = 99999999999999999999999",
            "'quoted key'.\"another\" = true",
            "= 1",
            "[a",
            "public = { 0_19 = 1 }",
            "code = 'x'",
        ]
    )
    | st.text(max_size=8),
    max_size=8,
)


@FEW
@given(lines=toml_lines)
def test_random_scenarios_are_read_or_refused(lines: list[str]) -> None:
    content = "\n".join(lines).encode("utf-8", errors="surrogatepass")
    result = outcome(read_scenario, "x.toml", content)
    assert isinstance(result, Scenario | ScenarioError)


@FEW
@given(lines=toml_lines, body=st.binary(max_size=40))
def test_random_catalogues_are_read_or_refused(lines: list[str], body: bytes) -> None:
    content = "\n".join(lines).encode("utf-8", errors="surrogatepass") + body
    result = outcome(load_catalogue, "x.toml", content)
    assert isinstance(result, Catalogue | CatalogueError)


@pytest.mark.parametrize("name", ["x.toml", "x.csv"])
def test_deep_nesting_is_refused(name: str) -> None:
    text = "x = " + "[" * 100_000
    reader = read_scenario if name.endswith("toml") else communes
    assert isinstance(outcome(reader, name, text.encode()), InputError)


def test_deeply_nested_geojson_is_refused() -> None:
    assert isinstance(outcome(communes, "x.geojson", b"[" * 200_000), TableError)
