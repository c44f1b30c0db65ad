//! The durable store of one machine: SQLite, with one writer and group commit.
