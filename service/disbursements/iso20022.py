"""What the bank's messages (ISO 20022) share: safe reading of XML, and the text that banks accept."""

import re
import unicodedata
from datetime import timedelta, timezone

from lxml import etree

from service.core.errors import Rejected

PERU = timezone(timedelta(hours=-5))
"""The banks' time: the same all year."""

SIZE_LIMIT = 20_000_000
"""Bytes of a message: some 30,000 transfers."""

PLAIN = str.maketrans(
    {
        "&": "+", '"': "'", "“": "'", "”": "'", "«": "'", "»": "'", "‘": "'", "’": "'", "´": "'", "`": "'",
        "–": "-", "—": "-", "_": "-", ";": ",", "[": "(", "]": ")", "º": "o", "ª": "a", "°": "o",
    }
)  # fmt: skip
"""Signs outside the banks' set that have an obvious neighbour inside it."""

_ACCEPTED = r"[A-Za-z0-9/\-?:().,'+ ]"
_REFERENCE = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+]{1,35}(?<!/)")


class NotReadable(Rejected):
    """Not well-formed XML in UTF-8, longer than ``SIZE_LIMIT``, or with a document type of its own."""

    message = "This file cannot be read as a bank message. Ask the bank for the XML file as it was sent, and upload that."


class TextNotAccepted(Rejected):
    """A text that cannot be written with the characters that banks accept."""

    message = "Banks do not accept the text “{text}” because of the sign “{sign}”. Write the text without it."


class BadReference(Rejected):
    """An identifier that a bank would cut or refuse."""

    message = "Banks do not accept the reference “{reference}”. Use 1 to {longest} letters, digits and hyphens."


def parse(xml: bytes) -> etree._Element:
    """The root element of a message, with nothing fetched or expanded. Raises ``NotReadable``."""
    if len(xml) > SIZE_LIMIT:
        raise NotReadable
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotReadable from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotReadable
    return root


def bank_text(text: str, longest: int = 140) -> str:
    """A name or purpose in the banks' Latin set: accents and tilde dropped, cut at ``longest``. Raises ``TextNotAccepted``."""
    spread = unicodedata.normalize("NFD", text.translate(PLAIN))
    plain = " ".join("".join(char for char in spread if unicodedata.category(char) != "Mn").split())
    strange = re.sub(_ACCEPTED, "", plain)
    if strange or not plain:
        raise TextNotAccepted(text=text, sign=strange[:1])
    return plain[:longest].rstrip()


def bank_reference(reference: str, longest: int = 35) -> str:
    """An identifier exactly as it is: identifiers are never changed or cut. Raises ``BadReference``."""
    if not _REFERENCE.fullmatch(reference) or len(reference) > longest:
        raise BadReference(reference=reference, longest=longest)
    return reference


def child(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    """A new last child in the parent's namespace."""
    element = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, tag), attributes)
    element.text = text
    return element


def branch(parent: etree._Element, path: str, text: str) -> None:
    """A chain of new elements (``"Id/Othr/Id"``), the last one holding ``text``."""
    for tag in path.split("/"):
        parent = child(parent, tag)
    parent.text = text


def text_at(parent: etree._Element, path: str) -> str | None:
    """The text of the first element at ``path`` (``"GrpHdr/MsgId"``) in the parent's namespace; None where empty or missing."""
    element = parent.find(qualified(parent, path))
    return (element.text or "").strip() or None if element is not None else None


def elements_at(parent: etree._Element, path: str) -> list[etree._Element]:
    """All elements at ``path`` in the parent's namespace."""
    return parent.findall(qualified(parent, path))


def qualified(parent: etree._Element, path: str) -> str:
    """``path`` with the parent's namespace before every tag, as ElementPath writes it."""
    namespace = etree.QName(parent).namespace
    return "/".join(f"{{{namespace}}}{tag}" for tag in path.split("/"))


def serialised(root: etree._Element) -> bytes:
    """The document's bytes: UTF-8, indented; equal for equal trees."""
    etree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"
