"""What every application makes anew though nothing changes it while the tests run.

Opening an application reads its words in every language and compresses its pages' files (0.25 s of a
processor), and FastAPI builds the routes at its first question (0.3 s). Hundreds of tests open one.
Whether a password fits its hash takes as long as it should (0.2 s), and many sign in with the same one.
"""

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import pytest
from fastapi import FastAPI

from silkreel.people import passwords
from silkreel.web import app, site
from silkreel.web.segments import Segments


@pytest.fixture(autouse=True, scope="session")
def made_once() -> Iterator[None]:
    """Words, files, routes and fitting passwords are made once in this process, by what makes them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(site.AssetTree, "load", cache(site.AssetTree.load))
        patched.setattr(site.Interface, "load", cache(site.Interface.load))
        patched.setattr(app, "_framework", _with_built_routes(app._framework))
        patched.setattr(passwords, "_hasher", _remembering(passwords._hasher))
        yield


def _remembering(hasher):
    """The same hasher, which looks once at each pair of a hash and the password that fits it."""
    return SimpleNamespace(hash=hasher.hash, verify=cache(hasher.verify))


def _with_built_routes(make):
    """Applications share what they answer, and no more: each has its own site and its own end."""
    built: list[FastAPI] = []

    def made(of: site.Site, segments: Segments) -> FastAPI:
        fresh = make(of, segments)
        if built:
            fresh.router.routes[:] = built[0].router.routes
        else:
            built.append(fresh)
        return fresh

    return made
