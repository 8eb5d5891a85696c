"""The verifier that an export holds, as an outsider runs it."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType


def verify(folder: Path, *arguments: str) -> CompletedProcess[str]:
    """Run the export's own `verify.py` in this process, which has loaded it once: most stories damage an export, many times."""
    program = _loaded((folder / "verify.py").read_text())
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = program.main([str(folder), *arguments])
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def verify_alone(folder: Path, *arguments: str) -> CompletedProcess[str]:
    """Run it as the page says: a Python of its own, which sees nothing that is installed."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@cache
def _loaded(source: str) -> ModuleType:
    module = ModuleType("an_exported_verifier")
    sys.modules[module.__name__] = module  # its dataclasses look for themselves there
    exec(compile(source, "verify.py", "exec"), vars(module))  # as Python would
    return module
