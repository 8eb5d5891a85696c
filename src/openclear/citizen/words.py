"""Primary types of offenses, and codes of orders, in words, translated where they are shown. Others are shown as spelled."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openclear.vocabulary.actions import RECORD_DATASETS

TYPES: dict[str, Promise] = {
    "ARSON": _("Arson"),
    "ASSAULT": _("Assault"),
    "BATTERY": _("Battery"),
    "BURGLARY": _("Burglary"),
    "CONCEALED CARRY LICENSE VIOLATION": _("Concealed carry license violation"),
    "CRIM SEXUAL ASSAULT": _("Criminal sexual assault"),
    "CRIMINAL SEXUAL ASSAULT": _("Criminal sexual assault"),
    "CRIMINAL DAMAGE": _("Criminal damage"),
    "CRIMINAL TRESPASS": _("Criminal trespass"),
    "DECEPTIVE PRACTICE": _("Deceptive practice"),
    "GAMBLING": _("Gambling"),
    "HOMICIDE": _("Homicide"),
    "INTERFERENCE WITH PUBLIC OFFICER": _("Interference with a public officer"),
    "INTIMIDATION": _("Intimidation"),
    "KIDNAPPING": _("Kidnapping"),
    "LIQUOR LAW VIOLATION": _("Liquor law violation"),
    "MOTOR VEHICLE THEFT": _("Motor vehicle theft"),
    "NARCOTICS": _("Narcotics"),
    "OBSCENITY": _("Obscenity"),
    "OFFENSE INVOLVING CHILDREN": _("Offense involving children"),
    "OTHER OFFENSE": _("Other offense"),
    "PROSTITUTION": _("Prostitution"),
    "PUBLIC PEACE VIOLATION": _("Public peace violation"),
    "ROBBERY": _("Robbery"),
    "SEX OFFENSE": _("Sex offense"),
    "STALKING": _("Stalking"),
    "THEFT": _("Theft"),
    "WEAPONS VIOLATION": _("Weapons violation"),
}
# States of orders, and their possible limits: data sets and purposes.
ORDERS: dict[str, Promise] = {
    "provisional": _("provisional"),
    "in-force": _("in force"),
    "narrowed": _("narrowed"),
    **{str(dataset): _(str(dataset)) for dataset in RECORD_DATASETS},
    "criminal-investigation": _("criminal investigation"),
    "dispatch-response": _("answering a call"),
    "missing-person": _("missing person"),
    "stolen-property": _("stolen property"),
    "traffic-stop": _("traffic stop"),
    "warrant-service": _("serving a warrant"),
}
# Types of columns, by their names in Table Schema.
FORMS: dict[str, Promise] = {
    "boolean": _("true or false"),
    "datetime": _("date and hour, as 2026-05-31T23:00:00"),
    "integer": _("whole number"),
    "number": _("decimal number"),
    "string": _("text"),
}
