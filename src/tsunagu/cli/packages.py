"""`case export`, `case import`, `package verify`: a case out of the house and into another one."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import click
from django.utils.translation import gettext, override

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, screen
from tsunagu.cli.proofs import key_option
from tsunagu.domain.package import PackageReport
from tsunagu.exchange.case_report import Reporter
from tsunagu.records.packages.folder import NewPackage, check_package, public_key_in
from tsunagu.services.cases.package_import import import_case
from tsunagu.services.cases.packaging import export_case
from tsunagu.services.house import House

FAILED = 1
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("export")
@click.argument("reference", metavar="CASE")
@click.option("--out", required=True, type=FOLDER, help="The folder to make; nothing may be there yet.")
@click.option("--without-pdf", is_flag=True, help="Leave out the summaries for people.")
@purpose_option
@json_option
@click.pass_obj
def export_package(
    house: House, reference: str, *, out: Path, without_pdf: bool, purpose: str | None, as_json: bool
) -> None:
    """Write a case you work on into a signed package, for a court or for another agency.

    It holds the case as CASE 1.4 JSON-LD, summaries as PDF in English and Japanese, and a manifest that says how it is
    verified without this program. Of other agencies and other cases it tells nothing.
    """
    reporter = None if without_pdf else Reporter(_word)
    with signed_in(house, purpose) as desk, NewPackage.begin(out) as package:
        signer = desk.rooms.keys.signer()
        exported = export_case(
            reference=reference,
            package=package,
            reporter=reporter,
            release=version("tsunagu"),
            signer=signer,
            public_key=desk.rooms.keys.public_keys()[signer.key_id],
            queue=desk.rooms.queue,
            **desk.parts,
        )
    told = {"places": exported.places, "findings": exported.findings, "waiting": exported.waiting}
    if as_json:
        print_json({"key": signer.key_id, **told})
        return
    files, findings = counted(exported.places, "file", "files"), counted(exported.findings, "finding", "findings")
    screen.print(f"The package is written: {files}, {findings}, signed by the key {signer.key_id}.")
    if exported.waiting:
        screen.print(f"{exported.waiting} files were not compared yet: findings on them may be missing.")
    screen.print("Tell the receiver the key by another way than the one that the package takes.")


@click.command("import")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--as", "reference", help="The new case's reference; the one that it had when left out.")
@key_option
@purpose_option
@json_option
@click.pass_obj
def import_package(
    house: House, folder: Path, *, reference: str | None, key_file: Path | None, purpose: str | None, as_json: bool
) -> None:
    """Open a new case with what a package holds, once it verifies; all of it or nothing.

    Exhibits, places, digests, facts and fingerprints come in. Findings, judgements and custody are what its agency
    says: they stay in the package, so keep it.
    """
    public_key = public_key_in(key_file) if key_file else None
    with signed_in(house, purpose) as desk:
        done = import_case(folder=folder, reference=reference, public_key=public_key, **desk.parts)
    if as_json:
        told = {"case": done.reference, "exhibits": done.exhibits, "places": done.places, "key": done.key_id}
        print_json({**told, "key_known": public_key is not None})
        return
    exhibits, files = counted(done.exhibits, "exhibit", "exhibits"), counted(done.places, "file", "files")
    screen.print(f"The case is here, and you work on it: {exhibits}, {files}.")
    _print_key(done.key_id, is_known=public_key is not None)


@click.group()
def package() -> None:
    """Packages of cases, as `tsunagu case export` writes them."""


@package.command("verify")
@click.argument("folder", metavar="DIR", type=FOLDER)
@key_option
@json_option
def verify(folder: Path, *, key_file: Path | None, as_json: bool) -> None:
    """Verify a package: every file, no file too many, and the signature. It needs no database and no home.

    Exit status: 0 it is as it was signed, 1 it is not.
    """
    public_key = public_key_in(key_file) if key_file else None
    report = check_package(folder, public_key)
    if as_json:
        told = {"package_ok": report.is_sound, "key": report.key_id, "key_known": public_key is not None}
        print_json({**told, "files": len(report.files), "problems": list(report.problems)})
    else:
        _print_report(report, is_known=public_key is not None)
    sys.exit(0 if report.is_sound else FAILED)


def _print_report(report: PackageReport, *, is_known: bool) -> None:
    if not report.is_sound:
        screen.print("NOT AS IT WAS SIGNED.", style="bold red")
        for problem in report.problems:
            screen.print(problem, markup=False)
        return
    screen.print(f"As it was signed: {counted(len(report.files), 'file', 'files')}.", style="green")
    _print_key(report.key_id, is_known=is_known)


def _print_key(key_id: str, *, is_known: bool) -> None:
    if is_known:
        screen.print(f"Signed by the key that you gave, {key_id}.")
    else:
        screen.print(f"Signed by the key {key_id}: compare it with what its agency told you, or give it by --key.")


def _word(code: str, language: str) -> str:
    """Return what the pages call a code."""
    with override(language):
        return gettext(code)


COMMANDS = (package,)
