"""The wire between the jail and its caller: what is written comes back, and nothing else gets through."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.isolation.frames import FRAME_MAX, HEADER, BytesFrame, Emit, JsonFrame, Malformed, Reader

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
answers = st.lists(
    st.one_of(st.builds(JsonFrame, value=json_values), st.builds(BytesFrame, value=st.binary(min_size=1, max_size=400))), max_size=6
)


READY = HEADER.pack(b"R", 0)


def written(frames: list[JsonFrame | BytesFrame]) -> bytes:
    out = io.BytesIO()
    emit = Emit(out)
    emit.ready()
    for frame in frames:
        emit.json(frame.value) if isinstance(frame, JsonFrame) else emit.bytes(frame.value)
    emit.end()
    return out.getvalue()


def read(stream: bytes, *, limit: int = 1 << 20, step: int = 1 << 20) -> tuple[list[object], Reader]:
    reader = Reader(limit)
    frames = [frame for start in range(0, len(stream), step) for frame in reader.feed(stream[start : start + step])]
    return frames, reader


@given(answers, st.integers(1, 64))
def test_what_is_written_comes_back_however_it_is_cut(frames: list[JsonFrame | BytesFrame], step: int) -> None:
    got, reader = read(written(frames), step=step)
    assert got == frames
    assert reader.ended


@given(answers, st.data())
def test_a_stream_cut_short_never_claims_to_have_ended(frames: list[JsonFrame | BytesFrame], data: st.DataObject) -> None:
    stream = written(frames)
    got, reader = read(stream[: data.draw(st.integers(0, len(stream) - 1))])
    assert not reader.ended
    assert got == frames[: len(got)]


@given(st.binary(max_size=200).filter(lambda noise: not noise.startswith(READY)))
def test_noise_is_malformed_or_unfinished_and_never_raises_anything_else(noise: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert not read(noise)[1].ended


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(HEADER.pack(b"J", 2) + b"{}", id="an answer before ready"),
        pytest.param(READY + READY, id="ready twice"),
        pytest.param(READY + HEADER.pack(b"X", 0), id="unknown letter"),
        pytest.param(READY + HEADER.pack(b"J", 3) + b"NaN", id="not a number"),
        pytest.param(READY + HEADER.pack(b"J", 2) + b"\xff\xfe", id="not text"),
        pytest.param(READY + HEADER.pack(b"J", 200_000) + b"[" * 200_000, id="too deep"),
        pytest.param(READY + HEADER.pack(b"J", 5000) + b"9" * 5000, id="a number too long"),
        pytest.param(READY + HEADER.pack(b"E", 1) + b"x", id="an end with a payload"),
        pytest.param(READY + HEADER.pack(b"E", 0) + b"x", id="something after the end"),
        pytest.param(READY + HEADER.pack(b"B", FRAME_MAX + 1), id="a frame too long"),
    ],
)
def test_what_is_not_a_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(Malformed):
        read(stream, limit=1 << 30)


def test_more_than_the_limit_is_refused_at_the_header() -> None:
    stream = READY + HEADER.pack(b"B", 600) + bytes(600) + HEADER.pack(b"B", 600)
    with pytest.raises(Malformed):
        read(stream, limit=1000)
    assert len(read(stream, limit=1200)[0]) == 1


def test_long_bytes_are_cut_into_frames() -> None:
    got, _ = read(written([BytesFrame(value=bytes(FRAME_MAX + 1))]), limit=1 << 30)
    assert [len(frame.value) for frame in got] == [FRAME_MAX, 1]


def test_nan_cannot_be_emitted() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Emit(io.BytesIO()).json(float("nan"))


def test_text_survives_as_utf8() -> None:
    stream = written([JsonFrame(value="Zoë")])
    assert json.dumps("Zoë", ensure_ascii=False).encode() in stream
