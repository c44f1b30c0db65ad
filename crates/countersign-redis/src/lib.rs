//! Remembers deliveries for many machines in Redis or Valkey.
