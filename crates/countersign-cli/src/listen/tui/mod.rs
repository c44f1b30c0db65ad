//! The full-screen view: a state, its changes and its drawing as plain functions, and the terminal around them.

mod model;
mod screen;
mod terminal;
#[cfg(test)]
mod tests;
mod update;
mod view;

pub(super) use screen::Screen;
pub(super) use terminal::{check, show};
