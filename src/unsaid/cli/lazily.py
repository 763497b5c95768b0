"""A group of commands that are listed from a table, and imported one by one when they are typed."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from unsaid.cli.guarded import guarded
from unsaid.cli.typed import Looked

__all__ = ["Entry", "LazyGroup", "Loading", "QuickGroup"]


@dataclass(frozen=True)
class Entry:
    """One line of the table of commands.

    Attributes:
        where: "module:name", below `unsaid.cli`; the name is that of a function, or of a `typer.Typer` of commands.
        line: the first paragraph of its help, which `unsaid --help` shows.
        kept: what is there after an interrupt, for a command that may take long; "" for one that only prints.
    """

    where: str
    line: str
    kept: str = ""

    def load(self) -> Any:
        """Import the module; return the function, or the group."""
        module, _, name = self.where.partition(":")
        return getattr(import_module(f"unsaid.cli.{module}"), name)


class Loading(MutableMapping[str, Any]):
    """Commands by name; a command is imported when it is asked for, and its name is known before."""

    def __init__(self, entries: dict[str, Entry]) -> None:
        self._entries = entries
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the command of that name.

        Raises:
            KeyError: there is none.
        """
        if name not in self._made:
            entry = self._entries[name]
            self._made[name] = _command(name, entry.load(), entry.kept)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        raise TypeError("a command is taken out of its table, not out of the group")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def stubs(self) -> dict[str, Any]:
        """Return, for each command, one that has its name and its line of help and does nothing."""
        return {
            name: TyperCommand(name, help=entry.line, rich_markup_mode=None)
            for name, entry in self._entries.items()
        }


class QuickGroup(TyperGroup):
    """A group that refuses a wrong word without pydantic."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option `--help`, off unless it is typed: Typer would ask pydantic what an absent one means."""
        option = super().get_help_option(ctx)
        if option is not None and option.default is None:
            option.default = False
        return option


class LazyGroup(QuickGroup):
    """A group whose commands are in a table.

    Subclasses set `entries`: Typer makes the group itself, and passes no arguments of ours.
    """

    entries: dict[str, Entry]

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Loading(self.entries)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands by their lines in the table; none is imported."""
        TyperGroup(name=self.name, commands=Loading(self.entries).stubs()).format_commands(ctx, formatter)


def _command(name: str, loaded: Any, kept: str) -> Any:
    """What Typer makes of a function or of a group of them, each guarded against interrupts."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if not isinstance(loaded, typer.Typer):
        app.command(name, cls=Looked)(guarded(loaded, kept))
        return typer.main.get_command(app)
    for registered in loaded.registered_commands:
        if registered.callback is not None:
            registered.callback = guarded(registered.callback, kept)
            registered.cls = Looked
    app.add_typer(loaded, name=name, cls=QuickGroup)
    group: Any = typer.main.get_command(app)
    return group.commands[name]
