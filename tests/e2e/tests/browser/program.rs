//! `countersign console` beside a file.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use countersign_tests::programs::binary;
use serde_json::{Value, json};

/// The command, killed on drop.
pub(crate) struct Program {
    child: Child,
    start: String,
}

impl Program {
    /// Starts it for the actor `ada`, on a free port.
    pub(crate) fn start(file: &Path, options: &[&str]) -> Self {
        let mut command = binary("countersign-cli", "countersign");
        command.args(["console", "--listen", "127.0.0.1:0", "--actor", "ada", "--store"]);
        command.arg(format!("sqlite:{}", file.display())).args(options);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let start = line.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}"));
        Self { start: start.to_owned(), child }
    }

    /// Returns the printed address.
    pub(crate) fn page(&self) -> Value {
        json!({ "start": self.start, "headers": {} })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
