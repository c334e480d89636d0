"""Shows what a long step is doing: a live line with the seconds in a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REMIND_SECONDS = 5.0


class Steps:
    """Prints the steps of a longer job to standard error and remembers how long each took."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()

    @property
    def total_seconds(self) -> float:
        """Seconds since this object was made."""
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        """Print one line between steps."""
        self.console.print(text, markup=False)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show ``title`` and the seconds until the block ends; call the value to say how far it is."""
        began = time.monotonic()
        show = self._live if self.console.is_terminal else self._plain
        done = False
        try:
            with show(title) as tell:
                yield tell
            done = True
        finally:
            self.seconds[title] = round(time.monotonic() - began, 1)
            mark = "[green]✓[/]" if done else "[red]✗[/]"
            self.console.print(f"{mark} {title} [dim]{self.seconds[title]:.1f} s[/]")

    @contextmanager
    def _live(self, title: str) -> Iterator[Callable[[str], None]]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(title)
            yield lambda text: progress.update(task, description=f"{title}: [dim]{escape(text)}[/]")

    @contextmanager
    def _plain(self, title: str) -> Iterator[Callable[[str], None]]:
        ended = threading.Event()
        state = {"text": ""}
        began = time.monotonic()

        def remind() -> None:
            while not ended.wait(REMIND_SECONDS):
                detail = f": {state['text']}" if state["text"] else ""
                self.console.print(f"… {title}{detail} ({time.monotonic() - began:.0f} s)", markup=False)

        thread = threading.Thread(target=remind, daemon=True)
        thread.start()
        try:
            yield lambda text: state.update(text=text)
        finally:
            ended.set()
            thread.join()
