"""Short messages that leave the building: an outbox, filled in the transaction of the effect and emptied by a job.

A *message* is written from a template (``templates/messages/<language>/<kind>.txt``) to one mobile number. It may hold a secret (a
link, a code), so number and text are kept only while they can still be sent; a keyed hash of the text stays, and the last three digits of
the number. Delivery is at least once: the provider gets the message's identifier with each try, and its own reference is kept.

    queued --send--> sent ;  queued --fail--> failed ;  failed --retry--> queued ;  queued | failed --drop--> dropped

What cannot be sent any more in time is dropped: a link that has run out helps nobody. Who may be written to, and about what, is decided
by the area that writes; here is decided how much: an SMS costs money and can be a nuisance.
"""
