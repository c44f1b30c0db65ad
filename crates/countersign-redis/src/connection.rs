use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, RedisError, ServerErrorKind};
use tokio::time::timeout;

use crate::error::{ConnectError, Failure};

/// One connection for all operations, which comes back by itself.
#[derive(Clone)]
pub(crate) struct Connection {
    client: Client,
    response_timeout: Duration,
    current: Arc<Mutex<Current>>,
}

/// The manager reconnects when a connection ends, and not when one is dead without having ended: then it is replaced.
#[derive(Clone)]
struct Current {
    manager: ConnectionManager,
    generation: u64,
}

impl Connection {
    /// Nothing is sent yet.
    pub(crate) fn new(client: Client, response_timeout: Duration) -> Result<Self, ConnectError> {
        let manager = manager(&client, response_timeout).map_err(|error| ConnectError::Url(error.into()))?;
        let current = Arc::new(Mutex::new(Current { manager, generation: 0 }));
        Ok(Self { client, response_timeout, current })
    }

    /// Does something that may be done twice, within the response timeout.
    pub(crate) async fn ask<T, F>(&self, act: impl Fn(ConnectionManager) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let Current { manager, generation } = self.current().clone();
        let acted = async {
            match act(manager.clone()).await {
                // The server was restarted, or something in between has cut off who was silent. The manager is already
                // reconnecting.
                Err(error) if error.is_connection_dropped() => act(manager).await,
                answer => answer,
            }
        };
        let answer = timeout(self.response_timeout, acted).await;
        let is_dead = match &answer {
            Ok(Ok(_)) => false,
            // Those of a primary that became a replica are not cut off.
            Ok(Err(error)) => {
                error.is_timeout() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
            }
            Err(_) => true,
        };
        if is_dead {
            self.replace(generation);
        }
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) if error.is_timeout() => Err(Failure::TimedOut(self.response_timeout)),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Failure::TimedOut(self.response_timeout)),
        }
    }

    /// By one of those that find it dead. The next one connects.
    fn replace(&self, generation: u64) {
        let mut current = self.current();
        if current.generation == generation
            && let Ok(manager) = manager(&self.client, self.response_timeout)
        {
            *current = Current { manager, generation: generation + 1 };
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // Nothing panics with it in its hands.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn manager(client: &Client, response_timeout: Duration) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(response_timeout))
        .set_connection_timeout(Some(response_timeout))
        // The provider tries again: who waits for a server that is down only holds up others.
        .set_number_of_retries(0)
        .set_pipeline_buffer_size(PIPELINE);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// Operations that wait to be sent.
const PIPELINE: usize = 1024;
