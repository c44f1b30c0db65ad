//! Tests of `console` over HTTP, beside a store.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use countersign_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::support::{countersign, run};

/// The command, killed on drop.
pub(crate) struct Served {
    child: Child,
    addr: String,
    /// The path of the page, which is random.
    path: String,
    token: String,
    _folder: Option<TempDir>,
}

impl Served {
    fn start(options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("inbox.db");
        drop(SqliteStore::open(&path).unwrap());
        let mut command = countersign();
        command.args(["console", "--listen", "127.0.0.1:0", "--actor", "ada", "--store"]);
        command.arg(format!("sqlite:{}", path.display())).args(options);
        Self::of(command, Some(folder))
    }

    /// Starts a command that prints the address of a page in its first line.
    pub(crate) fn of(mut command: Command, folder: Option<TempDir>) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        let (page, token) = address.split_once("/?token=").unwrap();
        let (addr, path) = page.split_once('/').unwrap();
        Self {
            addr: addr.to_owned(),
            path: format!("/{path}"),
            token: token.to_owned(),
            child,
            _folder: folder,
        }
    }

    /// Exchanges the token for a cookie.
    pub(crate) fn sign_in(&self) -> String {
        let exchanged = self.get(&format!("/?token={}", self.token), "");
        let cookie = exchanged.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        cookie.unwrap_or_else(|| panic!("{exchanged}")).split(';').next().unwrap().to_owned()
    }

    /// Returns the response to a request below the path of the page, as text.
    pub(crate) fn get(&self, target: &str, cookie: &str) -> String {
        self.get_at(&format!("{}{target}", self.path), cookie)
    }

    /// Sends a form without fields.
    fn post(&self, target: &str, cookie: &str) -> String {
        self.send("POST", &self.addr, &format!("{}{target}", self.path), cookie)
    }

    fn get_at(&self, target: &str, cookie: &str) -> String {
        self.get_from(&self.addr, target, cookie)
    }

    /// Names the server in another way.
    fn get_from(&self, host: &str, target: &str, cookie: &str) -> String {
        self.send("GET", host, target, cookie)
    }

    fn send(&self, method: &str, host: &str, target: &str, cookie: &str) -> String {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: 0\r\ncookie: {cookie}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_printed_address_leads_to_the_page() {
    for (options, who) in [
        (&[][..], "ada</bdi> (operator)"),
        (&["--read-only"], "ada</bdi> (viewer, read-only)"),
        (&["--read-only", "--without-bodies"], "ada</bdi> (viewer without bodies, read-only)"),
    ] {
        let served = Served::start(options);
        assert!(served.addr.starts_with("127.0.0.1:"), "{}", served.addr);
        for target in ["/", "/style.css", "/?token=0"] {
            let refused = served.get(target, "");
            assert!(
                refused.starts_with("HTTP/1.1 403") && refused.contains("the command has printed"),
                "{refused}"
            );
        }
        let exchanged = served.get(&format!("/?token={}", served.token), "");
        assert!(
            exchanged.starts_with("HTTP/1.1 303") && exchanged.contains("location: ./\r\n"),
            "{exchanged}"
        );
        let cookie = exchanged.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        assert!(cookie.contains(&format!("; HttpOnly; SameSite=Strict; Path={}/", served.path)), "{cookie}");
        assert!(!cookie.contains(&served.token), "{cookie}");
        let elsewhere = served.get_at("/", cookie.split(';').next().unwrap());
        assert!(elsewhere.starts_with("HTTP/1.1 404") && elsewhere.contains("has printed"), "{elsewhere}");
        let page = served.get("/", cookie.split(';').next().unwrap());
        assert!(page.starts_with("HTTP/1.1 200") && page.contains(who), "{page}");
        assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
    }
}

#[test]
fn an_address_without_its_last_slash_leads_to_the_page() {
    let served = Served::start(&[]);
    let moved = served.get(&format!("?token={}", served.token), "");
    let location = format!("location: .{}/\r\n", served.path);
    assert!(moved.starts_with("HTTP/1.1 303") && moved.contains(&location), "{moved}");
}

/// The script of a site whose name leads to this machine could read the page otherwise.
#[test]
fn other_names_of_this_machine_have_no_page_unless_they_are_given() {
    let served = Served::start(&["--host", "ops.example.com"]);
    let cookie = served.sign_in();
    let page = format!("{}/", served.path);
    let refused = served.get_from("evil.example.com", &page, &cookie);
    assert!(refused.starts_with("HTTP/1.1 421") && refused.contains("--host"), "{refused}");
    for host in ["ops.example.com", "localhost:4040"] {
        assert!(served.get_from(host, &page, &cookie).starts_with("HTTP/1.1 200"), "{host}");
    }
}

#[test]
fn a_store_that_is_not_there_is_no_page() {
    let ran = run(&["console", "--store", "sqlite:/nowhere/inbox.db"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is it the path that the server uses?"), "{ran:?}");
}

#[test]
fn the_token_on_a_deeper_address_leads_to_that_page() {
    let served = Served::start(&[]);
    let moved = served.get(&format!("/events?state=dead&token={}", served.token), "");
    assert!(
        moved.starts_with("HTTP/1.1 303") && moved.contains("location: ./events?state=dead\r\n"),
        "{moved}"
    );
    let cookie = moved.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let page = served.get("/events?state=dead", cookie.split(';').next().unwrap());
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<h1>Events</h1>"), "{page}");
}

#[test]
fn a_logout_ends_the_session() {
    let served = Served::start(&[]);
    let cookie = served.sign_in();
    let page = served.get("/events", &cookie);
    assert!(page.contains(r#"<form class="logout" method="post" action="./logout">"#), "{page}");
    assert!(served.post("/logout", "").starts_with("HTTP/1.1 403"));
    assert!(served.get("/logout", &cookie).starts_with("HTTP/1.1 405"), "a link ends nothing");
    let ended = served.post("/logout", &cookie);
    assert!(ended.starts_with("HTTP/1.1 200") && ended.contains("; Max-Age=0\r\n"), "{ended}");
    assert!(served.get("/", &cookie).starts_with("HTTP/1.1 403"));
    assert_ne!(served.sign_in(), cookie);
}

#[test]
fn each_response_is_confined_even_if_it_is_no_page() {
    let served = Served::start(&[]);
    let (cookie, page) = (served.sign_in(), format!("{}/", served.path));
    for (status, response) in [
        ("200", served.get("/", &cookie)),
        ("403", served.get("/", "")),
        ("403", served.post("/logout", "")),
        ("404", served.get_at("/", &cookie)),
        ("405", served.get("/logout", &cookie)),
        ("421", served.get_from("evil.example.com", &page, &cookie)),
        ("200", served.post("/logout", &cookie)),
    ] {
        assert!(response.starts_with(&format!("HTTP/1.1 {status}")), "{status}: {response}");
        for header in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff\r\n",
            "referrer-policy: no-referrer\r\n",
            "cache-control: no-store\r\n",
        ] {
            assert_eq!(response.matches(header).count(), 1, "{header}: {response}");
        }
    }
}

#[test]
fn options_that_cannot_work_are_refused_with_their_cure() {
    for (options, cure) in [
        (&["--host", "ops.example.com:8443"][..], "without scheme, port and path: `ops.example.com`"),
        (&["--valid", "0s"], "say how long, such as 12h"),
        (&["--behind-tls"], "with --host NAME"),
    ] {
        let ran = run(&[&["console", "--store", "sqlite:/nowhere/inbox.db"], options].concat());
        assert!(ran.code == 2 && ran.stderr.contains(cure), "{ran:?}");
    }
}
