//! The C side of kthread-rt: the kernel's functions as C symbols, implemented by [`kthread_rt`].
//!
//! The headers in `include/linux` declare them for unmodified kernel code. This package's program
//! `ukmod` builds and runs modules; a ported program links `libkthread_rt` instead.
//!
//! No protocol is implemented here. A symbol takes C's arguments (the runtime's types have the
//! layout of the headers' structures, so pointers are passed on), calls the Rust function of the
//! same name, and returns C's result: an `int` of 0 or −errno, a pointer or `ERR_PTR(-errno)`.
//!
//! # Names
//!
//! A symbol has the kernel's name if the kernel exports it. Symbols whose name the C library has,
//! too (`sched_setscheduler`, `snprintf`, `timer_delete` …), and symbols for the headers' macros
//! and inline functions, begin with `kt_`; the headers map them.
//!
//! A function or a variable of a kernel is one here, too, or an object-like macro for another name.
//! So a module may use its name for a field, a parameter, a label or a function pointer that it
//! calls (`headers/words.txt`). A call that records its place is a function-like macro of the same
//! name, which does not change other uses of the name.
//!
//! # Variadic functions
//!
//! They are written in C (`shim/`). Their symbols are still defined here, as jumps, because the
//! shared library would not export symbols of a static C library.

#![allow(
    clippy::missing_safety_doc,
    reason = "the contract of each function here is the C one, of the pointers that its kernel counterpart takes"
)]

mod abi;

pub use abi::module;
