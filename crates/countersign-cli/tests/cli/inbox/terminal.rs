use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use super::Fixture;
use crate::pty::terminal;

/// A command whose standard input and error are a terminal.
struct Asked {
    child: Child,
    terminal: File,
}

impl Asked {
    fn by(fixture: &Fixture, words: &str) -> Self {
        let (terminal, other_end) = terminal();
        let mut command = fixture.command(words);
        command.stdin(other_end.try_clone().unwrap()).stderr(other_end).stdout(Stdio::piped());
        Self { child: command.spawn().unwrap(), terminal }
    }

    /// Waits for the question and returns it.
    fn question(&mut self) -> String {
        let (mut said, mut byte) = (String::new(), [0]);
        while !said.ends_with("[y/N]") {
            self.terminal.read_exact(&mut byte).unwrap();
            said.push(byte[0].into());
        }
        said
    }

    fn answer(mut self, answer: &str) -> (Option<i32>, String) {
        self.terminal.write_all(answer.as_bytes()).unwrap();
        let output = self.child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn on_a_terminal_a_question_is_asked_and_only_yes_is_one() {
    let fixture = Fixture::sqlite();
    fixture.receive(3);
    fixture.kill(2);
    for no in ["n\n", "\n"] {
        let mut asked = Asked::by(&fixture, "replay --all");
        assert_eq!(asked.question(), "replay 2 events? [y/N]");
        assert_eq!(asked.answer(no), (Some(1), "replayed nothing\n".to_owned()), "{no:?}");
    }
    let mut asked = Asked::by(&fixture, "discard --all --after 1");
    assert_eq!(asked.question(), "discard at most 3 events? [y/N]");
    assert_eq!(asked.answer("y\n"), (Some(0), "discarded 2 events: 2, 3\n".to_owned()));
}
