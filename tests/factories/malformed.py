"""Bodies that were JSON of the right shape until somebody meddled: one place replaced, removed or added."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=6),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.just([[[[]]]]),
)


@st.composite
def meddled(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """A copy of the body with one place changed to junk, deleted, or doubled."""
    body = copy.deepcopy(draw(whole))
    where = draw(st.sampled_from(list(_places(body))))
    if not where:
        return draw(JUNK)
    parent = body
    for step in where[:-1]:
        parent = parent[step]
    match draw(st.sampled_from(["replace", "delete", "double"])):
        case "delete":
            del parent[where[-1]]
        case "double" if isinstance(parent, list):
            parent.insert(where[-1], copy.deepcopy(parent[where[-1]]))
        case _:
            parent[where[-1]] = draw(JUNK)
    return body


def _places(body: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    if isinstance(body, dict):
        for key, inner in body.items():
            yield from _places(inner, (*path, key))
    elif isinstance(body, list):
        for place, inner in enumerate(body):
            yield from _places(inner, (*path, place))
