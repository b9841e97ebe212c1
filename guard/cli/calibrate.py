"""`guard calibrate`: fit support to the user's own labelled pairs, with a bound on what passes."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config
from guard.errors import UsageError

if TYPE_CHECKING:
    from guard.tune.rows import Row
    from guard.verify import Calibration, Entailment
    from guard.verify.calibrate import Fit

ALPHAS = (0.01, 0.05, 0.1, 0.2)

EPILOG = """Each line of LABELLED is {"claim", "evidence", "label"}, the label being supported,
contradicted, neutral or not_supported (for the last three). It takes 50 lines, 10 of each kind,
and for a small risk hundreds.

guard calibrate labelled.jsonl -o calibration.json

guard calibrate labelled.jsonl.gz --alpha 0.05 --delta 0.05 --json

Then, in guard.toml: calibration = "calibration.json", and under [policy] risk = 0.05. Exit codes:
0 done, 2 usage or a bad line, 3 could not run, 4 some rows could not be checked.
"""


def command(
    labelled: Annotated[Path, typer.Argument(help="A .jsonl or .jsonl.gz file of labelled pairs.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the calibration.")
    ] = None,
    alpha: Annotated[
        list[float] | None,
        typer.Option(
            "--alpha",
            help="Share of passed claims that may be wrong; may be repeated "
            "[default: 0.01, 0.05, 0.1, 0.2].",
        ),
    ] = None,
    delta: Annotated[
        float, typer.Option("--delta", help="Chance of a broken promise that is accepted.")
    ] = 0.1,
    entailment: Annotated[
        str | None, typer.Option("--entailment", help="What to calibrate, as for guard judge.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: common.ConfigOption = None,
) -> None:
    """Refit support on labelled pairs, and find thresholds at which few passed claims are wrong.

    A third of the rows fits the map; the rest says how good it is and gives the bounds.
    """
    settings = load_config(config, overrides={"entailment": entailment})
    raise typer.Exit(
        run_calibrate(
            labelled,
            output=output,
            alphas=alpha or ALPHAS,
            delta=delta,
            config=settings,
            json=json,
            stdout=sys.stdout,
        )
    )


def run_calibrate(
    labelled: Path,
    *,
    output: Path | None,
    alphas: Sequence[float],
    delta: float,
    config: Config,
    json: bool,
    stdout: IO[str],
    entailment: Entailment | None = None,
) -> int:
    """Calibrate on the rows of a file, write and print the outcome, and return the exit code.

    `entailment` takes the place of the one that `config` names.
    """
    from guard.verify import Pair, write_calibration
    from guard.verify.calibrate import calibrate

    _require_shares(alphas, delta, output)
    rows, repeated = read_distinct(labelled)
    pairs = [Pair(id=str(i), claim=r.claim, evidence=r.evidence) for i, r in enumerate(rows)]
    with common.progress_bar("calibrating") as progress:
        fit = calibrate(
            pairs,
            [row.label == "supported" for row in rows],
            entailment=entailment or _entailment(config),
            policy=config.policy,
            delta=delta,
            progress=progress,
        )
    if output is not None:
        write_calibration(output, fit.calibration)
        common.say(f"wrote {output}")
    risks = [_risk(fit.calibration, alpha) for alpha in sorted(set(alphas))]
    stdout.write(_as_json(fit, risks, repeated) if json else _as_text(fit, risks, repeated))
    return common.FAILED_ROWS if fit.unchecked else common.CLEAN


def _require_shares(alphas: Sequence[float], delta: float, output: Path | None) -> None:
    for name, value in (*(("--alpha", alpha) for alpha in alphas), ("--delta", delta)):
        if not 1e-6 <= value <= 1.0 - 1e-6:
            raise UsageError(f"{name} is {value:g}", hint="it must lie above 0 and below 1")
    if output == Path("-"):
        raise UsageError("the calibration goes to a file, not to stdout", hint="name one with -o")


def _entailment(config: Config) -> Entailment:
    from guard.loading import Loader

    return Loader(replace(config, calibration=None), given={}).entailment()


def read_distinct(path: Path) -> tuple[list[Row], int]:
    """The rows of a file, each once, and how many repeated ones were left out.

    A row that is there twice says no more than once, but would count as two in a bound.
    """
    from guard.tune.rows import read_rows

    rows = read_rows(path)
    distinct = {(row.claim, row.evidence, row.label == "supported"): row for row in reversed(rows)}
    kept = list(reversed(distinct.values()))
    return kept, len(rows) - len(kept)


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """A line of the table: what can be promised for `alpha`, or why nothing can.

    `passed` is the share of the tested rows that pass `threshold`, `wrong` the share of those that
    are wrong, and `bound` what that share is below with probability 1 - delta.
    """

    alpha: float
    threshold: float | None = None
    passed: float | None = None
    wrong: float | None = None
    bound: float | None = None
    reason: str | None = None


def _risk(calibration: Calibration, alpha: float) -> Risk:
    from guard.verify.calibration import missing
    from guard.verify.risk import upper_bound

    step = calibration.step_for(alpha)
    if step is None:
        return Risk(alpha=alpha, reason=missing(calibration, alpha))
    return Risk(
        alpha=alpha,
        threshold=step.threshold,
        passed=step.test.passed / calibration.tested.total,
        wrong=step.test.wrong / step.test.passed,
        bound=upper_bound(step.test, calibration.delta),
    )


def _as_json(fit: Fit, risks: Sequence[Risk], repeated: int) -> str:
    one = fit.calibration
    table = {
        "entailment": one.entailment,
        "slope": one.slope,
        "intercept": one.intercept,
        "delta": one.delta,
        "rows": {"fitted": asdict(one.fitted), "tested": asdict(one.tested)},
        "repeated": repeated,
        "unchecked": len(fit.unchecked),
        "before": asdict(fit.before),
        "after": asdict(fit.after),
        "risks": [asdict(risk) for risk in risks],
    }
    return jsonlib.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _as_text(fit: Fit, risks: Sequence[Risk], repeated: int) -> str:
    return "\n".join([*_rows(fit, repeated), "", *_quality(fit), "", *_promises(fit, risks), ""])


def _rows(fit: Fit, repeated: int) -> Iterator[str]:
    fitted, tested = fit.calibration.fitted, fit.calibration.tested
    yes, other = fitted.supported + tested.supported, fitted.other + tested.other
    yield f"rows: {yes + other:,}, {yes:,} supported and {other:,} not"
    if repeated:
        yield f"      {repeated:,} repeated ones left out"
    if fit.unchecked:
        yield f"      {len(fit.unchecked):,} could not be checked, and pass at no threshold:"
        yield f"      {fit.unchecked[0]}"
    yield f"      {fitted.total:,} to fit on, {tested.total:,} for the figures below"
    yield f"entailment: {fit.calibration.entailment}"


def _quality(fit: Fit) -> Iterator[str]:
    yield f"{'':<24}{'before':>8}{'after':>8}"
    for name, key in (
        ("balanced accuracy at 0.5", "balanced_accuracy"),
        ("calibration error", "calibration_error"),
    ):
        yield f"{name:<24}{getattr(fit.before, key):>8.3f}{getattr(fit.after, key):>8.3f}"


def _promises(fit: Fit, risks: Sequence[Risk]) -> Iterator[str]:
    yield f"{'risk':<8}{'threshold':>9}{'passed':>9}{'wrong':>9}{'bound':>9}"
    for one in risks:
        if one.threshold is None:
            yield f"{one.alpha:<8g}{'none':>9}  {one.reason}"
            continue
        shares = "".join(f"{value:>9.1%}" for value in (one.passed, one.wrong, one.bound))
        yield f"{one.alpha:<8g}{one.threshold:>9.4f}{shares}"
    yield ""
    yield (
        f"Each line holds by itself with probability {1.0 - fit.calibration.delta:g}: "
        "of claims from where these rows"
    )
    yield "come from, at most that risk of those that pass are wrong."
