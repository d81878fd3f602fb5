"""A widget that answers questions of its front end over its comm; see ``messages``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from ipywidgets import DOMWidget
from traitlets import Unicode

from pz_tsm.version import version
from pz_tsm.widgets.messages import Answer, messages

MODULE = "pz-tsm"


class AnsweringWidget(DOMWidget):
    """Answers in the kernel's loop; what may take long in a thread, so that a cancel is heard."""

    _model_module = Unicode(MODULE).tag(sync=True)
    _model_module_version = Unicode(f"^{version()}").tag(sync=True)
    _view_module = Unicode(MODULE).tag(sync=True)
    _view_module_version = Unicode(f"^{version()}").tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        self._running: dict[str, asyncio.Task] = {}
        super().__init__(**kwargs)
        self.on_msg(self._asked)

    def _made(self, method: str, args: dict[str, Any], cancelled: Callable[[], bool]) -> Answer:
        """Do what is asked; safe in a thread if ``_is_slow`` says so."""
        raise NotImplementedError

    def _is_slow(self, method: str, args: dict[str, Any]) -> bool:
        raise NotImplementedError

    def _at_once(self, id: str, method: str, args: dict[str, Any]) -> bool:
        """Answer what changes the widget itself, before any later question; whether it was that."""
        return False

    def _asked(self, _: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or "id" not in content:
            return
        id, method, args = content["id"], content.get("method"), content.get("args") or {}
        if method == "cancel":
            task = self._running.pop(args.get("id"), None)
            if task is not None:
                task.cancel()
            self._tell(id, Answer({}))
            return
        if self._at_once(id, method, args):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop: a plain Python program, or a test
            self._tell(id, self._made(method, args, lambda: False))
            return
        task = loop.create_task(self._answer(id, method, args))
        self._running[id] = task
        task.add_done_callback(lambda _: self._running.pop(id, None))

    def _tell(self, id: str, made: Answer) -> None:
        for message, body in messages(id, made):
            self.send(message, body)

    async def _answer(self, id: str, method: str, args: dict[str, Any]) -> None:
        if self._is_slow(method, args):  # the kernel answers other questions meanwhile
            gone = threading.Event()
            try:
                made = await asyncio.to_thread(self._made, method, args, gone.is_set)
            except asyncio.CancelledError:
                gone.set()
                raise
        else:
            made = self._made(method, args, lambda: False)
        for message, body in messages(id, made):
            self.send(message, body)
            await asyncio.sleep(0)  # lets the kernel take a cancel, or another question, between two parts

    def _repr_keys(self):
        """Nothing of the state: the text that stands for the widget says what it was."""
        return iter(())
