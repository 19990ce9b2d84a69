"""One line of Alembic migrations for the tables of all rooms."""
