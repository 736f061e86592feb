"""Ctrl-C that is not lost: what it raises may be caught within an import or a callback of a library."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class CtrlC:
    """Remembers that Ctrl-C was pressed, besides raising KeyboardInterrupt at once; a context manager."""

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> Self:
        # Python hands signals to the main thread, and lets no other set who is told.
        self._ours = threading.current_thread() is threading.main_thread()
        if self._ours:
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, self._before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True
        signal.default_int_handler(number, frame)

    def heed(self) -> None:
        """Go no further if Ctrl-C was pressed.

        Raises
        ------
        KeyboardInterrupt
            It was, and whoever was at work then has gone on.
        """
        if self._pressed:
            raise KeyboardInterrupt
