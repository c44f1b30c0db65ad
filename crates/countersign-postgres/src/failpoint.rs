/// A place where tests end the process. Nothing at all, without the feature `_failpoints`.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "_failpoints")]
        fail::fail_point!($name);
    };
}

pub(crate) use failpoint;
