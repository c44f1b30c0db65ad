//! Private servers for tests: PostgreSQL and Redis on free ports.
