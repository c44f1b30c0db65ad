use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::load::rate_of;

/// Appends 4 KiB and syncs it to the device, sequentially: the largest number of unshared commits per second of
/// this volume.
pub(crate) fn fdatasync(folder: &Path, time: Duration) -> f64 {
    let path = folder.join("floor");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a folder to write to");
    let block = [7_u8; 4096];
    let rate = rate_of(time, || {
        file.write_all(&block).and_then(|()| file.sync_data()).expect("a volume with room");
    });
    std::fs::remove_file(path).expect("our own file");
    rate
}
