"""Pack everything that an installation without a network needs into one archive: `make bundle`.

    tsunagu-<release>-<python>-<platform>/
        install.sh              checks the sums, makes a virtual environment, installs
        wheels/                 the locked packages, and the program with its pages and translations
        requirements.lock       what is installed, by hash
        python-version          for which Python and platform
        sbom.cdx.json           the same as a bill of materials, CycloneDX
        deploy/, docs/, LICENSE
        SHA256SUMS              of all the others

For machines of the kind that it was packed on: the same Python, processor and C library.
"""

# ruff: noqa: INP001 - a script of the Makefile's, no package
from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = "requirements.lock"
COPIED = ("deploy", "docs", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")


def main() -> None:
    """Pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the archive is written")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"tsunagu-{release}-cp{sys.version_info.major}{sys.version_info.minor}-{platform}"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        top = Path(temporary) / name
        fill(top)
        archive = folder / f"{name}.tar"
        pack(top, archive)
    digest = digest_of(archive)
    archive.with_suffix(".tar.sha256").write_text(f"{digest}  {archive.name}\n", encoding="ascii")
    print(f"{archive}\n{archive.stat().st_size / 2**20:.0f} MiB, SHA-256 {digest}")  # noqa: T201


def fill(top: Path) -> None:
    """Put everything into the folder `top`, which is made."""
    wheels = top / "wheels"
    wheels.mkdir(parents=True)
    run(*PIP, "download", "--quiet", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--dest", wheels, "--requirement", ROOT / LOCK)  # fmt: skip
    run(*PIP, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    shutil.copy(ROOT / LOCK, top / LOCK)
    made_for = f"{sys.version_info.major}.{sys.version_info.minor} {sysconfig.get_platform()}\n"
    (top / "python-version").write_text(made_for, encoding="ascii")
    write_bill(top)
    for each in COPIED:
        source = ROOT / each
        shutil.copytree(source, top / each) if source.is_dir() else shutil.copy(source, top / each)
    shutil.move(top / "deploy" / "install.sh", top / "install.sh")
    files = sorted(one for one in top.rglob("*") if one.is_file())
    sums = [f"{digest_of(one)}  {one.relative_to(top).as_posix()}\n" for one in files]
    (top / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def write_bill(top: Path) -> None:
    """Write the bill of materials, each part with its file in the bundle and the hash of that, and no other address."""
    bill = top / "sbom.cdx.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    run(program, "requirements", "--output-reproducible", "--pyproject", ROOT / "pyproject.toml", "--output-format",
        "JSON", "--output-file", bill, ROOT / LOCK)  # fmt: skip
    told = json.loads(bill.read_text(encoding="utf-8"))
    wheels = {(*one.name.split("-")[:2],): one for one in (top / "wheels").glob("*.whl")}
    parts = {}
    for part in told["components"]:
        # A wheel's name writes the package's in its own way: https://packaging.python.org, "Binary distribution format"
        wheel = wheels.get((part["name"].lower().replace("-", "_").replace(".", "_"), part["version"]))
        if wheel is None:
            continue  # for another platform
        hashes = [{"alg": "SHA-256", "content": digest_of(wheel)}]
        file = {"type": "distribution", "url": f"wheels/{wheel.name}", "hashes": hashes}
        parts[part["bom-ref"]] = {**part, "externalReferences": [file]}
        del parts[part["bom-ref"]]["description"]
    told["components"] = list(parts.values())
    root = told["metadata"]["component"]["bom-ref"]
    told["dependencies"] = [{"ref": root, "dependsOn": sorted(parts)}, *({"ref": one} for one in sorted(parts))]
    bill.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def pack(top: Path, archive: Path) -> None:
    """Write a folder into an archive that is the same whenever its files are: sorted, without times and owners.

    Not compressed: wheels are already.
    """

    def bare(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = "root"
        member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
        return member

    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as file:
        for one in sorted((top, *top.rglob("*"))):
            file.add(one, one.relative_to(top.parent), recursive=False, filter=bare)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(*command: str | Path) -> None:
    """Run a command; the archive is not written where it fails."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - the Makefile's own


if __name__ == "__main__":
    main()
