//! Counts the work that a request makes, for the test that bounds it: see `verifier/cost.rs`. Only tests count.
//!
//! A unit is about the time that HMAC-SHA256 takes for a byte, with the instructions that processors have for it: half a
//! nanosecond. `cargo run -p countersign-benches --features full --bin hostile` measures what the units estimate.

/// Counts bytes that are hashed.
#[inline(always)]
pub(crate) fn hashed(bytes: usize) {
    count(bytes + 32);
}

/// Counts bytes that are hashed with what processors have no instructions for.
#[inline(always)]
pub(crate) fn hashed_slowly(bytes: usize) {
    count(3 * bytes + 32);
}

/// Counts a pass over so many bytes.
#[inline(always)]
pub(crate) fn read(bytes: usize) {
    count(2 * bytes);
}

/// Counts bytes that are decoded or encoded.
#[inline(always)]
pub(crate) fn converted(bytes: usize) {
    count(5 * bytes);
}

/// Counts bytes that are copied.
#[inline(always)]
pub(crate) fn copied(bytes: usize) {
    count(bytes / 2);
}

/// Counts members, fields or headers that are kept apart.
#[inline(always)]
pub(crate) fn parts(number: usize) {
    count(200 * number);
}

/// Counts an operation with a public key.
#[cfg(any(feature = "_public-key", feature = "jwt"))]
#[inline(always)]
pub(crate) fn operation() {
    count(400_000);
}

#[cfg(not(test))]
#[inline(always)]
fn count(_: usize) {}

#[cfg(test)]
fn count(units: usize) {
    UNITS.with(|done| done.set(done.get().saturating_add(units)));
}

/// The units of this thread since the last call.
#[cfg(test)]
pub(crate) fn taken() -> usize {
    UNITS.take()
}

#[cfg(test)]
thread_local! {
    static UNITS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
