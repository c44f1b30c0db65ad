use std::error::Error;
use std::fmt;
use std::time::Duration;

use countersign_inbox::{Durability, StoreError};
use redis::RedisError;

/// An error of opening a store, for the developer and the operator. Do not show it to senders of webhooks.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is not that of a server.
    Url(Box<dyn Error + Send + Sync>),
    /// The namespace is empty, or contains braces or characters other than visible ASCII.
    Namespace,
    /// The server did not answer, or not as expected.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// The server is a replica.
    Replica,
    /// The server is part of a cluster whose nodes name each other as the node of the namespace.
    Elsewhere {
        /// The server that the cluster names.
        node: String,
    },
    /// The server evicts keys.
    Evicts {
        /// Its `maxmemory-policy`, if it is readable.
        policy: Option<String>,
    },
    /// The durability of the server is lower than required.
    NotDurable {
        /// The required durability.
        required: Durability,
        /// The actual durability.
        found: Durability,
        /// The settings that cause it, and the cure.
        reason: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.write_str(
                "not the URL of a Redis server: redis://user:password@host:6379/0, or rediss:// with the feature `tls`",
            ),
            Self::Namespace => {
                f.write_str("a namespace is one or more visible ASCII characters without `{` and `}`, such as `orders`")
            }
            Self::Unavailable(_) => f.write_str("the Redis server cannot be reached or used"),
            Self::Replica => f.write_str("the Redis server is a replica: connect to the primary"),
            Self::Elsewhere { node } => {
                write!(
                    f,
                    "the nodes of the Redis cluster do not agree on which of them has this namespace; the last one that was \
                     named is {node}: see `CLUSTER INFO`"
                )
            }
            Self::Evicts { policy } => {
                match policy {
                    Some(policy) => write!(f, "`maxmemory-policy` is `{policy}`")?,
                    None => f.write_str("`maxmemory-policy` cannot be read, with neither CONFIG GET nor INFO")?,
                }
                f.write_str(
                    ": the Redis server may forget deliveries, and they are handled again; set `noeviction`, or accept it \
                     with `insecure_allow_eviction`",
                )
            }
            Self::NotDurable { required, found, reason } => {
                write!(f, "{required:?} is required, and the Redis server is {found:?}: {reason}")
            }
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Url(source) | Self::Unavailable(source) => Some(&**source),
            _ => None,
        }
    }
}

/// The reason why the server gave no answer, for logs.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The outcome of the operation is unknown.
    TimedOut(Duration),
    /// The memory of the server is full.
    Full(RedisError),
    Redis(RedisError),
}

impl Failure {
    /// Returns the node that the last answer of a cluster named, if following it failed.
    pub(crate) fn moved_to(&self) -> Option<String> {
        match self {
            Self::Redis(error) => error.redirect_node().map(|(node, _)| node.to_owned()),
            Self::TimedOut(_) | Self::Full(_) => None,
        }
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        if error.code() == Some("OOM") { Self::Full(error) } else { Self::Redis(error) }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(Box::new(failure))
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(Box::new(failure))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut(after) => write!(f, "the Redis server did not answer within {after:?}"),
            Self::Full(_) => {
                f.write_str("the Redis server is out of memory: raise `maxmemory` or shorten the retention")
            }
            Self::Redis(_) => f.write_str("the Redis server cannot be reached, or refused the command"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TimedOut(_) => None,
            Self::Full(source) | Self::Redis(source) => Some(source),
        }
    }
}

/// The reason why there is no inbox in Redis, for programs that are given a `redis://` URL for one.
pub const NO_INBOX: &str = "Redis cannot be an inbox: an event that was acknowledged must not get lost, and Redis may \
     lose the last ones, in a failover with every setting and in a loss of power with most; use SQLite \
     (sqlite:PATH) on one machine or PostgreSQL (postgres://…) on many, and Redis for dedupe in front of a handler";
