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
}

impl Session {
    /// Makes a random token, and returns the path with it.
    pub(super) fn new(operator: Operator) -> (Self, String) {
        let [token, session] = [(); 2].map(|()| random());
        let path = format!("/{}", Uuid::new_v4().simple());
        let cookie = format!("{NAME}={session}; HttpOnly; SameSite=Strict; Path={path}/");
        let cookie = HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""));
        let start = format!("{path}/?token={token}");
        (Self { path, token: digest(&token), session: digest(&session), cookie, operator }, start)
    }

    /// Returns the path of the page, without a slash at its end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl Policy for Session {
    async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
        let query = head.uri.query().unwrap_or_default();
        let given = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
        if head.method == Method::GET && given.is_some_and(|(_, token)| digest(&token) == self.token) {
            // Without the token in the address, which browsers keep in their history.
            let overview = Refusal::redirect(HeaderValue::from_static("./"));
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

    fn session() -> (Session, String) {
        let (session, start) = Session::new(Operator::new("ada@host", Role::Operator).unwrap());
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
