use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// A session of PostgreSQL that is held open with psql. It ends on drop.
pub struct Held {
    psql: Child,
    _input: ChildStdin,
}

impl Held {
    /// Connects and runs statements, for example `BEGIN`. Returns `None` if the server refuses the connection.
    #[must_use]
    pub fn open(url: &str, statements: &str) -> Option<Self> {
        let mut psql = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("psql is missing: `apt-get install postgresql-client`");
        let mut input = psql.stdin.take().unwrap();
        let mut output = BufReader::new(psql.stdout.take().unwrap());
        // The process may have ended.
        let _ = writeln!(input, "{statements};\n\\echo {MARK}");
        let has_said = output.by_ref().lines().map_while(Result::ok).any(|line| line == MARK);
        let held = Self { psql, _input: input };
        has_said.then_some(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}

const MARK: &str = "it is held";
