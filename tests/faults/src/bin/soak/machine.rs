use std::fs::File;
use std::hint::black_box;
use std::io::{Seek, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;

use crate::sample::Latencies;

/// Measures the speed of the machine under its load: a little work, a write and a sync, four times a second.
pub(crate) struct Machine {
    times: Arc<Mutex<Vec<Duration>>>,
    task: JoinHandle<()>,
}

impl Machine {
    pub(crate) fn start() -> Self {
        let times = Arc::new(Mutex::new(Vec::new()));
        let (noted, file) = (times.clone(), Arc::new(Mutex::new(tempfile::tempfile().unwrap())));
        let task = tokio::spawn(async move {
            loop {
                let (began, file) = (Instant::now(), file.clone());
                // From another thread and back, as an accept.
                spawn_blocking(move || work(&mut file.lock().unwrap())).await.unwrap();
                noted.lock().unwrap().push(began.elapsed());
                sleep(EVERY).await;
            }
        });
        Self { times, task }
    }

    /// Returns the median since the last call, in milliseconds.
    pub(crate) fn speed(&self) -> f64 {
        Latencies::of(std::mem::take(&mut *self.times.lock().unwrap())).median
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn work(file: &mut File) {
    let mut sum = 0_u64;
    for number in 0..100_000_u64 {
        sum = black_box(sum.rotate_left(5) ^ number);
    }
    file.rewind().unwrap();
    file.write_all(&[sum as u8; 4096]).unwrap();
    file.sync_data().unwrap();
}

const EVERY: Duration = Duration::from_millis(250);
