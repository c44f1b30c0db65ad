use std::collections::HashMap;
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHashString, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_console::{Operator, Policy, Refusal, Role};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use http::request::Parts;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::proxy::{Proxy, single};

/// Asks for a name and a password. The proxy in front of it makes sure that they are encrypted on their way.
pub(crate) struct Basic {
    proxy: Proxy,
    users: Arc<HashMap<String, User>>,
    /// One password is checked at a time, which takes some 20 ms: guesses cannot be faster, and guesses leave a processor to webhooks.
    checks: Arc<Semaphore>,
    /// The places of the requests that are checked or wait for it: without a bound, guesses would make everybody wait.
    places: Arc<Semaphore>,
}

struct User {
    role: Role,
    hash: PasswordHashString,
}

impl Basic {
    /// Reads a line `NAME ROLE HASH` for each person.
    pub(crate) fn new(proxy: Proxy, lines: &str) -> Result<Self, String> {
        let mut users = HashMap::new();
        for (nth, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (name, user) =
                user(line).map_err(|problem| format!("CONSOLE_USERS: line {}: {problem}", nth + 1))?;
            if users.insert(name.clone(), user).is_some() {
                return Err(format!("CONSOLE_USERS: line {}: {name} has two lines", nth + 1));
            }
        }
        if users.is_empty() {
            return Err("CONSOLE_USERS: the file names no operator".to_owned());
        }
        Ok(Self {
            proxy,
            users: Arc::new(users),
            checks: Arc::new(Semaphore::new(1)),
            places: Arc::new(Semaphore::new(PLACES)),
        })
    }
}

impl Policy for Basic {
    async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
        self.proxy.expect(head)?;
        let (name, password) = credentials(head).ok_or_else(challenge)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| Refusal::unavailable(1))?;
        let turn = self.checks.clone().acquire_owned().await.map_err(|_| challenge())?;
        let (users, of) = (self.users.clone(), name.clone());
        let check = move || {
            // A check whose request has gone keeps its turn until it ends.
            let _turn = (turn, place);
            role(&users, &of, &password)
        };
        let role = spawn_blocking(check).await.ok().flatten();
        Operator::new(name, role.ok_or_else(challenge)?)
    }
}

/// Returns the role of a person whose password is right. One who is unknown takes as long as one who is known.
fn role(users: &HashMap<String, User>, name: &str, password: &[u8]) -> Option<Role> {
    let known = users.get(name);
    let hash = &known.or_else(|| users.values().next())?.hash;
    // The digests are compared in constant time.
    let is_right = Argon2::default().verify_password(password, &hash.password_hash()).is_ok();
    known.filter(|_| is_right).map(|user| user.role)
}

fn user(line: &str) -> Result<(String, User), String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [name, role, hash] = words[..] else { return Err("a line is NAME ROLE HASH".to_owned()) };
    let role = match role {
        "operator" => Role::Operator,
        "viewer" => Role::Viewer,
        "viewer-without-bodies" => Role::ViewerWithoutBodies,
        _ => return Err("a role is operator, viewer or viewer-without-bodies".to_owned()),
    };
    let hash = PasswordHashString::new(hash).map_err(|_| "a hash begins with $argon2id$".to_owned())?;
    if hash.algorithm() != argon2::ARGON2ID_IDENT {
        return Err("a hash begins with $argon2id$".to_owned());
    }
    Ok((name.to_owned(), User { role, hash }))
}

fn credentials(head: &Parts) -> Option<(String, Vec<u8>)> {
    let (scheme, value) = single(head, &AUTHORIZATION)?.split_once(' ')?;
    let decoded = STANDARD.decode(value.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let (name, password) = decoded.split_at(colon);
    Some((String::from_utf8(name.to_vec()).ok()?, password.get(1..)?.to_vec()))
}

fn challenge() -> Refusal {
    Refusal::challenge(HeaderValue::from_static("Basic realm=\"webhooks\", charset=\"UTF-8\""))
}

/// As many as are checked within a second or less.
const PLACES: usize = 32;
