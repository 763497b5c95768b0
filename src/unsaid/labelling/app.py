"""The terminal page: one text at a time, read with the keyboard, answered with a key.

Everything from a transcript is put on screen as plain text: controls are spelt out before
(`report.words.text.visible`), and no widget that shows it reads markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from unsaid import stopping
from unsaid.errors import UnsaidError
from unsaid.labelling.items import Shown
from unsaid.labelling.session import CHOICES, Session, find_quote
from unsaid.labelling.widgets import Help, ReadingPane

__all__ = ["LabelApp"]

_KEYS = (
    ("Enter", "next"),
    ("b", "back"),
    ("s", "skip"),
    ("e", "quote"),
    ("p", "prompt"),
    ("?", "help"),
    ("t", "light/dark"),
    ("q", "stop"),
)

_BRIEF_TIME = 90.0
#: Columns from which on every answer has its meaning beside it; the help has them anyway.
_WIDE = 80


def _left(seconds: float) -> str:
    if seconds < _BRIEF_TIME:
        return "about a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 100 else f"about {round(minutes / 60)} h left"


class LabelApp(App[None]):
    """The page.

    Attributes:
        failure: why an answer could not be written, where that ended it.
        interrupted: whether Ctrl-C ended it, which is a key to a page and no signal.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { overflow: hidden; }
    #progress { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    #task { height: auto; max-height: 4; padding: 0 1; }
    #text { height: 1fr; min-height: 4; border: round $primary; padding: 0 1; background: $background; }
    #others { height: auto; padding: 0 1; color: $foreground; }
    #choices { height: auto; padding: 0 1; }
    #line { height: 1; padding: 0 1; }
    #line.wrong { color: $text-error; text-style: bold; }
    #quote { height: 1; border: none; padding: 0 1; display: none; }
    #keys { height: auto; padding: 0 1; background: $panel; color: $foreground; }
    Help { align: center middle; }
    #help { width: 100%; max-width: 90; height: 100%; padding: 0 2; background: $surface; border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{key}')", show=False) for key, _, _ in CHOICES),
        Binding("m", "choose('2')", show=False),
        Binding("r", "choose('3')", show=False),
        Binding("x", "choose('4')", show=False),
        Binding("enter,n", "confirm", show=False),
        Binding("b,left", "earlier", show=False),
        Binding("s", "skip", show=False),
        Binding("e", "quote", show=False),
        Binding("p", "prompt", show=False),
        Binding("question_mark,h,f1", "help", show=False),
        Binding("t", "theme", show=False),
        Binding("q,ctrl+q", "stop", show=False, priority=False),
        Binding("ctrl+c", "interrupt", show=False, priority=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(
        self,
        session: Session,
        items: Mapping[str, Shown],
        others: Mapping[str, tuple[str, ...]] | None = None,
        dark: bool = True,
    ) -> None:
        """Nothing is on screen yet.

        Args:
            session: where the labeller is.
            items: what is seen of each item.
            others: for adjudication: what was said of each item, in words, and not by whom.
            dark: whether to begin on a dark background.
        """
        super().__init__()
        self._session, self._items, self._others = session, items, others or {}
        self._prompt, self._warned = False, False
        self._left_at, self._read = (
            0.0,
            False,
        )  # where the text was left for the prompt, and whether it was read
        self.failure: UnsaidError | None = None
        self.interrupted = False
        self.theme = "textual-dark" if dark else "textual-light"

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="progress", markup=False)
        yield Static(id="task", markup=False)
        yield ReadingPane()
        yield Static(id="others", markup=False)
        yield Static(id="choices", markup=False)
        yield Input(id="quote", placeholder="type the words as they stand in the text")
        yield Static(id="line", markup=False)
        yield Static(self._key_line(), id="keys", markup=False)

    def on_mount(self) -> None:
        """Show where the labeller is; a signal ends the page as the key does."""
        stopping.reach(lambda: self.action_stop)
        self._show_item()

    def on_resize(self) -> None:
        """What fits depends on how wide it is."""
        if self.query("#choices"):
            self._show_choice()

    def _key_line(self, keys: Sequence[tuple[str, str]] = _KEYS) -> Content:
        parts: list[Content] = []
        for key, what in keys:
            # No break inside an entry: the line wraps between them.
            parts += [Content.styled(key, "bold"), Content(f"\u00a0{what.replace(' ', chr(160))}  ")]
        return Content("").join(parts)

    def _show_item(self) -> None:
        self._prompt = self._warned = self._read = False
        self._left_at = 0.0
        self._show_text()
        self._show_choice()

    def _show_text(self) -> None:
        session, reading = self._session, self.query_one(ReadingPane)
        item = session.item
        shown = self._items[item] if item is not None else None
        progress = f"{session.done} of {len(session.items)} answered"
        if shown is None:
            self.query_one("#task", Static).update("")
            reading.show("", "All are answered. b goes back to change one; q ends.")
        else:
            progress += f" · {_left(session.seconds_left)}"
            self.query_one("#task", Static).update(Content.assemble(("Look for: ", "bold"), shown.about))
            if self._prompt:
                reading.show("The prompt (p goes back)", shown.prompt)
            else:
                reading.show("What the model wrote", shown.text, self._left_at, seen_end=self._read)
        self.query_one("#progress", Static).update(progress)
        self.query_one("#others", Static).update("\n".join(self._others.get(item or "", ())))
        self.query_one("#others", Static).display = item in self._others
        reading.focus()

    def _show_choice(self, problem: str = "") -> None:
        choice, blank = self._session.choice, self._session.item is None
        width, wide = max(len(name) for _, name, _ in CHOICES), self.size.width >= _WIDE
        lines: list[Content] = []
        for key, name, means in CHOICES:
            held = choice.holds(key)
            mark = "●" if held else "○"
            style = "bold reverse" if held else ""
            lines.append(
                Content.assemble((f"{mark} {key}  {name:<{width}} ", style), f"  {means}" if wide else "")
            )
        choices = self.query_one("#choices", Static)
        choices.update(Content("\n").join(lines))
        choices.display = not blank
        quote = f"Quote: “{choice.evidence}”" if choice.evidence else ""
        line = self.query_one("#line", Static)
        line.set_class(bool(problem), "wrong")
        line.update(problem or " ".join(quote.split()))

    def action_choose(self, key: str) -> None:
        """Choose an answer."""
        if self._session.item is not None:
            self._session.press(key)
            self._show_choice()

    def action_confirm(self) -> None:
        """Write down, and go on."""
        session, reading = self._session, self.query_one(ReadingPane)
        unread = not (self._warned or (self._read if self._prompt else reading.seen_end))
        if session.item is not None and session.choice.mentions is False and unread:
            self._warned = True
            self._show_choice("You have not seen the end of the text. Read on, or press Enter again.")
            return
        if self._guarded(session.confirm):
            self._show_item()
        elif self.failure is None:
            self._show_choice("Choose first: 1 to 4, or u if you cannot tell; s skips.")

    def action_earlier(self) -> None:
        """To the item before."""
        if self._guarded(self._session.back):
            self._show_item()

    def action_skip(self) -> None:
        """To the next, this one later."""
        self._session.skip()
        self._show_item()

    def action_prompt(self) -> None:
        """The prompt, or back to the text."""
        if self._session.item is not None:
            if not self._prompt:
                reading = self.query_one(ReadingPane)
                self._left_at, self._read = reading.scroll_y, reading.seen_end
            self._prompt = not self._prompt
            self._show_text()

    def action_quote(self) -> None:
        """Quote what is marked, or ask for the words."""
        if self._session.item is None or self._prompt:
            return
        marked = self.query_one(ReadingPane).selected_text
        if marked.strip():
            self._take(marked)
            return
        field = self.query_one("#quote", Input)
        field.display, field.value = True, self._session.choice.evidence or ""
        self.query_one("#line", Static).display = False
        self.query_one("#keys", Static).update(self._key_line((("Enter", "keep"), ("Esc", "leave"))))
        field.focus()

    @on(Input.Submitted, "#quote")
    def _typed(self, event: Input.Submitted) -> None:
        self.action_leave()
        if event.value.strip():
            self._take(event.value)
        else:
            self._session.quote(None)
            self._show_choice()

    def _take(self, words: str) -> None:
        item = self._session.item
        if item is None:
            return
        found = find_quote(words, self._items[item].raw, self._items[item].text)
        if found is None:
            self._show_choice("Those words are not in the text. Quote them as they stand there (e).")
            return
        self._session.quote(found)
        self._show_choice()

    def action_leave(self) -> None:
        """Back from the field to the text."""
        self.query_one("#quote", Input).display = False
        self.query_one("#line", Static).display = True
        self.query_one("#keys", Static).update(self._key_line())
        self.query_one(ReadingPane).focus()

    def action_help(self) -> None:
        """What the answers mean."""
        self.push_screen(Help())

    def action_theme(self) -> None:
        """Light or dark."""
        self.theme = "textual-light" if self.current_theme.dark else "textual-dark"

    def action_stop(self) -> None:
        """End; what was chosen is kept."""
        if self._guarded(self._session.keep):
            self.exit()

    def action_interrupt(self) -> None:
        """End, as `action_stop` does; the command then says that it was interrupted."""
        self.interrupted = True
        self.action_stop()

    def _guarded(self, write: Callable[[], object]) -> bool:
        """Do what writes; a disk that does not take it ends the page, and the command says why."""
        try:
            return write() is not False
        except UnsaidError as error:
            self.failure = error
            self.exit()
            return False
