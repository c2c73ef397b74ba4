"""What everybody may see and check, and what each person sees first: reports, invariants, first pages. No tables.

``first_page`` composes a person's duties: the queries of ``duties`` and the rules asked in ``next_steps``, shown to whoever may do the act
that each leads to. ``decisions`` calls the use cases of single decisions for many at once. ``standing`` says where a group stands, to its
board, its office and the holder of its code; ``cofunding`` what a cofunder's money came to; ``health`` how the installation is.
"""
