use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_console::{Operator, Policy, Refusal};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Method};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Authorises the browsers that had the token of the address that is printed at the start, by a cookie. Clones share the session.
#[derive(Clone)]
pub(super) struct Session {
    /// The path of the page, which is random: browsers send cookies of a host to all of its ports, so that another server
    /// on this machine would get one with a known path.
    path: String,
    token: [u8; 32],
    /// The value of the cookie that a right token in the address is exchanged for. A logout replaces it.
    value: Arc<RwLock<String>>,
    is_secure: bool,
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
        let [token, value] = [(); 2].map(|()| random());
        let path = format!("/{}", Uuid::new_v4().simple());
        let start = format!("{path}/?token={token}");
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let end = UnixTime::from_secs(clock.now().as_secs().saturating_add(seconds));
        let (token, value) = (digest(&token), Arc::new(RwLock::new(value)));
        (Self { path, token, value, is_secure, operator, clock, end }, start)
    }

    /// Returns the path of the page, without a slash at its end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Ends the session that the cookie of a request belongs to, in all browsers. Returns the cookie that replaces it; `None` if the
    /// request has none of this session.
    pub(super) fn end(&self, head: &Parts) -> Option<String> {
        if !self.has(head) {
            return None;
        }
        *self.value.write().unwrap_or_else(PoisonError::into_inner) = random();
        Some(format!("{}; Max-Age=0", self.cookie("")))
    }

    /// Returns whether a request has the cookie of the session.
    fn has(&self, head: &Parts) -> bool {
        let expected = digest(&self.value.read().unwrap_or_else(PoisonError::into_inner));
        let cookies = head.headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut own =
            cookies.flat_map(|cookies| cookies.split(';')).filter_map(|of| of.trim().split_once('='));
        own.any(|(name, value)| name == NAME && digest(value) == expected)
    }

    fn cookie(&self, value: &str) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{NAME}={value}; HttpOnly{secure}; SameSite=Strict; Path={}/", self.path)
    }

    /// Exchanges the token in the address for the cookie, and leads to the same page without the token, which browsers keep in their history.
    fn exchanged(&self, head: &Parts) -> Refusal {
        let cookie = self.cookie(&self.value.read().unwrap_or_else(PoisonError::into_inner));
        let (location, cookie) =
            (HeaderValue::try_from(self.without_token(head)), HeaderValue::try_from(cookie));
        match (location, cookie) {
            (Ok(location), Ok(cookie)) => Refusal::redirect(location).with_header(SET_COOKIE, cookie),
            _ => Refusal::forbidden(),
        }
    }

    /// Returns the address of a request without the token, relative to itself.
    fn without_token(&self, head: &Parts) -> String {
        let path = head.uri.path();
        let last = path.rsplit('/').next().unwrap_or_default();
        // The address of the overview may have lost its last slash.
        let slash = if path == self.path { "/" } else { "" };
        let query = head.uri.query().unwrap_or_default();
        let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != TOKEN);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("./{last}{slash}{mark}{query}")
    }
}

impl Policy for Session {
    async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
        if self.clock.now() >= self.end {
            return Err(Refusal::forbidden().with_text("The token has expired: start the command again.\n"));
        }
        let query = head.uri.query().unwrap_or_default();
        let given = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == TOKEN);
        if head.method == Method::GET && given.is_some_and(|(_, token)| digest(&token) == self.token) {
            return Err(self.exchanged(head));
        }
        if self.has(head) {
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
const TOKEN: &str = "token";

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
        let cookie = cookie(&session);
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
        let cookie = cookie(&session).split(';').next().unwrap().to_owned();
        let at =
            |secs| Session { clock: Arc::new(UnixTime::from_secs(NOW.as_secs() + secs)), ..session.clone() };
        assert!(asked(&at(3599), "/events", &cookie).await.is_ok());
        assert!(asked(&at(3600), "/events", &cookie).await.is_err());
        let expired = asked(&at(3600), &format!("/?token={token}"), "").await.unwrap_err();
        assert!(format!("{expired:?}").contains("403"), "{expired:?}");
    }

    fn cookie(of: &Session) -> String {
        of.cookie(&of.value.read().unwrap())
    }

    #[test]
    fn a_cookie_behind_tls_is_secure() {
        let of = |is_secure| cookie(&session_with(is_secure).0).contains("; Secure;");
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

    #[test]
    fn the_token_leads_to_the_page_of_its_address() {
        let (session, token) = session();
        let path = session.path().to_owned();
        let last = &path[1..];
        for (target, expected) in [
            (format!("{path}/?token={token}"), "./".to_owned()),
            (format!("{path}?token={token}"), format!("./{last}/")),
            (format!("{path}/events?token={token}"), "./events".to_owned()),
            (format!("{path}/events/7?token={token}"), "./7".to_owned()),
            (
                format!("{path}/events?source=a%20b&token={token}&state=dead"),
                "./events?source=a+b&state=dead".to_owned(),
            ),
        ] {
            let head = Request::get(&target).body(()).unwrap().into_parts().0;
            assert_eq!(session.without_token(&head), expected, "{target}");
            let response = format!("{:?}", session.exchanged(&head));
            assert!(response.contains("303") && response.contains("location"), "{response}");
        }
    }

    #[tokio::test]
    async fn a_logout_ends_the_cookie_and_the_token_begins_a_new_session() {
        let (session, token) = session();
        let old = cookie(&session).split(';').next().unwrap().to_owned();
        let head =
            |cookie: &str| Request::post("/logout").header(COOKIE, cookie).body(()).unwrap().into_parts().0;
        assert_eq!(session.end(&head("")), None, "without a session nothing ends");
        assert!(asked(&session, "/", &old).await.is_ok());
        let expired = session.end(&head(&old)).unwrap();
        assert!(
            expired.starts_with(&format!("{NAME}=; HttpOnly")) && expired.ends_with("; Max-Age=0"),
            "{expired}"
        );
        assert!(asked(&session.clone(), "/", &old).await.is_err());
        assert_eq!(session.end(&head(&old)), None);
        let again = asked(&session, &format!("/?token={token}"), "").await.unwrap_err();
        assert!(format!("{again:?}").contains("set-cookie"), "{again:?}");
        let new = cookie(&session).split(';').next().unwrap().to_owned();
        assert!(new != old && asked(&session, "/", &new).await.is_ok());
    }
}
