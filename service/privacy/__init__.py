"""Personal data (Law 29733 and its Regulation, Supreme Decree 016-2024-JUS): what is kept of people, why and how long; what they may ask;
how what nobody needs any more is erased; and what is done when data got into wrong hands.

    request:   asked (by the person, or on paper by an office) --answer--> granted | refused, by another person, within working days
    erasure:   asked for by one --approval--> carried out by another: whole, or without what a law still keeps
    incident:  known --entries--> authority told within 48 hours, or why it need not be --close--> closed

``register`` is the list of what is kept: pages print it, exports follow it, erasures measure by its years, and a test holds every table
against it. ``ties`` says what a law still keeps of a person; ``export`` gathers what is kept of one; ``requests``, ``erasing`` and
``incidents`` are the use cases; ``forgetting`` is the nightly job for what is only technical. Erasing empties payloads of the record and
never a leaf, so every proof goes on holding.
"""
