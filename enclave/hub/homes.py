"""The home of one person in one project: made once, with the tutorial in it, and never touched again. Standard library only."""

import os
import shutil
from pathlib import Path


def ensure(home: Path, *, owner: int | None, tutorial: Path | None) -> None:
    """Make `home` with a copy of `tutorial` if there is none; otherwise check that it still belongs to `owner` (a uid; None: to ourselves).

    A half-made home is never seen: it is filled under another name first. Raises PermissionError if somebody else's lies there.
    """
    uid = os.geteuid() if owner is None else owner
    if home.is_symlink() or (home.exists() and home.stat().st_uid != uid):
        raise PermissionError("a home belongs to its sandbox alone")
    if home.exists():
        return
    draft = home.with_name(f".{home.name}")
    shutil.rmtree(draft, ignore_errors=True)
    if tutorial is None:
        draft.mkdir()
    else:
        shutil.copytree(tutorial, draft, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    _hand_over(draft, uid)
    draft.rename(home)


def _hand_over(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if os.geteuid() == 0:
            os.chown(path, uid, uid, follow_symlinks=False)
