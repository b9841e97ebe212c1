"""The console command: registers the commands, turns errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer
import typer.exceptions

from guard.cli import (
    calibrate,
    check,
    common,
    doctor,
    extract,
    index,
    judge,
    report,
    run,
    schema,
    search,
    trim,
    tune,
)
from guard.errors import GuardError

EPILOG = (
    "Exit codes: 0 clean; 1 findings; 2 usage or configuration; 3 could not run; 4 a batch finished"
    " with failed rows; 130 interrupted. Settings come from guard.toml, GUARD_* and options."
)

app = typer.Typer(
    name="guard",
    help="Schema-valid, fact-checked, concise answers from small language models.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # "[default: …]" is text, not markup
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    (run, "Generate under a schema, verify, trim, report."),
    (check, "Verify a text or a JSON value that exists."),
    (extract, "Fill in a schema from many documents."),
    (trim, "Shorten a text, with a certificate."),
    (index, "Build or refresh a knowledge base."),
    (search, "Show what the knowledge base says."),
    (judge, "Score pairs of claim and evidence."),
    (calibrate, "Fit support to labelled pairs, with bounds."),
    (tune, "Train or adapt a verifier."),
    (report, "Render a saved report."),
    (doctor, "What is installed, found and missing."),
)
for module, summary in COMMANDS:
    name = module.__name__.rpartition(".")[2]
    app.command(name, short_help=summary, epilog=getattr(module, "EPILOG", None))(module.command)
app.add_typer(schema.app, name="schema", help="Look at a JSON Schema as guard sees it.")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"guard {version('guard-llm')}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Schema-valid, fact-checked, concise answers from small language models."""


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run_main())


def run_main() -> int:
    """Run the command line and return its exit code; errors become one tidy message each."""
    try:
        code = app(standalone_mode=False)
        if code == common.INTERRUPTED:  # typer catches Ctrl-C itself
            raise KeyboardInterrupt
        return code if isinstance(code, int) else common.CLEAN
    except GuardError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        common.say("guard: interrupted")
        return common.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return common.COULD_NOT
    except typer.exceptions.TyperException as error:
        show = getattr(error, "show", None)
        if show is not None:  # a usage error, in typer's own words
            show()
        return common.USAGE
    except Exception as error:  # noqa: BLE001  (the last resort: never a bare traceback and exit 1)
        traceback.print_exc()
        _complain(f"internal error: {error}", "please report it with the lines above")
        return common.COULD_NOT


def _complain(message: str, hint: str | None) -> None:
    common.say(f"guard: error: {message}")
    if hint:
        common.say(f"  hint: {hint}")
