"""Law 6: what is not stored cannot be shared. Which columns are about immigration, citizenship or birthplace. Pure."""

import re
import unicodedata

# Whole words of a heading, in English, Spanish and the codes of NCIC and of immigration files; then parts of words.
_WORDS = (
    r"alien|a_number|visa|foreign(er)?|origin|country(_of_\w+)?|passport(_\w+)?|nation(s|ality|al_origin)?|born(_\w+)?|pob|pais"
    r"|birth_?(place|city|state|location|nation|country|county|town)(_\w+)?|(place|city|state|country|location)_(of_)?birth"
    r"|place_born|legal_status|residen(cy|t|ce)_status|lpr|usc|uscis|ins|ins_number|ice|ice_\w+|i_?(94|130|200|203|205|247|286|551|766|797)\w?"
    r"|daca|tps|green_card|ctz|imm|imm_\w+|detainer|removal_order|status_migratorio|estatus_migratorio"
    r"|lugar_de_nacimiento|ciudad_de_nacimiento|pais_de_nacimiento|extranjer[oa]"
)
# As the beginning of a word only: "alternative" and "advisable" are no words about origin.
_BEGINNINGS = r"immigra|inmigra|migratori|citizen|ciudadan|nacionalidad|nativ|deport|birthplace"
FORBIDDEN = re.compile(rf"(?:^|_)(?:(?:{_WORDS})(?:_|$)|(?:non)?(?:{_BEGINNINGS}))")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def column_name(heading: str) -> str:
    """Return a heading in its API form: `Case Number`, `CaseNumber` and `CASE NUMBER` are the column `case_number`."""
    parted = _HUMPS.sub("_", heading.strip())
    plain = unicodedata.normalize("NFKD", parted.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
