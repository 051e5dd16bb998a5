"""All checks at once, told in plain words or as JSON."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from bot.errors import BotError, SettingsError
from bot.logs import log_to_file
from paperwire.cli.outcome import FAILED
from paperwire.cli.printing import print_json
from paperwire.doctor.checks import advice, model_address, own_checks
from paperwire.doctor.digests import digest_checks
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.on_mail import checks as mail_checks
from paperwire.platforms import configured
from paperwire.settings import Settings, load

PATIENCE = 40.0  # seconds for one check, or as long as a slow model may take
MARKS = {Verdict.OK: "ok     ", Verdict.WARNING: "warning", Verdict.FAULT: "FAULT  "}


async def examine(*, as_json: bool) -> int:
    """Run all checks, say what they found; the exit code is 1 if there is a fault.

    Raises:
        SettingsError: the settings cannot be read, so that nothing else can be checked; as JSON it is printed.
    """
    log_to_file(None)  # what is wrong stands in the report
    try:
        settings = load()
    except SettingsError as error:
        if not as_json:
            raise
        print_json({"error": error.sentence, "kind": type(error).__name__})
        return FAILED
    findings = {"settings": look_at_settings(settings)}
    checks = [*own_checks(settings), *platform_checks(settings), *digest_checks(settings)]
    checked = await run_checks(checks, max(PATIENCE, settings.model_timeout if settings.has_model else 0.0))
    findings |= with_advice(checked, advice(settings))
    findings["platforms"] = look_at_platforms(settings)
    if as_json:
        print_json(_as_json(findings))
    else:
        sys.stdout.write(_as_text(findings) + "\n")
    return FAILED if any(result.verdict is Verdict.FAULT for result in findings.values()) else 0


def look_at_settings(settings: Settings) -> Result:
    """What is in force, without secrets."""
    model = f"model {settings.model} at {model_address(settings)}" if settings.has_model else "no model"
    database = "Postgres by DATABASE_URL" if settings.database_url else "SQLite"
    return Result(
        Verdict.OK,
        f"In force: {model}, summaries in {settings.language}, data in {settings.data}, database {database}.",
    )


def with_advice(findings: Mapping[str, Result], advice: Mapping[str, str]) -> dict[str, Result]:
    """The findings, where a fault without a fix gets the advice of that name."""
    return {
        name: replace(found, fix=advice.get(name, "")) if found.verdict is Verdict.FAULT and not found.fix else found
        for name, found in findings.items()
    }


def platform_checks(settings: Settings) -> list[Check]:
    """What the adapters of the configured platforms want to look at, and mail's."""
    platforms = [check for platform in configured(settings) for check in platform.checks(settings)]
    return [*platforms, *mail_checks(settings)]


def look_at_platforms(settings: Settings) -> Result:
    """Which platforms `run` would start."""
    names = [platform.name for platform in configured(settings)]
    names += ["mail"] if settings.sends_mail else []
    names += ["feeds"] if settings.shows_feeds else []
    if names:
        return Result(Verdict.OK, f"`paperwire run` serves {' and '.join(names)}.")
    return Result(
        Verdict.WARNING,
        "No platform has its token: `paperwire run` opens the chat in the terminal.",
        "`paperwire setup slack` and `paperwire setup discord` say how to get tokens.",
    )


async def run_checks(checks: Sequence[Check], patience: float = PATIENCE) -> dict[str, Result]:
    """Every check's result by its name; they run at the same time, each for `patience` seconds at most."""
    results = await asyncio.gather(*(_run(check, patience) for check in checks))
    return {check.name: result for check, result in zip(checks, results, strict=True)}


async def _run(check: Check, patience: float) -> Result:
    try:
        async with asyncio.timeout(patience):
            return await check.run()
    except BotError as error:
        return Result(Verdict.FAULT, error.sentence)
    except TimeoutError:
        return Result(Verdict.FAULT, f"There was no answer within {patience:.0f} seconds.")


def _as_text(findings: dict[str, Result]) -> str:
    width = max(map(len, findings))
    lines = []
    for name, result in findings.items():
        lines.append(f"{MARKS[result.verdict]}  {name:<{width}}  {result.sentence}")
        if result.fix:
            lines.append(f"{'':{len(MARKS[result.verdict]) + width + 4}}{result.fix}")
    return "\n".join(lines)


def _as_json(findings: dict[str, Result]) -> dict[str, object]:
    is_well = all(result.verdict is not Verdict.FAULT for result in findings.values())
    checks = [{"name": name, **asdict(result)} for name, result in findings.items()]
    return {"ok": is_well, "checks": checks}
