use std::sync::Arc;
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_console::{Operator, Policy, Refusal};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Method};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Authorises the browser that had the token of the address that is printed at the start, by a cookie.
pub(super) struct Session {
    /// The path of the page, which is random: browsers send cookies of a host to all of its ports, so that another server
    /// on this machine would get one with a known path.
    path: String,
    token: [u8; 32],
    session: [u8; 32],
    /// The cookie that a right token in the address is exchanged for.
    cookie: HeaderValue,
    operator: Operator,
    clock: Arc<dyn Clock>,
    /// The time at which token and cookie end.
    end: UnixTime,
}

impl Session {
    /// Makes a random token for so long, and returns the path with it. The cookie is `Secure` if browsers reach the page over TLS.
    pub(super) fn new(
        operator: Operator,
        clock: Arc<dyn Clock>,
        lifetime: Duration,
        is_secure: bool,
    ) -> (Self, String) {
        let [token, session] = [(); 2].map(|()| random());
        let path = format!("/{}", Uuid::new_v4().simple());
        let secure = if is_secure { "; Secure" } else { "" };
        let cookie = format!("{NAME}={session}; HttpOnly{secure}; SameSite=Strict; Path={path}/");
        let cookie = HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""));
        let start = format!("{path}/?token={token}");
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let end = UnixTime::from_secs(clock.now().as_secs().saturating_add(seconds));
        (Self { path, token: digest(&token), session: digest(&session), cookie, operator, clock, end }, start)
    }

    /// Returns the path of the page, without a slash at its end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl Policy for Session {
    async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
        if self.clock.now() >= self.end {
            return Err(Refusal::forbidden().with_text("The token has expired: start the command again.\n"));
        }
        let query = head.uri.query().unwrap_or_default();
        let given = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
        if head.method == Method::GET && given.is_some_and(|(_, token)| digest(&token) == self.token) {
            // Without the token in the address, which browsers keep in their history.
            // The address may have lost its last slash.
            let last = head.uri.path().rsplit('/').next().unwrap_or_default();
            let overview = if last.is_empty() { "./".to_owned() } else { format!("./{last}/") };
            let overview = HeaderValue::try_from(overview).map_err(|_| Refusal::forbidden())?;
            let overview = Refusal::redirect(overview);
            return Err(overview.with_header(SET_COOKIE, self.cookie.clone()));
        }
        let cookies = head.headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut own =
            cookies.flat_map(|cookies| cookies.split(';')).filter_map(|of| of.trim().split_once('='));
        if own.any(|(name, session)| name == NAME && digest(session) == self.session) {
            return Ok(self.operator.clone());
        }
        Err(Refusal::forbidden()
            .with_text("Open the address that the command has printed: it has the token.\n"))
    }
}

/// Returns 244 random bits as text.
fn random() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Returns what is compared: the time that this takes says nothing about the token.
fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

const NAME: &str = "countersign_console";

#[cfg(test)]
mod tests {
    use countersign_console::Role;
    use http::Request;

    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

    fn session() -> (Session, String) {
        session_with(false)
    }

    fn session_with(is_secure: bool) -> (Session, String) {
        let operator = Operator::new("ada@host", Role::Operator).unwrap();
        let (session, start) = Session::new(operator, Arc::new(NOW), Duration::from_secs(3600), is_secure);
        let (path, token) = start.split_once("/?token=").unwrap();
        assert_eq!(path, session.path());
        (session, token.to_owned())
    }

    async fn asked(session: &Session, uri: &str, cookie: &str) -> Result<Operator, Refusal> {
        let request = Request::get(uri).header(COOKIE, cookie).body(()).unwrap();
        session.authorize(&request.into_parts().0).await
    }

    #[tokio::test]
    async fn the_token_is_exchanged_for_a_cookie() {
        let (session, token) = session();
        let exchanged = asked(&session, &format!("/?token={token}"), "").await.unwrap_err();
        let shown = format!("{exchanged:?}");
        assert!(shown.contains("303") && shown.contains("set-cookie") && !shown.contains(&token), "{shown}");
        let cookie = session.cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
        assert!(
            cookie.ends_with(&format!("Path={}/", session.path())) && session.path().len() == 33,
            "{cookie}"
        );
        let pair = cookie.split(';').next().unwrap();
        assert!(!cookie.contains(&token), "the cookie is no token for the address");
        let value = pair.strip_prefix(&format!("{NAME}=")).unwrap();
        assert!(
            asked(&session, &format!("/?token={value}"), "")
                .await
                .is_err_and(|of| format!("{of:?}").contains("403"))
        );
        for cookies in [pair.to_owned(), format!("a=b; {pair}"), format!("{NAME}=old; {pair};c")] {
            assert_eq!(asked(&session, "/events", &cookies).await.unwrap().name(), "ada@host", "{cookies}");
        }
    }

    #[tokio::test]
    async fn token_and_cookie_end() {
        let (session, token) = session();
        let cookie = session.cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let at = |secs| Session {
            clock: Arc::new(UnixTime::from_secs(NOW.as_secs() + secs)),
            ..session_of(&session)
        };
        assert!(asked(&at(3599), "/events", &cookie).await.is_ok());
        assert!(asked(&at(3600), "/events", &cookie).await.is_err());
        let expired = asked(&at(3600), &format!("/?token={token}"), "").await.unwrap_err();
        assert!(format!("{expired:?}").contains("403"), "{expired:?}");
    }

    /// Returns the same session.
    fn session_of(of: &Session) -> Session {
        Session {
            path: of.path.clone(),
            token: of.token,
            session: of.session,
            cookie: of.cookie.clone(),
            operator: of.operator.clone(),
            clock: of.clock.clone(),
            end: of.end,
        }
    }

    #[test]
    fn a_cookie_behind_tls_is_secure() {
        let of = |is_secure| session_with(is_secure).0.cookie.to_str().unwrap().contains("; Secure;");
        assert!(of(true) && !of(false));
    }

    #[tokio::test]
    async fn no_other_token_is_taken() {
        let (session, token) = session();
        let (_, other) = self::session();
        assert!(token.len() == 64 && token != other);
        for uri in
            ["/".to_owned(), "/?token=".to_owned(), format!("/?token={other}"), format!("/?tokens={token}")]
        {
            let refused =
                asked(&session, &uri, &format!("{NAME}={other}; x={token}; {NAME}={token}; {NAME}="))
                    .await
                    .unwrap_err();
            assert!(format!("{refused:?}").contains("403"), "{uri}");
        }
    }
}
