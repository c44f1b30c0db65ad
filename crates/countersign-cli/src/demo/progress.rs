use indicatif::{ProgressBar, ProgressStyle};

/// Creates a progress bar of so many steps, displayed on a terminal only.
pub(super) fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {msg}");
    ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
