"""What every command shares: consoles, exit statuses, and errors as one line."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import typer

from kg.errors import ConfigurationError, KgError
from kg.issues import printable

OK = 0
SOME_FAILED = 1
USAGE = 2


def say(text: str = "") -> None:
    """Print a line of the result on standard output.

    Raises:
        ConfigurationError: it cannot be written, as on a full disk.
    """
    try:
        print(text)  # noqa: T201 - the one place that prints results
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ConfigurationError(f"cannot write to standard output: {error.strerror or error}") from error


def tell(text: str) -> None:
    """Print a line about the run on standard error."""
    print(text, file=sys.stderr)  # noqa: T201 - the one place that prints messages


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn ``KgError`` into one line on standard error and an exit status (2 for configuration and usage, else 1)."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KgError as error:
            tell(f"kg: {printable(str(error), 2000)}")
            raise typer.Exit(USAGE if isinstance(error, ConfigurationError) else SOME_FAILED) from error
        except MemoryError:
            tell("kg: there is not enough memory; give it more, with fewer --jobs or in smaller parts")
            raise typer.Exit(SOME_FAILED) from None
        except ImportError as error:
            tell(f"kg: a part of the installation cannot be loaded: {printable(str(error), 500)}; see kg doctor, and free memory")
            raise typer.Exit(USAGE) from error
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(SOME_FAILED) from None
        except KeyboardInterrupt:
            tell("kg: interrupted")
            raise typer.Exit(130) from None

    return wrapper
