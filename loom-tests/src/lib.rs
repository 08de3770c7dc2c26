//! The models of the shipped protocols, and what runs them.
