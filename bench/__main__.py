"""Run a benchmark by its name, or all: `./run bench gate --json`."""

import argparse
import json
import platform
import sys
from importlib import import_module

NAMES = ("analysis", "audit", "block", "decisions", "gate", "import", "registry-race", "web")
_MODULES = {"import": "importing", "registry-race": "registry_race"}


def main() -> int:
    """Run what is asked for and return the exit code."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument(
        "--scale", choices=["small", "full"], help="small, except where a benchmark says otherwise"
    )
    options = parser.parse_args()
    for name in NAMES if options.name == "all" else (options.name,):
        module = import_module(f"bench.{_MODULES.get(name, name)}")
        rows = module.run(options.scale or getattr(module, "DEFAULT_SCALE", "small"))
        for row in rows:
            print("  ".join(f"{key}={value}" for key, value in row.items()), file=sys.stderr)
        if options.json:
            machine = f"{platform.machine()} {platform.python_implementation()} {platform.python_version()}"
            print(json.dumps({"name": name, "machine": machine, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
