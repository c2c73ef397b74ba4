"""Stored files, and papers from data to PDF.

A *file* is kept once per content and never changes; what it is, is told by its first bytes. A *document* is a paper that some area
asked for: a kind, a subject (an opaque ``contract:<id>``), the plain values it is drawn from with their hash, and a version per
subject. Asking inserts the document and queues a job in one transaction; the job draws the PDF in another process and gives the
document its file, once.

    document:  asked for --draw--> drawn

``papers.py`` has the exact shape of every kind's values, ``sums.py`` what must add up in them, ``pdf.py`` the press: PDF/A-3a and
PDF/UA-1 with the values inside, the same bytes for the same values. Templates lie in ``templates/documents/<language>/``.
"""
