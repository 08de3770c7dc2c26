//! The functions that the creating macros call: with the formatted name, and with a second
//! reference to the data if the data is an `Arc`. The public functions of the same names call these
//! too.

use super::bind;
use super::create::{self, NUMA_NO_NODE, Order};
use super::request::{Begin, Body};
use super::shared::Shared;
use crate::errno::Errno;
use crate::sched::{wake_up_process, with_current};
use crate::sync::os;
use crate::task::Task;
use std::panic::Location;

pub(super) fn body<T, F>(threadfn: F, data: T) -> Body
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    Box::new(move || threadfn(data))
}

/// `kthread_create!`.
#[track_caller]
pub fn kthread_create<T, F>(threadfn: F, data: T, shared: Shared, name: String) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    kthread_create_on_node(threadfn, data, shared, NUMA_NO_NODE, name)
}

/// `kthread_create_on_node!`.
#[track_caller]
pub fn kthread_create_on_node<T, F>(
    threadfn: F,
    data: T,
    shared: Shared,
    node: i32,
    name: String,
) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    let order = Order { name, node, begin: Begin::WhenWoken, body: body(threadfn, data), shared, raw: None };
    create::create(order, "kthread_create", Location::caller())
}

/// `kthread_run!` on behalf of `call`, whose place is `place`.
pub(crate) fn kthread_run_for<T, F>(
    threadfn: F,
    data: T,
    name: String,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    let (node, begin, body) = (NUMA_NO_NODE, Begin::WhenWoken, body(threadfn, data));
    woken(create::create(Order { name, node, begin, body, shared: None, raw: None }, call, place))
}

/// `kthread_run!`.
#[track_caller]
pub fn kthread_run<T, F>(threadfn: F, data: T, shared: Shared, name: String) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    woken(kthread_create(threadfn, data, shared, name))
}

/// `kthread_create_on_cpu!`.
#[track_caller]
pub fn kthread_create_on_cpu<T, F>(
    threadfn: F,
    data: T,
    shared: Shared,
    cpu: u32,
    name: String,
) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let place = Location::caller();
    with_current(|me| bind::check_cpu(me, cpu, "kthread_create_on_cpu", place))?;
    let task = kthread_create(threadfn, data, shared, name)?;
    bind::bind_new(&task, cpu, "kthread_create_on_cpu", place);
    Ok(task)
}

/// `kthread_run_on_cpu!`.
#[track_caller]
pub fn kthread_run_on_cpu<T, F>(
    threadfn: F,
    data: T,
    shared: Shared,
    cpu: u32,
    name: String,
) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    woken(kthread_create_on_cpu(threadfn, data, shared, cpu, name))
}

fn woken(task: Result<Task, Errno>) -> Result<Task, Errno> {
    task.inspect(|task| {
        wake_up_process(task);
    })
}
