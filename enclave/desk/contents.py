"""Files of the home, as JupyterLab sees them: text and notebooks, small enough to read on a screen, and nothing that lies elsewhere."""

import os
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

FILE_BYTES = 1 << 20
NOTEBOOK_BYTES = 16 << 20

TOO_BIG = "Files above 1 MB are not shown here. Send what should leave through the review queue."
NOT_TEXT = "Only text and notebooks are shown here. Send what should leave through the review queue."
ELSEWHERE = "This name leads out of your home folder."


class DeskContents(AsyncLargeFileManager):  # type: ignore[misc]  # jupyter_server carries no types here
    """Refuses contents that are large or binary, and links that lead out of the home."""

    async def get(self, path: str, content: bool = True, type: str | None = None, format: str | None = None, **more: Any) -> Any:  # noqa: A002, ANN401 - jupyter_server's signature
        if format == "base64":
            raise HTTPError(403, reason="Not shown here", log_message=NOT_TEXT)
        model = await super().get(path, content=False, type=type, **more)
        if not content or model["type"] == "directory":
            return await super().get(path, content=content, type=type, format=format, **more)
        if (model.get("size") or 0) > (NOTEBOOK_BYTES if model["type"] == "notebook" else FILE_BYTES):
            raise HTTPError(403, reason="Not shown here", log_message=TOO_BIG)
        model = await super().get(path, content=True, type=type, format="text" if model["type"] == "file" else format, **more)
        if model.get("format") == "base64":
            raise HTTPError(403, reason="Not shown here", log_message=NOT_TEXT)
        return model

    def _get_os_path(self, path: str) -> str:
        """Researcher's code may plant a link to a file of this server's process: a name counts only if it truly ends in the home."""
        found = str(super()._get_os_path(path))
        root = os.path.realpath(self.root_dir)
        if not Path(os.path.realpath(found)).is_relative_to(root):
            raise HTTPError(403, reason="Not in your home", log_message=ELSEWHERE)
        return found
