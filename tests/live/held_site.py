"""A site without a city, as the officer site's worker serves it: each answer holds ICE, and is as long as its path says.

Below /free/ nothing is held; with POST the answer is what came.

OPENCLEAR_HOME=FOLDER python -m gunicorn tests.live.held_site:application --worker-class openclear.config.workers.OfficerWorker
"""

from openclear.config.program import prepare

prepare()

from django.conf import settings  # noqa: E402 - the settings are there only now

from openclear.access import barrier  # noqa: E402 - as above

settings.BARRIER_FOLDER.mkdir(parents=True, exist_ok=True)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    body = b"x" * int(path.rpartition("/")[2])
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read()
    if not path.startswith("/free/"):
        environ["gunicorn.socket"].carry(barrier.shared(["us.dhs.ice"], ["ives"]))
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
