use std::sync::Arc;

use sqlx::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The purpose of an operator's statement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// A page or a list.
    Look,
    /// A change, and what is read for it.
    Change,
}

/// The connections that operators may use at the same time: the others are for deliveries and workers. Changes have one of their
/// own, so that no number of slow pages delays them. In a pool of less than four connections, pages and changes share one: of
/// three, the store uses two.
#[derive(Debug)]
pub(crate) struct OperatorPermits {
    look: Arc<Semaphore>,
    change: Arc<Semaphore>,
}

impl OperatorPermits {
    /// Takes a quarter of the connections, and at least one for each purpose, or one for both.
    pub(crate) fn new(connections: u32) -> Self {
        let look = usize::try_from(connections / 4).unwrap_or(1).saturating_sub(1).max(1);
        let look = Arc::new(Semaphore::new(look));
        let change = if connections < APART { Arc::clone(&look) } else { Arc::new(Semaphore::new(1)) };
        Self { look, change }
    }

    /// Waits for a permit.
    pub(crate) async fn acquire(&self, purpose: Purpose) -> Result<OwnedSemaphorePermit, Error> {
        let permits = match purpose {
            Purpose::Look => &self.look,
            Purpose::Change => &self.change,
        };
        Arc::clone(permits).acquire_owned().await.map_err(|_| Error::PoolClosed)
    }
}

/// The number of connections from which changes have one of their own: one is for ending statements, and one for deliveries.
const APART: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_a_quarter_of_the_pool_and_changes_one_connection_of_it() {
        for (connections, look) in [(4, 1), (7, 1), (10, 1), (12, 2), (20, 4), (100, 24)] {
            let permits = OperatorPermits::new(connections);
            let available = (permits.look.available_permits(), permits.change.available_permits());
            assert_eq!(available, (look, 1), "{connections}");
            assert!(connections < 8 || look < usize::try_from(connections / 4).unwrap(), "{connections}");
        }
    }

    #[tokio::test]
    async fn operators_of_a_small_pool_have_one_connection_for_all_purposes() {
        for connections in 0..4 {
            let permits = OperatorPermits::new(connections);
            let look = permits.acquire(Purpose::Look).await.unwrap();
            assert_eq!(permits.change.available_permits(), 0, "{connections}");
            drop(look);
            let change = permits.acquire(Purpose::Change).await.unwrap();
            assert_eq!(permits.look.available_permits(), 0, "{connections}");
            drop(change);
        }
    }
}
