"""Who may read the home: nobody but its user, except what is public; and where gunicorn listens."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from openclear.cli.public.acts import public_site
from openclear.operations.home import close_home
from openclear.operations.start import serve

pytestmark = pytest.mark.anywhere


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def open_in(*folders):
    return [path for folder in folders for path in (folder, *folder.rglob("*")) if mode(path) & 0o077]


def test_a_home_that_a_wider_umask_made_is_closed_and_what_is_public_stays_open():
    rejects = settings.POLICE_FOLDER / "rejects"
    rejects.mkdir(exist_ok=True)
    left = rejects / "crimes.csv"
    left.write_text("names")
    for path, wide in ((rejects, 0o755), (left, 0o644), (settings.POLICE_FOLDER, 0o755)):
        path.chmod(wide)
    outside = settings.POLICE_FOLDER / "link"
    outside.symlink_to("/etc/hostname")
    try:
        assert close_home() >= 3
        assert [mode(path) for path in (rejects, left, settings.POLICE_FOLDER)] == [0o700, 0o600, 0o700]
        outside.unlink()
        assert not open_in(settings.POLICE_FOLDER, settings.LOG_FOLDER, settings.KEYS_FOLDER)
        assert close_home() == 0
        public = [path for path in settings.PUBLIC_FOLDER.rglob("*") if path.is_file()]
        assert public
        assert {mode(path) for path in public} == {0o644}
        assert mode(settings.PUBLIC_FOLDER) == 0o755
    finally:
        left.unlink(missing_ok=True)
        outside.unlink(missing_ok=True)


def test_what_the_program_makes_is_its_users_alone(tmp_path):
    home = tmp_path / "home"
    command = [sys.executable, "-m", "openclear.config.program", "init", "--demo"]
    script = 'umask 022; "$@"'
    environment = os.environ | {"OPENCLEAR_HOME": str(home)}
    for name in ("DATABASE", "AUDIT_DATABASE", "PUBLIC_DATABASE"):
        environment[f"OPENCLEAR_{name}"] = "sqlite"
    try:
        subprocess.run(["/bin/sh", "-c", script, "sh", *command], env=environment, check=True, timeout=120)
        assert not open_in(home / "police", home / "log", home / "keys")
        assert (mode(home), mode(home / "public")) == (0o700, 0o755)
        assert mode(home / "public" / "public.sqlite3") == 0o644
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_no_server_opens_a_control_socket(monkeypatch):
    import argparse

    from openclear.operations import start

    started = []
    monkeypatch.setattr(os, "execv", lambda _program, arguments: started.append(arguments))
    monkeypatch.setattr(os, "execve", lambda _program, arguments, _environment: started.append(arguments))
    for name in ("start_beside", "start_public_beside", "note_boot"):
        monkeypatch.setattr(start, name, lambda *_: None)
    serve(8000)
    monkeypatch.setattr("openclear.cli.public.acts.runs", lambda _process: False)
    public_site(argparse.Namespace(port=8001, while_running=None))
    assert len(started) == 2
    for arguments in started:
        assert "--no-control-socket" in arguments
    for line in Path(__file__).resolve().parents[2].joinpath("docs/operations.md").read_text().splitlines():
        assert "-m gunicorn" not in line or "--no-control-socket" in line
