"""Pages as PDF, tagged for screen readers (PDF/UA-1, ISO 14289-1), with any characters in their facts.

That standard does not allow a character that no font has. Such a character is replaced, and the pages say so. The fonts are
those within typst and those installed on the machine.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import category

from openclear.vocabulary.without_grant import without_grant

if TYPE_CHECKING:
    from typst import Compiler

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# The fonts within typst have all Latin letters below this.
_CERTAIN = 0x180
_NAMED = 5
_PROBE = b'#set document(title: "probe")\n#set text(lang: "en")\n#sys.inputs.text'


@without_grant("prints what it is given")
def printed(pages: bytes, facts: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the PDF of pages (typst), and one sentence about the characters that were replaced, "" if none were.

    The pages read `facts` as JSON from `sys.inputs.facts`; the sentence is there as `replaced`.
    """
    from typst import Compiler, TypstError  # noqa: PLC0415 - heavy, and only a PDF needs it

    compiler = Compiler()
    used = Counter(character for text in _texts_in(facts) for character in text)
    doubtful = sorted(character for character in used if ord(character) >= _CERTAIN)
    try:
        return _without(compiler, pages, facts, used, _missing(compiler, used))
    except (
        TypstError
    ):  # each of them alone is printed, but not all of them together, such as an accent on a sign
        return _without(compiler, pages, facts, used, [*_unprintable(used), *doubtful])


def _without(
    compiler: "Compiler",
    pages: bytes,
    facts: Mapping[str, Any],
    used: Mapping[str, int],
    missing: Sequence[str],
) -> tuple[bytes, str]:
    told = _told({character: used[character] for character in missing})
    kept = _replaced(dict(facts), dict.fromkeys(map(ord, missing), REPLACEMENT)) | {"replaced": told}
    return _compiled(compiler, pages, facts=json.dumps(kept)), told


def _compiled(compiler: "Compiler", pages: bytes, **inputs: str) -> bytes:
    made = compiler.compile(input=pages, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    return bytes(made)  # type: ignore[arg-type] # one file, as no output is named


def _missing(compiler: "Compiler", used: Mapping[str, int]) -> list[str]:
    strange = _unprintable(used)
    doubtful = sorted(
        character for character in used if ord(character) >= _CERTAIN and category(character) != "Cs"
    )
    if _is_printed(compiler, " ".join(doubtful)):
        return strange
    return strange + [character for character in doubtful if not _is_printed(compiler, character)]


def _unprintable(used: Mapping[str, int]) -> list[str]:
    # Control characters and halves of a pair of UTF-16 are printed by no font, nor taken as JSON.
    return sorted(
        character for character in used if category(character) in {"Cc", "Cs"} and character not in "\n\t"
    )


def _is_printed(compiler: "Compiler", text: str) -> bool:
    from typst import TypstError  # noqa: PLC0415 - as above

    try:
        _compiled(compiler, _PROBE, text=text)
    except TypstError:
        return False
    return True


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)


def _replaced(value: Any, table: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, Mapping):
        return {str(name).translate(table): _replaced(item, table) for name, item in value.items()}
    return [_replaced(item, table) for item in value] if isinstance(value, list | tuple) else value


def _told(missing: Mapping[str, int]) -> str:
    if not missing:
        return ""
    codes = [f"U+{ord(character):04X}" for character in missing]
    others = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return (
        f"Characters that no font here has are printed as {REPLACEMENT}: {', '.join(codes[:_NAMED])}{others} "
        f"({sum(missing.values()):,} in all); an export to CSV has them."
    )
