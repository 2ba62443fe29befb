"""The database: engines, sessions and one history of migrations for every part of the application.

SQLite is the default; PostgreSQL works by setting `DATABASE_URL`.
"""
