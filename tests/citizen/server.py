"""The public site in a process of its own, without a port: a request on each line of standard input, its answer on standard output."""

import base64
import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.public"

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the settings are chosen
from django.test import Client  # noqa: E402 - as above
from django.utils import translation  # noqa: E402 - as above

settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
for line in sys.stdin:
    asked = json.loads(line)
    answer = client.generic(asked["method"], asked["path"], headers=asked["headers"])
    translation.deactivate()
    body = answer.getvalue() if asked["method"] != "HEAD" else b""
    told = {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "body": base64.b64encode(body).decode(),
    }
    print(json.dumps(told), flush=True)
