"""A page in place of AWS's answer: of a proxy, of a network that wants a sign-in, of a load balancer."""

from __future__ import annotations

import re

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_BEGINNING = 4096
_LONGEST_TITLE = 80


def is_page(body: str) -> bool:
    """Whether it is HTML or XML; EMR Serverless answers in JSON."""
    return body.lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n").startswith("<")


def title_of(page: str) -> str:
    """What it is, with its title, in a few words; never its text."""
    beginning = page[:_BEGINNING]
    kind = "an XML document" if "<?xml" in beginning else "an HTML page"
    found = _TITLE.search(beginning)
    title = " ".join("".join(char if char.isprintable() else " " for char in found[1]).split()) if found else ""
    return f"{kind} ({title[:_LONGEST_TITLE]!r})" if title else kind
