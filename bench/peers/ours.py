"""Parts that the scripts which compare Sonograd with other programs share."""

import os
from pathlib import Path
import subprocess

ROOT = Path(__file__).resolve().parents[2]


def build_ours():
    """The binary: that of the variable SONOGRAD, or one that is built in build/bench."""
    if "SONOGRAD" in os.environ:
        return Path(os.environ["SONOGRAD"])
    folder = ROOT / "build/bench"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DSONOGRAD_CUDA=OFF", "-DSONOGRAD_TESTS=OFF"], **quiet)
    subprocess.run(["cmake", "--build", folder, "--target", "sonograd"], **quiet)
    return folder / "bin/sonograd"


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def versions(python, *packages):
    show = ("from importlib.metadata import version; import platform, sys; "
            "print(*(n + ' ' + version(n) for n in sys.argv[1:]), 'Python ' + platform.python_version(), sep=', ')")
    return output_of(python, "-c", show, *packages)


def markdown_table(rows):
    """`rows`: lists of text, the header first."""
    header, *rest = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rest])
