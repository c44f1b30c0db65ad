use std::collections::HashMap;

use countersign_inbox::Durability;
use redis::aio::ConnectionManager;
use redis::{ErrorKind, RedisError, cmd};

/// The reported properties of a server.
pub(crate) struct Server {
    info: HashMap<String, String>,
    /// `None` if `CONFIG GET` is refused, as by managed servers.
    config: Option<HashMap<String, String>>,
}

impl Server {
    pub(crate) async fn read(mut manager: ConnectionManager) -> Result<Self, RedisError> {
        let info = readable(cmd("INFO").query_async::<String>(&mut manager).await)?.unwrap_or_default();
        let info = info.lines().filter_map(|line| line.split_once(':'));
        let info = info.map(|(name, value)| (name.into(), value.trim().into())).collect();
        let mut config = Some(HashMap::new());
        for name in SETTINGS {
            // One at a time: requesting several at once requires 7.0.
            let setting =
                cmd("CONFIG").arg("GET").arg(name).query_async::<HashMap<String, String>>(&mut manager).await;
            match (readable(setting)?, &mut config) {
                (Some(setting), Some(config)) => config.extend(setting),
                _ => config = None,
            }
        }
        Ok(Self { info, config })
    }

    pub(crate) fn is_replica(&self) -> bool {
        self.info("role") == Some("slave")
    }

    /// Returns whether scripts can have flags. Valkey reports a compatible Redis version.
    pub(crate) fn has_script_flags(&self) -> bool {
        let major =
            self.info("redis_version").and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        major.is_some_and(|major| major >= 7)
    }

    pub(crate) fn eviction_policy(&self) -> Option<&str> {
        self.config("maxmemory-policy").or_else(|| self.info("maxmemory_policy"))
    }

    /// Returns the durability, and the reason for which it is not higher, with the cure.
    pub(crate) fn durability(&self) -> (Durability, String) {
        let mut reasons = Vec::new();
        let mut demand = |name, value: Option<&str>, wanted, effect| match value {
            Some(value) if value == wanted => {}
            Some(value) => {
                reasons.push(format!("`{name}` is `{value}`, and {effect}; set `{name} {wanted}`"))
            }
            None => reasons.push(format!("`{name}` cannot be read, because the server refuses CONFIG GET")),
        };
        let from_info = self.info("aof_enabled").map(|value| if value == "1" { "yes" } else { "no" });
        let appendonly = self.config("appendonly").or(from_info);
        demand("appendonly", appendonly, "yes", "a restart forgets");
        if appendonly != Some("no") {
            let appendfsync = self.config("appendfsync");
            demand("appendfsync", appendfsync, "always", "a loss of power takes the last answers");
            let rewrite = self.config("no-appendfsync-on-rewrite");
            demand(
                "no-appendfsync-on-rewrite",
                rewrite,
                "no",
                "nothing is synced while the log is rewritten",
            );
        }
        let policy = self.eviction_policy();
        demand("maxmemory-policy", policy, "noeviction", "deliveries are forgotten to make room");
        if reasons.is_empty() {
            (Durability::Fsync, String::new())
        } else {
            (Durability::Relaxed, reasons.join("; "))
        }
    }

    fn info(&self, name: &str) -> Option<&str> {
        self.info.get(name).map(String::as_str)
    }

    fn config(&self, name: &str) -> Option<&str> {
        self.config.as_ref()?.get(name).map(String::as_str)
    }
}

/// Returns `None` if the server refuses the command: `ERR unknown command`, `NOPERM`.
fn readable<T>(answer: Result<T, RedisError>) -> Result<Option<T>, RedisError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_refusal(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_refusal(error: &RedisError) -> bool {
    use redis::ServerErrorKind::{NoPerm, ResponseError};

    matches!(error.kind(), ErrorKind::Server(NoPerm | ResponseError) | ErrorKind::Extension)
}

const SETTINGS: [&str; 4] = ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"];
