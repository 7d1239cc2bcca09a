"""``enclave``: start, look after and check an installation. Each command does one thing and imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from enclave.cli.setting import Home, settings_at
from enclave.terms.errors import EnclaveError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
demo_app = typer.Typer(invoke_without_command=True, help="The whole enclave with demo agencies, people and data, on loopback.")
audit_app = typer.Typer(no_args_is_help=True, help="The hash-chained log.")
anonymise_app = typer.Typer(no_args_is_help=True, help="Look at a file before anyone uploads it.")
egress_app = typer.Typer(no_args_is_help=True, help="Check files before they are submitted.")
app.add_typer(demo_app, name="demo")
app.add_typer(anonymise_app, name="anonymise")
app.add_typer(egress_app, name="egress")
app.add_typer(audit_app, name="audit")

Port = Annotated[int, typer.Option(help="The one public port.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def up(home: Home = None, port: Port = 8000) -> None:
    """Start portal, worker, hub and notebooks; Ctrl-C stops all of it. State lies only below HOME."""
    from enclave.cli.up import run

    sys.exit(run(settings_at(home, port=port)))


@demo_app.callback()
def demo(
    context: typer.Context,
    home: Home = None,
    port: Port = 8000,
    people: Annotated[int, typer.Option(min=100, max=10_000_000, help="How many people to invent.")] = 5_000,
) -> None:
    """Start the enclave with demo agencies, people and data, and say how to sign in."""
    if context.invoked_subcommand is None:
        from enclave.cli.demo import run

        sys.exit(run(settings_at(home, port=port, demo=True), people=people))


@demo_app.command()
def otp(name: str, home: Home = None) -> None:
    """Print the one-time code of a demo person, as their telephone would show it."""
    from enclave.demo.otp import code
    from enclave.wiring.database import now

    print(code(settings_at(home, demo=True).home, name, now()))


@app.command()
def doctor(home: Home = None, as_json: AsJson = False) -> None:
    """Is every gate really on? One sentence each; exit 1 if something is missing."""
    from enclave.cli.doctor import run

    sys.exit(run(settings_at(home), as_json=as_json))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file; nothing is overwritten.")], home: Home = None) -> None:
    """Back up database, versions, files under review and homes while the enclave runs; keys and journal are left out on purpose."""
    from enclave.cli.backup import run_backup

    sys.exit(run_backup(settings_at(home), file))


@app.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], home: Home = None) -> None:
    """Put a backup in place of what is there, with the enclave stopped. Spending since then is not forgotten."""
    from enclave.cli.backup import run_restore

    sys.exit(run_restore(settings_at(home), file))


@audit_app.command()
def verify(
    home: Home = None,
    against: Annotated[Path | None, typer.Option(help="Checkpoints somebody kept, one a line.")] = None,
) -> None:
    """Recompute the chain; exit 1 and the first bad entry if it does not hold."""
    from enclave.cli.audit import run

    sys.exit(run(settings_at(home), against=against))


@anonymise_app.command()
def scan(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False) -> None:
    """Classify columns and propose treatments; counts, never values."""
    from enclave.cli.anonymise import run

    sys.exit(run(file, as_json=as_json))


@anonymise_app.command("run")
def run_plan(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    keys: Annotated[Path, typer.Option(file_okay=False, help="The folder of your keys, made on first use. Keep it secret and keep it.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The Parquet file to write; reports are written beside it.")],
    plan: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="The treatment plan; without it, one is proposed.")] = None,
) -> None:
    """De-identify a file by a plan; exit 0 done, 1 refused with one sentence, 2 usage."""
    from enclave.cli.anonymise_run import run

    if not out.parent.is_dir() or out.resolve() in {file.resolve(), *([plan.resolve()] if plan else [])}:
        raise typer.BadParameter("has to be another file, in a folder that exists", param_hint="--out")
    sys.exit(run(file, plan=plan, keys=keys, out=out))


@anonymise_app.command()
def text(
    known: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Identifiers to find: a CSV file, a JSON list, or lines.")
    ] = None,
    no_names: Annotated[bool, typer.Option("--no-names", help="Patterns and known identifiers only, without the name finder.")] = False,
) -> None:
    """Redact free text: JSON lines {"id", "text"} in, with "text" redacted and "spans" out. Exit 1 at a line that is none."""
    from enclave.cli.anonymise_text import run

    sys.exit(run(known=known, names=not no_names))


@anonymise_app.command()
def link(  # noqa: PLR0917 - each is a word on the command line
    files: Annotated[list[str], typer.Argument(metavar="NAME=FILE…", help="An agency's name and its file.")],
    keys: Annotated[Path, typer.Option(file_okay=False, help="The folder of your keys, made on first use. Keep it secret and keep it.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="Where to write the links, as CSV.")],
    method: Annotated[str, typer.Option(help="tokens, clk or splink.")] = "tokens",
    dates: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FORMAT", help="How an agency writes birth dates, such as %d/%m/%Y.")
    ] = None,
    known_truth: Annotated[Path | None, typer.Option(help="CSV with agency, row, person: prints recall and precision.")] = None,
) -> None:
    """Link people across agencies' files by keyed tokens: one line a record with agency, row and person."""
    from enclave.cli.link import run

    sys.exit(run(files, keys=keys, out=out, method=method, dates=dates or [], known_truth=known_truth))


@egress_app.command()
def check(paths: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False) -> None:
    """The checks the queue runs; exit 0 clear, 1 review, 2 block or could not check."""
    from enclave.cli.egress import run

    sys.exit(run(paths, as_json=as_json))


def main() -> None:
    """Run a command; a refusal is one sentence on standard error and exit code 1."""
    try:
        app()
    except EnclaveError as refused:
        print(f"{refused.sentence} {refused.instead} [{refused.rule}]".replace("  ", " "), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
