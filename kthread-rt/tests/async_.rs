//! Asynchronous function calls: `linux/async.h`.
//!
//! There are no recorded answers for these. The tests follow the kernel's documentation, and what
//! is defined here where a kernel would hang.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use witness::{Warnings, wait_until_asleep};

/// Runs `f` in a Kernel of its own, and fails if that warns.
fn in_kernel(f: impl FnOnce()) {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    f();
    drop(inside);
    kernel.shutdown();
    warnings.assert_none();
}

/// An asynchronous call that waits for the returned completion.
fn held_in(domain: &AsyncDomain) -> (AsyncCookie, Arc<Completion>) {
    let go = Arc::new(Completion::new());
    let cookie = async_schedule_domain(|go: Arc<Completion>, _| wait_for_completion(&go), go.clone(), domain);
    (cookie, go)
}

/// Starts a kthread that makes a call, and waits until it sleeps there.
fn asleep_in(call: impl FnOnce() + Send + 'static) -> Task {
    let began = Arc::new(Completion::new());
    let task = kthread_run!(
        move |began: Arc<Completion>| {
            complete(&began);
            call();
            7
        },
        began.clone(),
        "waiter"
    )
    .unwrap();
    wait_for_completion(&began);
    wait_until_asleep(&task, TASK_UNINTERRUPTIBLE);
    task
}

#[test]
fn cookies_grow_from_one_and_reach_the_function() {
    in_kernel(|| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let cookies: Vec<_> = (1..=5)
            .map(|n| {
                let seen = seen.clone();
                async_schedule(move |n, cookie| seen.lock().unwrap().push((n, cookie)), n)
            })
            .collect();
        assert_eq!(cookies, [1, 2, 3, 4, 5]);
        async_synchronize_full();
        let mut seen = seen.lock().unwrap();
        seen.sort_unstable();
        assert_eq!(*seen, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
        assert_eq!(async_schedule_node(|(), _| (), (), NUMA_NO_NODE), 6);
        async_synchronize_full(); // or the shutdown would tell that a work is queued
    });
}

#[test]
fn a_function_runs_on_an_unbound_worker_and_knows_that_it_is_async() {
    in_kernel(|| {
        let (told, comm) = (Arc::new(Mutex::new(None)), |task: &TaskStruct| task.comm().to_string());
        let tell = told.clone();
        async_schedule(move |(), _| *tell.lock().unwrap() = Some((comm(&current()), current_is_async())), ());
        async_synchronize_full();
        let (name, is_async) = told.lock().unwrap().take().unwrap();
        assert!(name.starts_with("kworker/u") && is_async, "{name}");
        assert!(!current_is_async());
        let plain = Arc::new(Mutex::new(None));
        let tell = plain.clone();
        system_unbound_wq().spawn(move || *tell.lock().unwrap() = Some(current_is_async())).unwrap();
        flush_workqueue(&system_unbound_wq());
        assert_eq!(*plain.lock().unwrap(), Some(false));
    });
}

#[test]
fn what_comes_behind_its_own_cookie_comes_in_order() {
    in_kernel(|| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let (first, go) = held_in(&AsyncDomain::new());
        assert_eq!(first, 1);
        let go_first = Arc::new(Completion::new());
        for n in 0..8 {
            let (order, wait) = (order.clone(), (n == 0).then(|| go_first.clone()));
            let function = move |n, cookie| {
                if let Some(go) = wait {
                    wait_for_completion(&go);
                }
                async_synchronize_cookie(cookie);
                order.lock().unwrap().push(n);
            };
            async_schedule(function, n);
        }
        // The call of another domain, though its cookie is lower, is not waited for.
        complete(&go_first);
        async_synchronize_cookie(u64::MAX);
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
        complete(&go);
        async_synchronize_full();
    });
}

#[test]
fn a_cookie_is_waited_for_up_to_it_and_not_beyond() {
    in_kernel(|| {
        let domain = Arc::new(AsyncDomain::new());
        let (first, go_first) = held_in(&domain);
        let (second, go_second) = held_in(&domain);
        async_synchronize_cookie_domain(first, &domain); // nothing is below it
        let waiter = {
            let domain = domain.clone();
            asleep_in(move || async_synchronize_cookie_domain(second, &domain))
        };
        complete(&go_first);
        assert_eq!(kthread_stop(&waiter), 7);
        let waiter = asleep_in(move || domain.synchronize_full());
        complete(&go_second);
        assert_eq!(kthread_stop(&waiter), 7);
    });
}

#[test]
fn full_waits_for_registered_domains_and_not_for_exclusive_ones() {
    ASYNC_DOMAIN!(static REGISTERED);
    ASYNC_DOMAIN_EXCLUSIVE!(static EXCLUSIVE);
    in_kernel(|| {
        let (_, go_exclusive) = held_in(&EXCLUSIVE);
        async_synchronize_full();
        let (_, go) = held_in(&REGISTERED);
        async_synchronize_full_domain(&AsyncDomain::new());
        let waiter = asleep_in(async_synchronize_full);
        complete(&go);
        assert_eq!(kthread_stop(&waiter), 7);
        let waiter = asleep_in(|| async_synchronize_full_domain(&EXCLUSIVE));
        complete(&go_exclusive);
        assert_eq!(kthread_stop(&waiter), 7);
    });
}

#[test]
fn beyond_32768_calls_the_caller_runs_them() {
    in_kernel(|| {
        let domain = AsyncDomain::new();
        let runs = Arc::new(AtomicU32::new(0));
        let go = Arc::new(Completion::new());
        for _ in 0..=32768 {
            let (runs, go) = (runs.clone(), go.clone());
            domain.schedule(move |_| {
                wait_for_completion(&go);
                runs.fetch_add(1, SeqCst);
            });
        }
        let me = current().pid();
        let cookie = domain.schedule(move |cookie| {
            assert_eq!((current().pid(), cookie), (me, 32770));
            assert!(!current_is_async());
        });
        assert_eq!(cookie, 32770);
        complete_all(&go);
        async_synchronize_full();
        assert_eq!(runs.load(SeqCst), 32769);
    });
}

#[test]
fn a_call_that_waits_for_itself_warns_and_waits_for_those_before_it() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (_, go) = held_in(&AsyncDomain::new());
    let over = Arc::new(Completion::new());
    async_schedule(
        |over: Arc<Completion>, cookie| {
            async_synchronize_cookie(cookie); // well
            async_synchronize_full();
            complete(&over);
        },
        over.clone(),
    );
    assert!(!completion_done(&over));
    complete(&go);
    wait_for_completion(&over);
    async_synchronize_full();
    let told = warnings.take_one();
    assert_eq!((told.kind, &*told.call), (WarningKind::Deadlock, "async_synchronize_full"));
    assert_eq!(told.file, file!());
    preempt_disable();
    async_synchronize_full();
    warnings.assert_call_told(
        file!(),
        WarningKind::SleepingWhileAtomic,
        "async_synchronize_full",
        line!() - 5,
    );
    preempt_enable();
    drop(inside);
    kernel.shutdown();
}

#[test]
fn a_panic_is_an_oops_and_the_call_is_over() {
    std::panic::set_hook(Box::new({
        let tell = std::panic::take_hook();
        move |panic| {
            if std::thread::current().name().is_some() {
                tell(panic);
            }
        }
    }));
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    async_schedule(|(), _| panic!("on purpose"), ());
    async_synchronize_full();
    flush_workqueue(&system_unbound_wq());
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
    drop(inside);
    kernel.shutdown();
}

#[test]
fn after_the_shutdown_the_caller_runs_it_with_a_warning() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    async_schedule(|(), _| (), ());
    async_synchronize_full();
    kernel.shutdown();
    let ran = Arc::new(AtomicU32::new(0));
    let cookie = async_schedule(|ran: Arc<AtomicU32>, _| _ = ran.fetch_add(1, SeqCst), ran.clone());
    assert_eq!((cookie, ran.load(SeqCst)), (2, 1));
    let told = warnings.take_one();
    assert_eq!((&*told.call, told.line), ("async_schedule", line!() - 3));
    async_synchronize_full();
    drop(inside);
}
