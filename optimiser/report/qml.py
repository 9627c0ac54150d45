"""Styles for QGIS (QML), so that the layers of a GeoPackage open coloured and with their legend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION = "3.28.0"


@dataclass(frozen=True, slots=True)
class FillRule:
    """Communes of one colour.

    Parameters
    ----------
    label
        Words of the legend.
    colour
        ``#rrggbb``.
    condition
        QGIS expression that its communes satisfy.
    """

    label: str
    colour: str
    condition: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Sites of one status.

    Parameters
    ----------
    value, label
        Value of the field, and words of the legend.
    shape
        Name of a QGIS marker: ``circle``, ``triangle``, ``cross2``, ``diamond`` ...
    colour
        ``#rrggbb``.
    """

    value: str
    label: str
    shape: str
    colour: str


def fill_style(rules: Sequence[FillRule], rest: FillRule) -> str:
    """Style of a polygon layer.

    Parameters
    ----------
    rules
        Colours by condition.
    rest
        Colour of the communes that no rule takes; its condition is not used.

    Returns
    -------
    str
        A QML document.
    """
    symbols = ET.Element("symbols")
    tree = ET.Element("rules", {"key": "root"})
    for number, rule in enumerate([*rules, rest]):
        condition = rule.condition if number < len(rules) else "ELSE"
        ET.SubElement(
            tree,
            "rule",
            {"key": f"r{number}", "symbol": str(number), "label": rule.label, "filter": condition},
        )
        options = {
            "color": _rgba(rule.colour),
            "style": "solid",
            "outline_color": "255,255,255,255",
            "outline_style": "solid",
            "outline_width": "0.26",
            "outline_width_unit": "MM",
        }
        _symbol(symbols, number, "fill", "SimpleFill", options)
    renderer = ET.Element("renderer-v2", {"type": "RuleRenderer", "symbollevels": "0"})
    renderer.extend([tree, symbols])
    return _document(renderer)


def marker_style(field: str, markers: Sequence[Marker]) -> str:
    """Style of a point layer.

    Parameters
    ----------
    field
        Column that the markers depend on.
    markers
        One a value.

    Returns
    -------
    str
        A QML document.
    """
    categories, symbols = ET.Element("categories"), ET.Element("symbols")
    for number, marker in enumerate(markers):
        values = {"value": marker.value, "symbol": str(number), "label": marker.label}
        ET.SubElement(categories, "category", {**values, "render": "true", "type": "string"})
        options = {
            "name": marker.shape,
            "color": _rgba(marker.colour),
            "outline_color": "26,26,26,255",
            "outline_style": "solid",
            "outline_width": "0.3",
            "outline_width_unit": "MM",
            "size": "3.4",
            "size_unit": "MM",
        }
        _symbol(symbols, number, "marker", "SimpleMarker", options)
    renderer = ET.Element(
        "renderer-v2", {"type": "categorizedSymbol", "attr": field, "symbollevels": "0"}
    )
    renderer.extend([categories, symbols])
    return _document(renderer)


def _symbol(
    parent: ET.Element, number: int, kind: str, layer_class: str, options: Mapping[str, str]
) -> None:
    names = {"type": kind, "name": str(number), "alpha": "1", "clip_to_extent": "1"}
    symbol = ET.SubElement(parent, "symbol", names)
    layer = ET.SubElement(
        symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"}
    )
    table = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        ET.SubElement(table, "Option", {"type": "QString", "name": name, "value": value})
    # QGIS before 3.26 reads these instead.
    for name, value in options.items():
        ET.SubElement(layer, "prop", {"k": name, "v": value})


def _document(renderer: ET.Element) -> str:
    root = ET.Element("qgis", {"version": _VERSION, "styleCategories": "Symbology"})
    root.append(renderer)
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
