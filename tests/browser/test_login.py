"""Login by OpenID Connect against a real provider of this machine: planners write, others read."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from optimiser.labels import Labels
from tests.browser.conftest import ROOT, free_port, served
from tests.browser.test_app import at_rest

pytest.importorskip("authlib")
pytest.importorskip("httpx")

from tests.browser.oidc_provider import CLIENT, SECRET, provider

FR = Labels("fr")
Visit = Callable[..., Any]
USERS = {
    "planner": {"email": "planner@example.org", "email_verified": True},
    "reader": {"email": "reader@example.org", "email_verified": True},
    "pretender": {"email": "planner@example.org", "email_verified": False},
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of an app that asks for a login, and its store."""
    folder = tmp_path_factory.mktemp("guarded")
    port = free_port()
    with provider(USERS) as known:
        auth = {
            "redirect_uri": f"http://127.0.0.1:{port}/oauth2callback",
            "cookie_secret": "a-long-secret-of-the-test-alone",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "server_metadata_url": f"{known.issuer}/.well-known/openid-configuration",
        }
        lines = ["[auth]", *(f"{key} = {json.dumps(value)}" for key, value in auth.items())]
        lines += ["[roles]", 'planners = ["planner@example.org"]']
        secrets = folder / "secrets.toml"
        secrets.write_text("\n".join(lines), encoding="utf-8")
        script, store = ROOT / "ui" / "app.py", folder / "store.db"
        settings = {"secrets.files": str(secrets)}
        for address in served(script, f"sqlite:///{store}", port, settings):
            yield address, store


def entered(visit: Visit, address: str, user: str) -> Any:
    page = visit(f"{address}/solve")
    page.get_by_role("button", name=FR("ui.login.do")).wait_for()
    assert page.locator("h1").inner_text() == FR("ui.login.title")
    assert page.locator(".maillage-figures, .commune").count() == 0
    page.get_by_role("button", name=FR("ui.login.do")).click()
    page.get_by_role("link", name=user, exact=True).click()
    page.get_by_role("button", name=FR("ui.login.leave")).wait_for()
    page.get_by_role("link", name=FR("ui.solve.title"), exact=True).click()
    page.get_by_role("button", name=FR("ui.solve.start"), exact=True).wait_for()
    at_rest(page)
    return page


def test_a_planner_logs_in_writes_and_logs_out(guarded: tuple[str, Path], visit: Visit) -> None:
    page = entered(visit, guarded[0], "planner")
    # The run that the first page began may still be at work.
    page.locator("button:not([disabled])", has_text=FR("ui.solve.start")).wait_for()
    page.get_by_role("button", name=FR("ui.login.leave")).click()
    page.get_by_role("button", name=FR("ui.login.do")).wait_for()


@pytest.mark.parametrize("user", ["reader", "pretender"])
def test_others_read_and_cannot_write(user: str, guarded: tuple[str, Path], visit: Visit) -> None:
    page = entered(visit, guarded[0], user)
    assert page.get_by_role("button", name=FR("ui.solve.start"), exact=True).is_disabled()
    page.get_by_role("link", name=FR("ui.scenarios.title"), exact=True).click()
    page.get_by_role("heading", name=FR("ui.scenarios.title"), exact=True).wait_for()
    at_rest(page)
    assert page.locator("[data-testid='stFileUploader']").count() == 0
    page.get_by_role("link", name=FR("ui.scenario.title"), exact=True).click()
    page.get_by_role("heading", name=FR("ui.scenario.title"), exact=True).wait_for()
    at_rest(page)
    assert page.get_by_role("button", name=FR("ui.scenario.save")).is_disabled()
    database = sqlite3.connect(guarded[1])
    ((count,),) = database.execute("select count(*) from scenario where base = 0").fetchall()
    database.close()
    assert count == 0


def test_a_read_only_link_needs_no_login(guarded: tuple[str, Path], visit: Visit) -> None:
    entered(visit, guarded[0], "planner").get_by_role(
        "link", name=FR("ui.executive.title"), exact=True
    ).click()
    database = sqlite3.connect(guarded[1])
    ((token,),) = database.execute("select read_token from scenario where base = 1").fetchall()
    database.close()
    page = visit(f"{guarded[0]}/?read={token}")
    page.get_by_text(FR("ui.read_only")).wait_for()
    assert page.get_by_role("button", name=FR("ui.login.do")).count() == 0
