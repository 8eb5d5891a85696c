"""Run a benchmark by its name, or all: `./run bench gate --json`."""

import argparse
import json
import platform
import subprocess
import sys
from importlib import import_module

NAMES = ("analysis", "audit", "block", "cli", "decisions", "gate", "import", "registry-race", "web")
_MODULES = {"import": "importing", "registry-race": "registry_race"}


def main() -> int:
    """Run what is asked for and return the exit code."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument(
        "--scale", choices=["tiny", "small", "full"], help="small, except where a benchmark says otherwise"
    )
    options = parser.parse_args()
    if options.name == "all":
        return _all(sys.argv[1:])
    module = import_module(f"bench.{_MODULES.get(options.name, options.name)}")
    rows = module.run(options.scale or getattr(module, "DEFAULT_SCALE", "small"))
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()), file=sys.stderr)
    if options.json:
        machine = f"{platform.machine()} {platform.python_implementation()} {platform.python_version()}"
        print(json.dumps({"name": options.name, "machine": machine, "rows": rows}))
    return 0


def _all(arguments: list[str]) -> int:
    # Each in a process of its own: settings, and with them the city, are of a process.
    more = [argument for argument in arguments if argument != "all"]
    codes = [
        subprocess.run([sys.executable, "-m", "bench", name, *more], check=False).returncode for name in NAMES
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
