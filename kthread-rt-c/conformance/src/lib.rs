//! The real kernel as the judge: C modules that ask questions, the answers of real kernels, and the
//! same modules under `ukmod`.
//!
//! A *subject* is a file of `questions/`, a *case* is one question in it, and an *answer* is one
//! line that a case printed.
//!
//! * [`kernel`], [`places`], [`questions`], [`answers`]: which kernels are asked, where things are,
//!   what is asked, and what was answered;
//! * [`record`]: asking a real kernel, by [`apt`], [`kbuild`], [`initramfs`] and [`machine`];
//! * [`compare`]: asking kthread-rt, by [`ukmod`], and comparing line by line, with what [`tables`]
//!   allow;
//! * [`rust_face`]: the cases that are asked through the Rust crate, too;
//! * [`report`], [`docs`], [`symbols`], [`defects`]: what is told, which symbols are covered, and
//!   builds that are wrong on purpose.

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

/// What went wrong, in words for whoever started the command.
pub type Result<T> = std::result::Result<T, String>;
