use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::task::spawn_blocking;

/// What handlers have done, one JSON line each. It stands for whatever your handlers do.
#[derive(Clone)]
pub(crate) struct Effects(Arc<Mutex<Option<File>>>);

#[derive(Serialize)]
pub(crate) struct Effect {
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    /// Which attempt at this event succeeded, from 1.
    pub(crate) attempt: u64,
    /// Nobody replays anything in inline mode.
    pub(crate) replayed: bool,
}

impl Effects {
    /// Appends to this file, or else to standard output.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| OpenOptions::new().append(true).create(true).open(path)).transpose()?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// Is on the disk when it returns.
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
