//! The durable store of many machines: PostgreSQL.
