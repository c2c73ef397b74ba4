"""Alembic's entry: it runs inside the connection and transaction that ``service.core.migrations`` gives."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
