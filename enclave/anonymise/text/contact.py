"""How to reach somebody: telephones, e-mail however disguised, web and machine addresses, handles."""

from __future__ import annotations

import re
from ipaddress import ip_address

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.rule import Rule, compiled

_AT = r"(?:@|%40| ?[\[({<] ?at ?[\])}>] ?| at (?=[\w-]{1,63} ?(?:\[|\(| dot )))"
_DOT = r"(?:\.| ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot )"


def _is_number(match: re.Match[str]) -> bool:
    """Ofcom's plan: nine or ten digits after 0 or +44, the first of them 1, 2, 3, 5, 7, 8 or 9."""
    digits = re.sub(r"\D", "", match.group())
    national = digits.removeprefix("00").removeprefix("44") if digits.startswith(("44", "0044")) else digits
    return 9 <= len(national.lstrip("0")) <= 10 and national.lstrip("0")[0] in "1235789"


def _is_ip6(match: re.Match[str]) -> bool:
    try:
        return match.group().strip(":") != "" and bool(ip_address(match.group()))
    except ValueError:
        return False


RULES: tuple[Rule, ...] = (
    Rule(
        entity=Entity.PHONE_NUMBER, score=0.5, check=_is_number,
        pattern=compiled(
            r"(?<![\d.])(?:\(?(?:\+|00)? ?44[ .\-/]{0,2}(?:\( ?0 ?\)|0)?|\(?0)"
            r"(?:[ .\-/()]{0,2}\d){9,10}(?!\d)(?: ?(?:x|ext\.?|extension) ?\d{1,5})?"
        ),
        gate=r"(?:44|0)(?:[ .\-/()]{0,4}\d){9}", reach=(64, 24),
    ),
    Rule(entity=Entity.PHONE_NUMBER, pattern=compiled(r"(?<![\w+])\+[1-9]\d{0,2}(?:[ .\-/()]{0,3}\d){7,12}(?!\d)"), score=0.5),
    Rule(
        entity=Entity.PHONE_NUMBER, score=0.5,
        pattern=compiled(
            r"\b(?:tele?phones?|tel|mobile|mob|phone|fax|call(?:ed)?|ring|rang|text(?:ed)?|number|contact(?:ed)?|whatsapp)\b[^\d\n]{0,20}"
            r"(?P<x>\d(?:[ .\-/()]{0,2}\d){5,12})(?!\d)"
        ),
        gate=r"(?:tel|mob|phone|fax|call|ring|rang|text|number|contact|whatsapp)[^\d\n]{0,30}\d(?:[ .\-/()]{0,2}\d){5}", reach=(80, 24),
    ),
    Rule(
        entity=Entity.EMAIL_ADDRESS, score=0.8,
        pattern=compiled(rf"(?<![\w.!#$%&'*+/=?^`{{|}}~-])[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,8}}"),
        gate=r"@|%40|[\[({<] ?at ?[\])}>]| at [\w-]{1,63} ?(?:\[|\(| dot )", reach=(150, 400),
    ),
    Rule(entity=Entity.USER_NAME, pattern=compiled(r"(?<![\w.@])@\w{2,32}"), score=0.5),
    Rule(
        entity=Entity.USER_NAME, score=0.5,
        pattern=compiled(
            r"\b(?:user ?name|user ?id|log ?in|handle|skype|instagram|insta|snapchat|snap|facebook|twitter|tiktok|gamertag|discord)"
            r"(?: (?:name|id|account|is|as|handle|user ?name)){0,2} ?[:=]? ?(?P<x>(?=[\w.-]{0,30}[\d_.])[A-Z0-9_][\w.-]{2,30}\w)"
        ),
        reach=(20, 80), gate=r"(?:user|log ?in|handle|skype|insta|snap|facebook|twitter|tiktok|gamertag|discord)",
    ),
    Rule(entity=Entity.URL, pattern=compiled(r"(?:\b(?:https?|ftps?|sftp)://|\bwww\d?\.)[^\s<>\"]{1,380}"), score=0.6, reach=(20, 400), gate=r"://|\bwww\d?\."),
    Rule(
        entity=Entity.URL, score=0.4,
        pattern=compiled(r"(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{1,5})?/[^\s<>\"]{1,300}"),
        gate=r"\.[a-z]{2,24}(?::\d{1,5})?/\S", reach=(400, 320),
    ),
    Rule(entity=Entity.IP_ADDRESS, pattern=compiled(r"(?<![\d.])(?:\d{1,3}\[?\.\]?){3}\d{1,3}(?![\d.]\d)"), score=0.5),
    Rule(
        entity=Entity.IP_ADDRESS, score=0.6, check=_is_ip6, reach=(48, 2),
        pattern=compiled(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"),
    ),
    Rule(entity=Entity.UUID, pattern=compiled(r"(?<![0-9a-z])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-z])"), score=0.6),
    Rule(entity=Entity.MAC_ADDRESS, pattern=compiled(r"(?<![0-9a-f:-])[0-9a-f]{2}([:.-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f:-])"), score=0.6),
)  # fmt: skip
