//! The models, one file per protocol.

mod create;

use crate::harness::Model;

/// All models.
pub fn all() -> Vec<Model> {
    [create::models()].into_iter().flatten().collect()
}
