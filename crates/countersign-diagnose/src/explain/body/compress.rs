//! Bodies that were compressed or decompressed in transit.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, ZlibEncoder};
use http::header::CONTENT_ENCODING;

use crate::explain::Cause;
use crate::explain::case::{Bodies, Case};

/// Tries the decompressed body, in case it was signed before compression.
pub(super) fn likely(case: &Case) -> Bodies<'_> {
    let body = &*case.body;
    let limit = u64::try_from(case.provider.scheme.limits.body_bytes).unwrap_or(u64::MAX);
    let brotli = announces(case, "br");
    let deflated = announces(case, "deflate");
    let readers = [
        (body.starts_with(GZIP)).then(|| read(MultiGzDecoder::new(body), limit)),
        (deflated || body.first() == Some(&0x78)).then(|| read(ZlibDecoder::new(body), limit)),
        deflated.then(|| read(DeflateDecoder::new(body), limit)),
        brotli.then(|| read(brotli_decompressor::Decompressor::new(body, 4096), limit)),
    ];
    Box::new(readers.into_iter().flatten().flatten().map(|plain| (vec![COMPRESSED], plain)))
}

/// Tries the compressed body, in case it was signed after compression, with the usual encoders and levels.
pub(super) fn rare(case: &Case) -> Bodies<'_> {
    let body = &*case.body;
    // Whatever decompresses a body may also remove the header.
    let is_unsaid = !case.headers.contains_key(CONTENT_ENCODING) && !body.is_empty();
    let gzip_is_tried = (announces(case, "gzip") || is_unsaid) && !body.starts_with(GZIP);
    let deflate = announces(case, "deflate") || is_unsaid && !body.starts_with(GZIP);
    let levels = if gzip_is_tried || deflate { &LEVELS[..] } else { &[] };
    let times: Vec<_> = times(case).collect();
    Box::new(levels.iter().flat_map(move |level| {
        let raw = deflated(body, *level);
        let checked = deflate.then(|| zlib(body, *level));
        let gzip = |time: &u32| HEADS.map(|[extra, system]| in_gzip(&raw, body, *time, [extra, system]));
        let gzips = if gzip_is_tried { times.iter().flat_map(gzip).collect() } else { Vec::new() };
        let all = gzips.into_iter().chain(checked).chain(deflate.then_some(raw.clone()));
        all.map(|signed| (vec![DECOMPRESSED], signed)).collect::<Vec<_>>()
    }))
}

fn announces(case: &Case, coding: &str) -> bool {
    let value = case.headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.to_ascii_lowercase().split(',').any(|one| one.trim().ends_with(coding)))
}

/// Reads at most `limit` bytes; larger results are not tried.
fn read(reader: impl Read, limit: u64) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut plain).ok()?;
    (u64::try_from(plain.len()).is_ok_and(|bytes| bytes <= limit)).then_some(plain)
}

fn deflated(body: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

fn zlib(body: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

/// Returns the times that the gzip may have in it: none, that of the request, and the seconds before it.
fn times(case: &Case) -> impl Iterator<Item = u32> + use<> {
    let field = case.provider.scheme.timestamp.as_ref();
    let stamp = field.and_then(|field| super::super::headers::stamp_time(case, field));
    let stamp = stamp.and_then(|time| u32::try_from(time.as_secs()).ok());
    std::iter::once(0).chain(
        stamp.into_iter().flat_map(|time| (0..=MOST_SECONDS).map(move |before| time.saturating_sub(before))),
    )
}

/// Frames deflated data as gzip (RFC 1952), with this time, effort and operating system.
fn in_gzip(raw: &[u8], body: &[u8], time: u32, [extra, system]: [u8; 2]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(body);
    let head = [&[0x1f, 0x8b, 8, 0][..], &time.to_le_bytes(), &[extra, system]].concat();
    [&head, raw, &sum.sum().to_le_bytes(), &sum.amount().to_le_bytes()].concat()
}

const GZIP: &[u8] = &[0x1f, 0x8b];

/// The levels default, fast, best.
const LEVELS: [u32; 3] = [6, 1, 9];

/// The bytes for effort and operating system in the headers of zlib, Java and Rust, Go and Python, Node on macOS and
/// Windows.
const HEADS: [[u8; 2]; 8] = [[0, 3], [0, 255], [0, 0], [2, 255], [2, 3], [4, 255], [0, 19], [0, 10]];
/// The age of a gzip when it is signed.
const MOST_SECONDS: u32 = 2;

const COMPRESSED: Cause = Cause::new(
    "body_compressed",
    "the body is compressed and was signed before that, so it verifies decompressed: decompress it before it is verified",
);
const DECOMPRESSED: Cause = Cause::new(
    "body_decompressed",
    "the body was decompressed on its way, and compressed it verifies: verify the bytes as they were received, \
     before anything decompresses them",
);
