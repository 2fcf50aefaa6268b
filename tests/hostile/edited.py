"""An answer with one field changed: for laws of what may be said whatever a server answers."""

from __future__ import annotations

import json

from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=70)
    | st.sampled_from(["00" * 32, "0x" + "00" * 32]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
"""JSON of any kind."""


def edited(body: bytes, data: st.DataObject) -> bytes:
    """The answer with one field changed, where it has fields; else bytes or JSON of any kind."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    inner = value
    while isinstance(inner, (dict, list)) and inner:
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        if not isinstance(inner[key], (dict, list)) or not inner[key] or data.draw(st.booleans()):
            inner[key] = data.draw(JSON)
            return json.dumps(value).encode()
        inner = inner[key]
    return data.draw(st.binary(max_size=90)) if data.draw(st.booleans()) else json.dumps(data.draw(JSON)).encode()
