"""What WeasyPrint leaves out of a PDF that is to be PDF/A-3a and PDF/UA-1 at once.

The identification of PDF/UA goes into the XMP metadata, with the extension schema that PDF/A asks for. And what stands in page margins
becomes a pagination artifact (ISO 14289-1, 7.8): WeasyPrint tags it like text, outside the tree. An attachment is associated once.
"""

from typing import Any

import pydyf  # type: ignore[import-untyped]  # the package brings no types

UA_METADATA = b"""\
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description></rdf:li></rdf:Seq>\
</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""

PAGINATION = pydyf.Dictionary({"Type": "/Pagination"})


def finish(document: Any, pdf: Any) -> None:  # noqa: ARG001  # the signature is WeasyPrint's
    """Complete a WeasyPrint document that is about to be written."""
    for each in pdf.objects:
        if getattr(each, "extra", {}).get("Subtype") == "/XML":
            each.stream = [part.replace(b"</rdf:RDF>", UA_METADATA + b"</rdf:RDF>") for part in each.stream]
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    _mark_margins(pdf)


def _mark_margins(pdf: Any) -> None:
    """Turn the marked content that hangs on no structure element of the tree into artifacts."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    reached = _reachable(pdf, root)
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page in (each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"):
        owners = parents[page["StructParents"]]
        margin = {mcid for mcid, owner in enumerate(owners) if owner not in reached}
        _as_artifacts(_object(pdf, page["Contents"]), margin)
        owners[:] = [b"null" if mcid in margin else owner for mcid, owner in enumerate(owners)]


def _reachable(pdf: Any, root: Any) -> set[bytes]:
    """The references of all structure elements below the root."""
    reached: set[bytes] = set()
    waiting = [kid for kid in root["K"] if isinstance(kid, bytes)]
    while waiting:
        reference = waiting.pop()
        reached.add(reference)
        waiting += [kid for kid in _object(pdf, reference).get("K", []) if isinstance(kid, bytes)]
    return reached


def _as_artifacts(stream: Any, margin: set[int]) -> None:
    """Rewrite ``/Span <</MCID n>> BDC`` as ``/Artifact <</Type /Pagination>> BDC`` for every n in ``margin``."""
    for index, part in enumerate(stream.stream):
        if isinstance(part, pydyf.Dictionary) and part.get("MCID") in margin:
            stream.stream[index - 1] = b"/Artifact"
            stream.stream[index] = PAGINATION


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
