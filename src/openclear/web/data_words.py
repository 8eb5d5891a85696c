"""The words of values in records and of entries in the log: colors, kinds of identifiers, acts. Translated where they are shown.

What a city records in its own words (offenses, places) is in its profile: `recorded_words_es.csv`.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HAIR: dict[str, str | Promise] = {
    "BALD": pgettext_lazy("hair", "bald"),
    "BLACK": pgettext_lazy("hair", "black"),
    "BLONDE": pgettext_lazy("hair", "blonde"),
    "BROWN": pgettext_lazy("hair", "brown"),
    "GRAY": pgettext_lazy("hair", "gray"),
    "RED": pgettext_lazy("hair", "red"),
    "WHITE": pgettext_lazy("hair", "white"),
}
EYES: dict[str, str | Promise] = {
    "BLACK": pgettext_lazy("eyes", "black"),
    "BLUE": pgettext_lazy("eyes", "blue"),
    "BROWN": pgettext_lazy("eyes", "brown"),
    "GRAY": pgettext_lazy("eyes", "gray"),
    "GREEN": pgettext_lazy("eyes", "green"),
    "HAZEL": pgettext_lazy("eyes", "hazel"),
}
COLORS: dict[str, str | Promise] = {
    "BEIGE": pgettext_lazy("vehicle", "beige"),
    "BLACK": pgettext_lazy("vehicle", "black"),
    "BLUE": pgettext_lazy("vehicle", "blue"),
    "BROWN": pgettext_lazy("vehicle", "brown"),
    "GRAY": pgettext_lazy("vehicle", "gray"),
    "GREEN": pgettext_lazy("vehicle", "green"),
    "RED": pgettext_lazy("vehicle", "red"),
    "SILVER": pgettext_lazy("vehicle", "silver"),
    "WHITE": pgettext_lazy("vehicle", "white"),
    "YELLOW": pgettext_lazy("vehicle", "yellow"),
}
IDENTIFIERS: dict[str, str | Promise] = {"IR NUMBER": _("IR number"), "FBI NUMBER": _("FBI number")}
# Handling labels, by the names that rules use.
LABELS: dict[str, str | Promise] = {
    "all": _("all"),
    "domestic": _("domestic violence"),
    "expunged": _("expunged records"),
    "gang": _("gang records"),
    "informant": _("informants"),
    "intelligence": _("intelligence"),
    "juvenile": _("juveniles"),
    "medical": _("medical records"),
    "sealed": _("sealed records"),
    "sexual-assault": _("sexual assault"),
    "victim": _("victims"),
}
# What the header of an entry calls its kind.
ENTRY_KINDS: dict[str, str | Promise] = {
    "affiliation": _("tie to an agency"),
    "answer": _("answer"),
    "attempt": _("attempt"),
    "boot": _("start of the server"),
    "command": _("act"),
    "edition": _("public edition"),
    "erase": _("erasure"),
    "error": _("error"),
    "genesis": _("beginning of the log"),
    "head": _("head of the log"),
    "heartbeat": _("sign of life"),
    "in-force": _("order in force"),
    "index": _("index"),
    "key": _("key"),
    "order": _("order"),
    "outcome": _("outcome"),
    "policy": _("rules"),
    "refusal": _("refusal"),
    "registry": _("agencies and accounts"),
    "spool": _("answer kept while the log was down"),
}
OBJECTS: dict[str, str | Promise] = {
    "account": _("account"),
    "alert": _("alert"),
    "analysis": _("figures"),
    "arrest": _("arrest"),
    "boundary": _("boundary"),
    "case": _("case"),
    "decision": _("decision"),
    "desk": _("start page"),
    "edition": _("public edition"),
    "export": _("export"),
    "incident": _("incident"),
    "link": _("link"),
    "log": _("log"),
    "order": _("order"),
    "oversight": _("oversight"),
    "person": _("person"),
    "property": _("property"),
    "record": _("record"),
    "records": _("records"),
    "registry": _("agencies and accounts"),
    "stop": _("stop"),
    "token": _("token"),
    "vehicle": _("vehicle"),
}
VERBS: dict[str, str | Promise] = {
    "account": pgettext_lazy("act", "account"),
    "ask": pgettext_lazy("act", "count"),
    "change": pgettext_lazy("act", "change"),
    "confirm": pgettext_lazy("act", "confirm"),
    "create": pgettext_lazy("act", "make"),
    "cut-off": pgettext_lazy("act", "cut off"),
    "end": pgettext_lazy("act", "end"),
    "erase": pgettext_lazy("act", "erase"),
    "explain": pgettext_lazy("act", "explain"),
    "explain-others": pgettext_lazy("act", "explain others"),
    "export": pgettext_lazy("act", "export"),
    "export-bodies": pgettext_lazy("act", "export with bodies"),
    "identify": pgettext_lazy("act", "identify"),
    "import": pgettext_lazy("act", "import"),
    "keep": pgettext_lazy("act", "keep"),
    "lift": pgettext_lazy("act", "lift"),
    "list": pgettext_lazy("act", "list"),
    "make": pgettext_lazy("act", "make"),
    "note": pgettext_lazy("act", "note"),
    "open": pgettext_lazy("act", "open"),
    "own": pgettext_lazy("act", "own"),
    "register": pgettext_lazy("act", "register"),
    "release": pgettext_lazy("act", "release"),
    "restore": pgettext_lazy("act", "restore"),
    "seal": pgettext_lazy("act", "seal"),
    "search": pgettext_lazy("act", "search"),
    "share": pgettext_lazy("act", "share"),
    "start": pgettext_lazy("act", "start"),
    "view": pgettext_lazy("act", "open"),
    "view-all": pgettext_lazy("act", "read all"),
    "view-own": pgettext_lazy("act", "read own"),
}
