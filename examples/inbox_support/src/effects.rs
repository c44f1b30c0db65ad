use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio::task::spawn_blocking;

/// A file that stands for what handlers do to the world: one line of JSON per event that was handled. In a program of
/// yours this is an e-mail, a row, a call.
#[derive(Clone, Debug)]
pub struct Effects {
    path: Arc<Path>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The provider's id of the event.
    pub id: String,
    /// The type of the event.
    pub event_type: Option<String>,
    /// The attempt that it took; the first is 1.
    pub attempt: u32,
    /// Whether an operator had it handled again.
    pub replayed: bool,
}

impl Effects {
    /// Opens the file, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        append_to(path)?;
        Ok(Self { path: path.into() })
    }

    /// Appends a line. When this returns, it survives a loss of power.
    ///
    /// # Errors
    ///
    /// It may not.
    pub async fn append(&self, effect: Effect) -> io::Result<()> {
        let path = Arc::clone(&self.path);
        let written = spawn_blocking(move || {
            let mut line = serde_json::to_vec(&effect)?;
            line.push(b'\n');
            // In one piece, so that lines of several handlers and processes do not mix.
            let mut file = append_to(&path)?;
            file.write_all(&line)?;
            file.sync_data()
        });
        written.await.map_err(io::Error::other)?
    }
}

/// Anew for each line: somebody may have moved the file away.
fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
