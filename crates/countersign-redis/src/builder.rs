use std::time::Duration;

use countersign_inbox::{Durability, Retention};
#[cfg(feature = "tls")]
use redis::TlsCertificates;
use redis::{Client, RedisError, cmd};
#[cfg(feature = "tls")]
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use tracing::warn;

use crate::connection::Connection;
use crate::error::OpenError;
use crate::namespace::Namespace;
use crate::script::Scripts;
use crate::server::Server;
use crate::store::RedisStore;

/// Builds a [`RedisStore`].
#[derive(Clone)]
#[must_use = "nothing is connected before `connect`"]
pub struct RedisStoreBuilder {
    url: String,
    namespace: String,
    retention: Duration,
    response_timeout: Duration,
    required: Durability,
    may_evict: bool,
    #[cfg(feature = "tls")]
    root_certificate: Option<Vec<u8>>,
    #[cfg(feature = "_clock")]
    is_clock_moved: bool,
}

impl RedisStore {
    /// Connects to the server of a URL: `redis://user:password@host:6379/0`, `rediss://` for TLS.
    ///
    /// # Errors
    ///
    /// See [`RedisStoreBuilder::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<Self, OpenError> {
        Self::builder(url).connect().await
    }

    /// Creates a builder, for other settings than those of [`connect`](Self::connect).
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url)
    }
}

impl RedisStoreBuilder {
    fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            namespace: "default".into(),
            retention: Retention::DEFAULT,
            response_timeout: DEFAULT_RESPONSE_TIMEOUT,
            required: Durability::Relaxed,
            may_evict: false,
            #[cfg(feature = "tls")]
            root_certificate: None,
            #[cfg(feature = "_clock")]
            is_clock_moved: false,
        }
    }

    /// Sets the namespace, the prefix of all keys in braces. The default is `default`. Stores with the same
    /// namespace share their entries. A namespace is on one node of a Redis cluster: with several endpoints, give
    /// each its own.
    pub fn with_namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = name.into();
        self
    }

    /// Sets how long handled deliveries are remembered, up to 100 years. The default is 30 days, which covers
    /// deliveries that providers resend on demand.
    pub const fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Sets the timeout of an operation, including a reconnection and a repetition. The default is 2 seconds: a disk
    /// that syncs each command may need one of them, and the least patient providers wait for 3 to 5.
    ///
    /// The outcome of an operation that timed out is unknown. Repeat it, a claim with the same token; otherwise its
    /// lease, which no caller received, must expire.
    pub const fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Refuses a server with a lower durability. By default none is refused; a warning names the missing settings.
    ///
    /// [`Durability::Fsync`] needs `appendonly yes`, `appendfsync always`, `no-appendfsync-on-rewrite no` and
    /// `maxmemory-policy noeviction`. A higher durability is not available, because Redis replicates after it has
    /// answered.
    pub const fn require_durability(mut self, required: Durability) -> Self {
        self.required = required;
        self
    }

    /// Accepts a server that evicts keys: evicted deliveries are handled again. By default such a server is refused.
    pub const fn insecure_allow_eviction(mut self) -> Self {
        self.may_evict = true;
        self
    }

    /// Trusts only servers with this root certificate, in PEM, for a private authority. By default those of the
    /// system are trusted.
    #[cfg(feature = "tls")]
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificate = Some(pem.into());
        self
    }

    /// For tests: allows [`RedisStore::advance`] to move the clock of the namespace.
    #[cfg(feature = "_clock")]
    #[doc(hidden)]
    pub const fn with_moved_clock(mut self) -> Self {
        self.is_clock_moved = true;
        self
    }

    /// Connects, and reads the durability of the server.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached within the response timeout, is not the primary, may evict keys, or has a
    /// lower durability than required.
    pub async fn connect(self) -> Result<RedisStore, OpenError> {
        let namespace = Namespace::new(&self.namespace)?;
        let client = self.client().map_err(|error| OpenError::Url(error.into()))?;
        let connection = Connection::new(client, self.response_timeout)?;
        // In a cluster, this finds the node of the namespace.
        let probe = namespace.key("", &[]);
        let exists = connection.ask(|mut manager| {
            let exists = cmd("EXISTS").arg(&probe).to_owned();
            async move { exists.query_async::<u64>(&mut manager).await }
        });
        exists.await.map_err(|error| match error.moved_to() {
            Some(node) => OpenError::Elsewhere { node },
            None => error.into(),
        })?;
        let server = connection.ask(Server::read).await?;
        if server.is_replica() {
            return Err(OpenError::Replica);
        }
        let durability = self.checked_durability(&server)?;
        #[cfg(feature = "_clock")]
        let is_clock_moved = self.is_clock_moved;
        #[cfg(not(feature = "_clock"))]
        let is_clock_moved = false;
        let scripts = Scripts::new(server.has_script_flags(), is_clock_moved);
        Ok(RedisStore::new(connection, namespace, scripts, self.retention, durability))
    }

    /// Creates a client that trusts the roots of the system, or only the given one.
    #[cfg(feature = "tls")]
    fn client(&self) -> Result<Client, RedisError> {
        // The client takes the provider of the process, and panics if it has to choose between several.
        if CryptoProvider::get_default().is_none() {
            // Another thread may have been faster.
            let _ = aws_lc_rs::default_provider().install_default();
        }
        match &self.root_certificate {
            Some(pem) => {
                let root_cert = Some(pem.clone());
                Client::build_with_tls(self.url.as_str(), TlsCertificates { client_tls: None, root_cert })
            }
            None => Client::open(self.url.as_str()),
        }
    }

    #[cfg(not(feature = "tls"))]
    fn client(&self) -> Result<Client, RedisError> {
        Client::open(self.url.as_str())
    }

    fn checked_durability(&self, server: &Server) -> Result<Durability, OpenError> {
        let policy = server.eviction_policy();
        if policy != Some("noeviction") && !self.may_evict {
            return Err(OpenError::Evicts { policy: policy.map(Into::into) });
        }
        let (found, reason) = server.durability();
        if found < self.required {
            let reason = if reason.is_empty() { REPLICATION.into() } else { reason };
            return Err(OpenError::NotDurable { required: self.required, found, reason });
        }
        if !reason.is_empty() {
            warn!(target: "countersign", reason, "the Redis server may forget deliveries, and they are handled again");
        }
        Ok(found)
    }
}

const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);

const REPLICATION: &str = "it replicates after it has answered; use PostgreSQL with a synchronous standby";
