//! The driver of the models; see `model-runner`.

fn main() {}
