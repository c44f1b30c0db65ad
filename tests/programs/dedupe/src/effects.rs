use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::task::spawn_blocking;

/// The effects of handlers, one JSON line each. Stands in for an application's own effects.
#[derive(Clone)]
pub(crate) struct Effects(Arc<Mutex<Option<File>>>);

#[derive(Serialize)]
pub(crate) struct Effect {
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    /// The number of the successful attempt, from 1.
    pub(crate) attempt: u64,
    /// Always `false`: inline mode has no replays.
    pub(crate) replayed: bool,
}

impl Effects {
    /// Opens this file for appending, or standard output.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| OpenOptions::new().append(true).create(true).open(path)).transpose()?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// Appends a line. It is on the disk when this returns.
    pub(crate) async fn append(&self, effect: &Effect) -> io::Result<()> {
        let mut line = serde_json::to_vec(effect)?;
        line.push(b'\n');
        let file = Arc::clone(&self.0);
        spawn_blocking(move || match &mut *file.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => {
                file.write_all(&line)?;
                file.sync_all()
            }
            None => {
                let mut out = io::stdout().lock();
                out.write_all(&line)?;
                out.flush()
            }
        })
        .await?
    }
}
