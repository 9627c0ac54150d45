import pickle
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.errors import Finding, TableError
from optimiser.sources import omx
from optimiser.sources.matrix_file import read_matrix
from tests.sources.builders import DENAIN, SAINT_AMAND, VALENCIENNES, territory, write

CODES = (DENAIN, SAINT_AMAND, VALENCIENNES)
MINUTES = np.array([[2.0, 18.5, 15.0], [19.0, 3.0, 21.0], [16.0, 22.0, 4.0]])


def pairs(minutes: np.ndarray = MINUTES) -> Iterator[tuple[str, str, float]]:
    for i, origin in enumerate(CODES):
        for j, destination in enumerate(CODES):
            yield origin, destination, float(minutes[i, j])


def long_csv() -> str:
    lines = [f"{a};{b};{m:g}".replace(".", ",") for a, b, m in pairs()]
    return "\n".join(["origin;destination;minutes", *lines])


def square_csv() -> str:
    lines = [f"{c};" + ";".join(map(str, row)) for c, row in zip(CODES, MINUTES, strict=True)]
    return "\n".join([";" + ";".join(CODES), *lines])


def write_omx(path: Path, **changes: np.ndarray) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["OMX_VERSION"] = b"0.2"
        file.create_dataset("data/minutes", data=changes.get("minutes", MINUTES))
        file.create_dataset("data/distance", data=MINUTES * 1000)
        zones = changes.get("zones", np.array([int(code) for code in CODES]))
        file.create_dataset("lookup/row", data=np.arange(len(zones)))
        file.create_dataset("lookup/insee", data=zones)
    return path


def refused(path: Path) -> list[Finding]:
    with pytest.raises(TableError) as caught:
        read_matrix(path, territory())
    return list(caught.value.findings)


def written(folder: Path, kind: str) -> Path:
    if kind == "omx":
        return write_omx(folder / "m.omx")
    if kind == "square":
        return write(folder, "m.csv", square_csv())
    if kind == "long":
        return write(folder, "m.csv", long_csv())
    frame = pd.DataFrame(pairs(), columns=["from_id", "to_id", "travel_time_p50"])
    if kind == "parquet":
        frame.to_parquet(folder / "m.parquet")
        return folder / "m.parquet"
    frame.to_excel(folder / "m.xlsx", index=False)
    return folder / "m.xlsx"


@pytest.mark.parametrize("kind", ["long", "square", "parquet", "excel", "omx"])
def test_every_format_gives_the_minutes_of_each_direction(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind)
    travel, notes = read_matrix(path, territory())
    assert travel.origins == CODES[:2]
    assert travel.destinations == CODES
    assert np.array_equal(travel.minutes, MINUTES[:2])
    assert (travel.method, travel.source) == ("matrix", path.name)
    assert notes == ()


def test_pairs_that_are_missing_or_empty_cannot_be_travelled(tmp_path: Path) -> None:
    text = "origin;destination;minutes\n59172;59526;18\n59526;59172;19\n59172;59606;\n"
    travel, notes = read_matrix(write(tmp_path, "m.csv", text), territory())
    assert travel.minutes[0, 1] == 18
    assert np.isinf(travel.minutes[:, 2]).all()
    assert "note.matrix_neighbours_missing?count=1" in notes


def test_a_commune_reaches_itself_where_the_file_says_nothing(tmp_path: Path) -> None:
    text = "origin;destination;minutes\n59172;59526;18\n59526;59172;19\n59526;59526;4\n"
    travel, notes = read_matrix(write(tmp_path, "m.csv", text), territory())
    assert (travel.minutes[0, 0], travel.minutes[1, 1]) == (0, 4)
    assert "note.matrix_own_minutes?count=1" in notes


def test_communes_outside_the_territory_are_left_out(tmp_path: Path) -> None:
    text = long_csv() + "\n75056;59172;abc\n59172;75056;-5\n"
    travel, _ = read_matrix(write(tmp_path, "m.csv", text), territory())
    assert np.array_equal(travel.minutes, MINUTES[:2])


def test_a_member_without_any_time_is_refused_by_name(tmp_path: Path) -> None:
    text = "origin;destination;minutes\n59172;59526;18\n59526;59606;10\n"
    findings = refused(write(tmp_path, "m.csv", text))
    assert [(f.problem, f.found) for f in findings] == [
        ("matrix_commune_missing", "59172 Denain"),
        ("matrix_commune_missing", "59526 Saint-Amand-les-Eaux"),
    ]


def test_every_wrong_row_of_a_list_is_named(tmp_path: Path) -> None:
    text = (
        "origin;destination;minutes\n"
        "59172;59526;18\n"
        "59526;59172;soon\n"
        "59172;59606;-3\n"
        "59606;59172;99999\n"
        "59172;59526;18\n"
        ";59526;18\n"
    )
    findings = refused(write(tmp_path, "m.csv", text))
    assert [(f.problem, f.row, f.column) for f in findings] == [
        ("not_a_number", 3, "minutes"),
        ("out_of_range", 4, "minutes"),
        ("out_of_range", 5, "minutes"),
        ("pair_twice", 6, "origin"),
        ("missing_cell", 7, "origin"),
    ]
    assert findings[3].expected == "2"


def test_every_wrong_cell_of_a_square_is_named(tmp_path: Path) -> None:
    text = "x;59172;59526\n59172;0;abc\n59526;-1;0\n59172;1;1\n"
    findings = refused(write(tmp_path, "m.csv", text))
    assert [(f.problem, f.row, f.column) for f in findings] == [
        ("not_a_number", 2, "59526"),
        ("out_of_range", 3, "59172"),
        ("pair_twice", 4, "x"),
    ]


def test_a_square_of_bare_numbers_is_taken_in_the_order_of_the_codes(tmp_path: Path) -> None:
    text = "0;11;12\n21;0;13,5\n31;32;0\n"
    travel, notes = read_matrix(write(tmp_path, "m.csv", text), territory())
    assert travel.minutes.tolist() == [[0, 11, 12], [21, 0, 13.5]]
    assert any("matrix_in_order" in text for text in notes)
    frame = pd.DataFrame([[0.0, 11.0], [21.0, 0.0]], columns=["a", "b"])
    frame.to_parquet(tmp_path / "m.parquet")
    travel, _ = read_matrix(tmp_path / "m.parquet", territory())
    assert travel.minutes[:, :2].tolist() == [[0, 11], [21, 0]]
    assert np.isinf(travel.minutes[:, 2]).all()


@pytest.mark.parametrize("text", ["0;1\n1;0\n2;3\n", "0;1;2;3\n1;0;3;4\n2;3;0;5\n3;4;5;0\n"])
def test_a_square_of_another_size_is_refused(text: str, tmp_path: Path) -> None:
    findings = refused(write(tmp_path, "m.csv", text))
    assert [f.problem for f in findings] == ["matrix_without_codes"]


def test_omx_codes_may_be_texts(tmp_path: Path) -> None:
    zones = np.array([code.encode() for code in CODES])
    travel, _ = read_matrix(write_omx(tmp_path / "m.omx", zones=zones), territory())
    assert np.array_equal(travel.minutes, MINUTES[:2])


def test_omx_holes_cannot_be_travelled(tmp_path: Path) -> None:
    minutes = MINUTES.copy()
    minutes[0, 2] = np.nan
    travel, _ = read_matrix(write_omx(tmp_path / "m.omx", minutes=minutes), territory())
    assert np.isinf(travel.minutes[0, 2])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"minutes": -MINUTES}, "out_of_range"),
        ({"minutes": MINUTES[:2]}, "omx_not_square"),
        ({"zones": np.array([1, 2, 3])}, "matrix_without_codes"),
        ({"zones": np.array([59172, 59172, 59526])}, "value_twice"),
    ],
)
def test_a_wrong_omx_file_is_refused_in_words(
    tmp_path: Path, changes: dict[str, np.ndarray], problem: str
) -> None:
    findings = refused(write_omx(tmp_path / "m.omx", **changes))
    assert [f.problem for f in findings] == [problem]


def test_an_omx_file_of_several_matrices_must_name_the_minutes(tmp_path: Path) -> None:
    path = tmp_path / "m.omx"
    with h5py.File(path, "w") as file:
        file.create_dataset("data/a", data=MINUTES)
        file.create_dataset("data/b", data=MINUTES)
        file.create_dataset("lookup/insee", data=[int(code) for code in CODES])
    (finding,) = refused(path)
    assert (finding.problem, finding.found) == ("omx_which_matrix", "a, b")


def test_an_omx_file_that_points_to_another_file_is_not_followed(tmp_path: Path) -> None:
    write_omx(tmp_path / "other.omx")
    path = tmp_path / "m.omx"
    with h5py.File(path, "w") as file:
        file["data/minutes"] = h5py.ExternalLink("other.omx", "/data/minutes")
        file.create_dataset("lookup/insee", data=[int(code) for code in CODES])
    (finding,) = refused(path)
    assert finding.problem == "omx_which_matrix"


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (Path.write_text, (Path("exploded"), "boom"))  # type: ignore[return-value]


def test_a_pickle_in_an_omx_file_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_omx(tmp_path / "m.omx")
    with h5py.File(path, "a") as file:
        for item in (file, file["data"], file["data/minutes"], file["lookup/insee"]):
            item.attrs["TITLE"] = np.bytes_(pickle.dumps(_Bomb(), 0))
    read_matrix(path, territory())
    assert not (tmp_path / "exploded").exists()


def test_an_omx_file_of_too_many_zones_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(omx, "MAX_ZONES", 2)
    (finding,) = refused(write_omx(tmp_path / "m.omx"))
    assert finding.problem == "omx_not_square"


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(st.floats(0, 1440, allow_nan=False), min_size=9, max_size=9),
    order=st.permutations(range(3)),
)
def test_the_order_of_rows_and_columns_does_not_matter(
    tmp_path: Path, values: list[float], order: list[int]
) -> None:
    minutes = np.array(values).reshape(3, 3)
    text = ";" + ";".join(CODES[j] for j in order) + "\n"
    for i in reversed(order):
        cells = ";".join(repr(float(minutes[i, j])) for j in order)
        text += f"{CODES[i]};{cells}\n"
    travel, _ = read_matrix(write(tmp_path, "m.csv", text), territory())
    assert np.array_equal(travel.minutes, minutes[:2])
