use std::path::Path;

use crate::error::OpenError;

/// Refuses a file on another machine's disk: advisory locks and shared memory do not reach there, and SQLite relies on
/// both (<https://sqlite.org/wal.html>, "All processes using a database must be on the same host").
#[cfg(target_os = "linux")]
pub(crate) fn refuse_network(path: &Path) -> Result<(), OpenError> {
    let found = rustix::fs::statfs(path)
        .map_err(|errno| OpenError::Io { what: "say what the filesystem is", source: errno.into() })?;
    // Wider on some machines than on others.
    let magic = found.f_type as u64 & 0xffff_ffff;
    match NETWORK.iter().find(|(known, _)| *known == magic) {
        Some((_, kind)) => Err(OpenError::NetworkFilesystem { kind }),
        None => Ok(()),
    }
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn refuse_network(_: &Path) -> Result<(), OpenError> {
    Ok(())
}

/// Bytes that are left for whoever is not root, where the system says so.
#[cfg(target_os = "linux")]
pub(crate) fn free(path: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(path).ok()?;
    Some(volume.f_bavail.saturating_mul(volume.f_frsize))
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn free(_: &Path) -> Option<u64> {
    None
}

/// `linux/magic.h`, and statfs(2).
#[cfg(target_os = "linux")]
const NETWORK: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x00c3_6400, "Ceph"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x564c, "NCP"),
];
