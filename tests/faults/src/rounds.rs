use std::path::PathBuf;

use tempfile::TempDir;

use crate::{POINTS, POINTS_OF_STATEMENTS, Round};

/// Returns rounds over all points: the first times that each is reached, with events that fail and events that do
/// not. Each round has its own store, which is a schema for PostgreSQL.
pub fn rounds(postgres: Option<&str>, many: usize) -> impl Iterator<Item = Lonely> {
    let postgres = postgres.map(str::to_owned);
    (0..many).map(move |number| {
        let folder = tempfile::tempdir().unwrap();
        let store = match &postgres {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", folder.path().join("inbox.db").display()),
        };
        let points = if postgres.is_some() { &POINTS_OF_STATEMENTS[..] } else { &POINTS };
        let point = points[number % points.len()];
        let name = format!("{}_{number}", std::process::id());
        let schema = postgres.is_some().then(|| format!("round_{name}"));
        let turn = number / points.len();
        let effects: PathBuf = folder.path().join("effects.jsonl");
        let round = Round {
            store,
            schema,
            effects,
            point,
            nth: 1 + turn % 7,
            events: 12,
            fail_first: turn % 2,
            name,
        };
        Lonely { round, _folder: folder }
    })
}

/// A round in a temporary folder, which is removed with it.
#[derive(Debug)]
pub struct Lonely {
    round: Round,
    _folder: TempDir,
}

impl Lonely {
    /// Runs the round.
    #[must_use]
    pub fn run(&self) -> crate::Outcome {
        self.round.run()
    }
}
