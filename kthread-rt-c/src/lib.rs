//! The C side of kthread-rt: the kernel's functions as C symbols, over the one runtime in
//! [`kthread_rt`].
//!
//! The headers in `include/linux` declare them, written for unmodified kernel code. `ukmod`, the
//! program of this package, builds and runs modules; a port links `libkthread_rt` instead.
//!
//! No protocol is implemented here. A function takes what C has (a pointer to plain memory that the
//! kernel's structures are, and that the runtime's types are too), calls the function of the same
//! name, and returns what C expects: an `int` of 0 or −errno, a pointer or `ERR_PTR(-errno)`.
//!
//! # Names
//!
//! A symbol has the kernel's name if the kernel exports one. Names that the C library has too
//! (`sched_setscheduler`, `snprintf`, `timer_delete` …), and what the headers' macros and inline
//! functions call, begin with `kt_`; the headers map them.
//!
//! What is a function or a variable in a kernel is one here, too, or a macro that stands for
//! another name in all places: it may be a module's field, parameter, label or member that is
//! called (`headers/words.txt`). A call that notes its place is a macro of the function's own name,
//! which leaves the name alone.
//!
//! # Variadic functions
//!
//! They format in C (`shim/`). Their symbols are made here all the same, as jumps: of a static
//! library in C nothing would be exported by the shared library.

#![allow(
    clippy::missing_safety_doc,
    reason = "the contract of each function here is the C one, of the pointers that its kernel counterpart takes"
)]

mod abi;

pub use abi::module;
