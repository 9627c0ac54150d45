"""Where the embedded data is."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Folder of the embedded data.

    Returns
    -------
    Path
        Inside the installed package, or ``data`` at the top of a checkout.
    """
    installed = _PACKAGE / "embedded_data"
    return installed if installed.is_dir() else _PACKAGE.parent / "data"
