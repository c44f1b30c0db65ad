/// Marks a place where tests end the process. Expands to nothing without the feature `_failpoints`.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "_failpoints")]
        fail::fail_point!($name);
    };
}

pub(crate) use failpoint;
