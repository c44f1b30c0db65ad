//! Results on standard output: text for people, JSON for machines.
//!
//! A reader that closes the pipe causes no error, and the exit code is unchanged.

mod body;
mod format;
mod pipe;
mod print;
mod table;

pub(crate) use countersign_diagnose::printable;

pub(crate) use body::{Body, PrettyBody, base64};
pub(crate) use format::{exact, instant, size, span, word};
pub(crate) use print::{
    BAD, DIM, GOOD, STRONG, UNSURE, bytes, json, json_for_files, line, line_to_stderr, print_line,
    print_text, stderr, text, written,
};
pub(crate) use table::{Cell, Table};
