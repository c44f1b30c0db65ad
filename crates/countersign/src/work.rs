//! Counts the work per request, for the test that bounds it: see `verifier/cost.rs`. Counting is compiled into
//! tests only.
//!
//! One unit is about the time that HMAC-SHA256 takes per byte with hardware instructions: half a nanosecond. `cargo
//! run -p countersign-benches --features full --bin hostile` measures the actual times.

/// Counts hashed bytes.
#[inline(always)]
pub(crate) fn hashed(bytes: usize) {
    count(bytes + 32);
}

/// Counts bytes hashed by algorithms without hardware instructions.
#[inline(always)]
pub(crate) fn hashed_slowly(bytes: usize) {
    count(3 * bytes + 32);
}

/// Counts a pass over this number of bytes.
#[inline(always)]
pub(crate) fn read(bytes: usize) {
    count(2 * bytes);
}

/// Counts decoded or encoded bytes.
#[inline(always)]
pub(crate) fn converted(bytes: usize) {
    count(5 * bytes);
}

/// Counts bytes of JSON strings whose escapes are replaced.
#[inline(always)]
pub(crate) fn unescaped(bytes: usize) {
    count(3 * bytes);
}

/// Counts copied bytes.
#[inline(always)]
pub(crate) fn copied(bytes: usize) {
    count(bytes / 2);
}

/// Counts members, fields or headers that are stored separately.
#[inline(always)]
pub(crate) fn parts(number: usize) {
    count(200 * number);
}

/// Counts a public-key operation.
#[cfg(any(feature = "_public-key", feature = "jwt"))]
#[inline(always)]
pub(crate) fn operation(units: usize) {
    count(units);
}

#[cfg(not(test))]
#[inline(always)]
fn count(_: usize) {}

#[cfg(test)]
fn count(units: usize) {
    UNITS.with(|done| done.set(done.get().saturating_add(units)));
}

/// Returns the units counted on this thread since the last call.
#[cfg(all(test, feature = "full"))]
pub(crate) fn taken() -> usize {
    UNITS.take()
}

#[cfg(test)]
thread_local! {
    static UNITS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
