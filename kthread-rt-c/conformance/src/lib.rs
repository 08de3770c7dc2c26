//! The real kernel as the reference: C modules that ask questions, the answers of real kernels, and
//! the same modules under `ukmod`.
//!
//! A *subject* is a file of `questions/`, a *case* is one question in it, and an *answer* is one
//! line that a case printed.
//!
//! * [`kernel`], [`places`], [`questions`], [`answers`]: the kernels, the folders, the questions
//!   and the answers;
//! * [`record`]: asks a real kernel, by [`apt`], [`kbuild`], [`initramfs`] and [`machine`];
//! * [`compare`]: asks kthread-rt, by [`ukmod`], and compares line by line; [`tables`] list allowed
//!   differences;
//! * [`rust_face`]: asks the same cases through the Rust crate;
//! * [`report`], [`docs`], [`symbols`], [`defects`]: reports, the generated document, the covered
//!   symbols, and builds with deliberate defects.

pub mod answers;
pub mod apt;
pub mod compare;
pub mod complaints;
pub mod defects;
pub mod docs;
pub mod initramfs;
pub mod kbuild;
pub mod kernel;
pub mod machine;
pub mod places;
pub mod process;
pub mod questions;
pub mod record;
pub mod report;
pub mod rust_face;
pub mod symbols;
pub mod tables;
pub mod ukmod;

/// An error, as a text for the user of the command.
pub type Result<T> = std::result::Result<T, String>;
