use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Identity};
use countersign_redis::RedisStore;

use crate::load::rate;
use crate::table::Table;

/// Measures claims of new deliveries, 50 in flight at any time, next to redis-benchmark with 50 clients and the
/// same script.
pub(crate) async fn run(url: &str, time: Duration, rounds: usize) {
    let store = RedisStore::builder(url).with_namespace("bench").connect().await.expect("a server");
    let store = Arc::new(store);
    // Loads the script.
    claim(&store).await;
    let (_, sha) = store.claim_script();
    let mut table = Table::default();
    for _ in 0..rounds {
        let ours = Arc::clone(&store);
        let claims = move || {
            let store = Arc::clone(&ours);
            async move { claim(&store).await }
        };
        table.add(OURS, rate(CLIENTS, time, claims).await);
        if let Some(rate) = redis_benchmark(url, sha) {
            table.add(THEIRS, rate);
        }
    }
    table.print();
    table.ratio(OURS, THEIRS);
}

async fn claim(store: &RedisStore) {
    let identity = Identity::new(EventKey::random(), Digest::from_bytes([0; 32]));
    let request = ClaimRequest { identity, token: AttemptToken::random(), ttl: Duration::from_secs(60) };
    let claim = store.claim(&request).await.expect("a server that works");
    assert!(matches!(claim, Claim::Acquired { .. }), "{claim:?}");
}

const OURS: &str = "claim, 50 in flight";
const THEIRS: &str = "redis-benchmark, 50 clients";
const CLIENTS: usize = 50;

/// Keys of 32 bytes are as long in hexadecimal digits as the padded random numbers of redis-benchmark.
fn redis_benchmark(url: &str, sha: &str) -> Option<f64> {
    let port = url.rsplit(':').next()?.trim_end_matches('/');
    let key = format!("{{wh:bench}}{}__rand_int__", "0".repeat(52));
    let mut command = Command::new("redis-benchmark");
    command.args(["-p", port, "-c", &CLIENTS.to_string(), "-n", "200000", "-r", "100000000", "--csv"]);
    command.args(["EVALSHA", sha, "1", &key, "0123456789abcdef", "60000", "2592000000", "0123456789abcdef"]);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    // "command","requests per second",…
    text.lines().last()?.split(',').nth(1)?.trim_matches('"').parse().ok()
}
