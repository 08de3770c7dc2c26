//! Models of kthread-rt's protocols, run on the shipped code under loom, and the mutants that they
//! kill.
//!
//! The models are in `models/`, one file per protocol. They are the program `model-runner`
//! (`src/runner/`), which is built with `--cfg loom`, so that kthread-rt's facade takes loom's
//! types. This crate drives it: [`build`] builds the runner; [`models`] runs models, each in a
//! process of its own, and judges them; [`mutants`] puts one bug after another into a copy of the
//! workspace and checks that a model finds it; [`generate`] makes such bugs by rules, and judges
//! them in one build; [`coverage`] finds the branches that no model reaches.
//!
//! The model of the whole system is in `system/`. It is the same program, built with `--cfg
//! shuttle`; [`system`] drives it.

#![cfg(not(any(loom, shuttle)))]

pub mod build;
pub mod coverage;
pub mod generate;
pub mod models;
pub mod mutants;
mod patch;
pub mod process;
pub mod system;
pub mod table;
