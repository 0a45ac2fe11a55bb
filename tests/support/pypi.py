"""Packages of PyPI that a check or a benchmark needs, in a folder of their own: not in the system's, nor the user's."""
import pathlib
import subprocess
import sys


def use(folder, *pins):
    """Installs NAME==VERSION, ... into the folder unless they are there, and lets this program import them. Ends it with status 77, and the
    reason in one line, where they cannot be had."""
    folder = pathlib.Path(folder)
    done = folder / "installed.txt"
    if not done.exists() or done.read_text().split() != list(pins):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--upgrade", "--only-binary", ":all:",
                   "--target", str(folder), *pins]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            print(f"{' '.join(pins)} cannot be installed: {(result.stderr.strip() or 'pip failed').splitlines()[-1]}")
            sys.exit(77)
        done.write_text("\n".join(pins))
    sys.path.insert(0, str(folder))
