//! A test of `listen --tui` on a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::thread;

use crate::app::App;
use crate::listen::Listener;
use crate::pty::terminal;
use crate::support::{SECRET, countersign, run, signed};

/// The end of the user.
struct User {
    terminal: File,
    seen: Vec<u8>,
}

impl User {
    /// Waits until the screen has drawn this text: without spaces, because cells that stay as they are are not drawn.
    fn sees(&mut self, text: &str) {
        let mut chunk = [0; 4096];
        while !self.seen.windows(text.len()).any(|part| part == text.as_bytes()) {
            let read = self.terminal.read(&mut chunk).unwrap();
            assert!(read > 0, "{text}: {}", String::from_utf8_lossy(&self.seen));
            self.seen.extend_from_slice(&chunk[..read]);
        }
        self.seen.clear();
    }

    fn presses(&mut self, key: &str) {
        self.terminal.write_all(key.as_bytes()).unwrap();
    }
}

#[test]
fn a_delivery_is_shown_replayed_and_its_values_on_demand() {
    let app = App::start();
    let (terminal, other_end) = terminal();
    let mut command = countersign();
    command.args(["listen", "--provider", "github-sha256", "--secret", SECRET, "--addr", "127.0.0.1:0"]);
    command.args(["--forward", &app.url("/hook"), "--tui"]).env("TERM", "xterm-256color");
    command.stdin(other_end.try_clone().unwrap()).stdout(other_end);
    let mut listener = Listener::of(command);
    let mut user = User { terminal, seen: Vec::new() };
    user.sees("requests");

    let headers = [signed("github-sha256", b"{\"a\":1}"), vec!["x-github-event: push".to_owned()]].concat();
    let signature = headers[0].split_once(": ").unwrap().1.to_owned();
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"{\"a\":1}"));
        app.answer("503 Starting");
        assert_eq!(provider.join().unwrap(), "503");
    });
    user.sees("503");
    user.presses("r");
    assert_eq!(app.answer("200 OK").body, b"{\"a\":1}");
    user.sees("replayed:");
    user.presses("s");
    // Its beginning may have letters in common with what stood there.
    user.sees(&signature[20..]);
    assert_eq!(listener.send(&listener.path, &headers, b"{}"), "401");
    user.sees("signature_mismatch");
    user.presses("q");
    user.sees("\u{1b}[?1049l");
    assert_eq!(listener.wait(), Some(0));
}

#[test]
fn without_a_terminal_there_is_no_screen() {
    let ran = run(&["listen", "--provider", "stripe", "--secret", SECRET, "--addr", "127.0.0.1:0", "--tui"]);
    assert!(ran.code == 2 && ran.stderr.contains("needs a terminal"), "{ran:?}");
}
