"""What every area stands on: settings, database, tables, refusals, money, state machines, clock, actors.

``core`` imports nothing of ours and knows no word of the field.
"""
