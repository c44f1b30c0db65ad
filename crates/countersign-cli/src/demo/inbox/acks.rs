use std::fmt;

use http::HeaderMap;
use tokio::task::JoinSet;

use crate::demo::player::{Player, Sent};

/// The responses to several deliveries.
pub(super) struct Acks(Vec<Ack>);

/// The status, and the state of a known delivery. No status means no response.
struct Ack {
    status: u16,
    duplicate: Option<String>,
}

impl Acks {
    /// Sends all deliveries at once.
    pub(super) async fn of(player: &Player, deliveries: Vec<Sent>) -> Self {
        let mut sending = JoinSet::new();
        for sent in deliveries {
            let player = player.clone();
            sending.spawn(async move { player.send(&sent).await });
        }
        let answers = sending.join_all().await.into_iter();
        Self(
            answers
                .map(|answer| {
                    answer
                        .map_or_else(|_| Ack::NONE, |(head, _)| Ack::new(head.status.as_u16(), &head.headers))
                })
                .collect(),
        )
    }

    /// Returns the number of events that were stored as new.
    pub(super) fn new_ones(&self) -> usize {
        self.0.iter().filter(|ack| ack.status == 200 && ack.duplicate.is_none()).count()
    }
}

impl Ack {
    const NONE: Self = Self { status: 0, duplicate: None };

    fn new(status: u16, headers: &HeaderMap) -> Self {
        let duplicate =
            headers.get("x-webhook-duplicate").map(|value| String::from_utf8_lossy(value.as_bytes()));
        Self { status, duplicate: duplicate.map(|duplicate| duplicate.into_owned()) }
    }
}

impl fmt::Display for Acks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [Ack { status, duplicate }] = self.0.as_slice() {
            write!(f, "{status}")?;
            return duplicate.iter().try_for_each(|state| write!(f, " {state}"));
        }
        let mut statuses: Vec<_> = self.0.iter().map(|ack| ack.status).collect();
        statuses.sort_unstable();
        for same in statuses.chunk_by(|one, next| one == next) {
            write!(f, "{} × {}, ", same.len(), same.first().copied().unwrap_or_default())?;
        }
        write!(f, "{} new", self.new_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acks(acks: &[(u16, Option<&str>)]) -> Acks {
        let ack = |(status, duplicate): &(u16, Option<&str>)| Ack {
            status: *status,
            duplicate: duplicate.map(str::to_owned),
        };
        Acks(acks.iter().map(ack).collect())
    }

    #[test]
    fn one_answer_is_shown_and_several_are_counted() {
        assert_eq!(acks(&[(200, None)]).to_string(), "200");
        assert_eq!(acks(&[(200, Some("running"))]).to_string(), "200 running");
        assert_eq!(acks(&[(200, None), (200, Some("ready"))]).to_string(), "2 × 200, 1 new");
        assert_eq!(acks(&[(200, None), (503, None), (200, None)]).to_string(), "2 × 200, 1 × 503, 2 new");
    }
}
