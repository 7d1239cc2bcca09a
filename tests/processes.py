"""Real processes for tests: a child of another uid, and a child that is killed between two statements."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

NOBODY = 65534
FAILED = 99


def in_child(act: Callable[[], object], *, uid: int | None = None, groups: tuple[int, ...] = ()) -> int:
    """Run ``act`` in a forked child, as ``uid`` (root only), and return its exit code: what ``act`` returned as a number, 99 if it
    raised, or minus the signal that ended it.
    """
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            if uid is not None:
                os.setgroups(list(groups))
                os.setgid(uid)
                os.setuid(uid)
            code = int(act() or 0)  # type: ignore[call-overload]
        except BaseException:  # noqa: BLE001 - a forked child must not run the rest of the tests
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def lines_of(act: Callable[[], object], *, inside: tuple[str, ...]) -> int:
    """How many lines of the named modules ``act`` executes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        if frame.f_globals.get("__name__") not in inside:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


def killed_at(line: int, act: Callable[[], object], *, inside: tuple[str, ...]) -> bool:
    """Run ``act`` in a child that is killed -9 before the ``line``-th line it executes of the named modules. ``False`` when it got through."""
    left = line

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if frame.f_globals.get("__name__") not in inside:
            return None
        if event == "line":
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    def traced() -> None:
        sys.settrace(trace)
        act()
        sys.settrace(None)

    code = in_child(traced)
    assert code in {0, -signal.SIGKILL}
    return code != 0
