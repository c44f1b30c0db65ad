use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime};

use countersign::providers::proxiant;
use countersign::{Secret, Signer, SigningRequest, UnixTime};
use reqwest::blocking::Client;
use reqwest::header::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::victim::until;

/// A provider: it signs, sends, and records which events were acknowledged.
pub struct Provider {
    signer: Signer,
    client: Client,
    began: String,
    acknowledged: Mutex<BTreeSet<String>>,
}

/// The response of the receiver.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// A status, and the value of the duplicate header.
    Status(u16, Option<String>),
    /// No response: the connection was refused or broke.
    Nothing,
}

impl Provider {
    /// Creates a provider with this secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let signer = Signer::new(&proxiant::PROVIDER, Secret::new(secret.to_owned()).unwrap()).unwrap();
        let client = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(0).build().unwrap();
        let began = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
        Self { signer, client, began, acknowledged: Mutex::default() }
    }

    /// Sends each event once, all at the same time. Returns the responses in order.
    #[must_use]
    pub fn send_all(&self, url: &str, ids: &[String]) -> Vec<Answer> {
        thread::scope(|scope| {
            let threads: Vec<_> = ids.iter().map(|id| scope.spawn(move || self.send(url, id))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// Sends each event until it is acknowledged, as providers do. Returns the last responses in order.
    ///
    /// # Panics
    ///
    /// If it takes too long.
    #[must_use]
    pub fn answers(&self, url: &str, ids: &[String]) -> Vec<Answer> {
        let mut answers = self.send_all(url, ids);
        until("all is answered", || {
            let mut is_done = true;
            for (id, answer) in ids.iter().zip(&mut answers) {
                if !matches!(answer, Answer::Status(200..300, _)) {
                    *answer = self.send(url, id);
                    is_done &= matches!(answer, Answer::Status(200..300, _));
                }
            }
            is_done
        });
        answers
    }

    /// Sends an event.
    pub fn send(&self, url: &str, id: &str) -> Answer {
        let (headers, body) = self.signed(id);
        let request = self.client.post(url).headers(headers).header("content-type", "application/json");
        let Ok(response) = request.body(body).send() else { return Answer::Nothing };
        let status = response.status();
        let duplicate = response.headers().get("x-webhook-duplicate");
        let duplicate = duplicate.and_then(|value| value.to_str().ok()).map(str::to_owned);
        if status.is_success() {
            self.acknowledged.lock().unwrap().insert(id.to_owned());
        }
        assert!(!status.is_client_error(), "{id}: {status} would make a provider give up");
        Answer::Status(status.as_u16(), duplicate)
    }

    /// Returns an event as it is sent now: the signature headers and the body.
    #[must_use]
    pub fn signed(&self, id: &str) -> (HeaderMap, String) {
        let body = self.body(id);
        let now = UnixTime::from(SystemTime::now());
        (self.signer.sign(&SigningRequest::new(body.clone(), now)).unwrap(), body)
    }

    /// Returns the body, which is the same for all attempts.
    fn body(&self, id: &str) -> String {
        let began = &self.began;
        format!(
            r#"{{"id":"{id}","event":"job.served","created_at":"{began}","data":{{"job":{{"id":"9b1d"}}}}}}"#
        )
    }

    /// Resends unacknowledged events until all are acknowledged.
    ///
    /// # Panics
    ///
    /// If it takes too long.
    pub fn deliver(&self, url: &str, ids: &[String]) {
        until("all is acknowledged", || {
            let _ = self.send_all(url, &self.unacknowledged(ids));
            self.unacknowledged(ids).is_empty()
        });
    }

    /// Returns the events that were not acknowledged yet.
    #[must_use]
    pub fn unacknowledged(&self, ids: &[String]) -> Vec<String> {
        let acknowledged = self.acknowledged.lock().unwrap();
        ids.iter().filter(|id| !acknowledged.contains(*id)).cloned().collect()
    }

    /// Returns the acknowledged events.
    #[must_use]
    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged.lock().unwrap().clone()
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
