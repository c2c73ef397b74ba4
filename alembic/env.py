"""Alembic's entry: it runs inside the connection and transaction that ``service.core.migrations`` gives."""

from alembic import context
from service.core.tables import SQLModel

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, transactional_ddl=True
)  # for the names of constraints
with context.begin_transaction():
    context.run_migrations()
