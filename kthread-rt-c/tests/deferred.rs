//! What C code puts off: works, timers, tasklets and their relatives, by the headers and through
//! the C ABI, in modules that `ukmod` builds and runs.

mod ukmod;

/// The module `tests/c/NAME.c`, built for a kernel and run, prints these lines, and nothing on
/// standard error.
fn prints(name: &str, kernel: &str, expected: &str) {
    runs(&format!("tests/c/{name}.c"), kernel, expected);
}

/// The same of a module with its path in this package.
fn runs(file: &str, kernel: &str, expected: &str) {
    let file = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let (status, out, err) = ukmod::run(&["run", &file, "--kernel-version", kernel, "--for", "0s", "--raw"]);
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(out.lines().collect::<Vec<_>>(), expected, "status {status:?}, standard error: {err}");
    assert_eq!((status, &*err), (0, ""));
}

#[test]
fn works_and_their_queues() {
    prints(
        "workqueue",
        "6.12",
        "sizeof: work 64, delayed work 136
        a declared work: pending 0, list empty 1, busy 0
        queue_work: 1, again while it is pending: 0, pending 1
        flush_work: 1, of an idle work: 0
        it ran 1 time(s), on worker 1, in itself 1
        cancel_work_sync of a pending work: 1, of an idle one: 0
        schedule_work: 1, on cpu 0: 1, on any: 1
        a running work: busy 2, pending 0; queued again: busy 3
        to_delayed_work finds the whole: 1
        queue_delayed_work: 1, again: 0, pending 1, its timer: 1
        mod_delayed_work of a pending one: 1, of an idle one: 0
        flush_delayed_work: 1
        cancel_delayed_work_sync of one that waits: 1, of an idle one: 0
        disable_work_sync: 0, queue_work of a disabled work: 0, enable_work: 1
        an ordered queue: 0 1 2 3
        system_wq is one: 1, and not the unbound one: 1
        work_on_cpu: 42
        schedule_on_each_cpu: 0, ran on each: 1
        execute_in_process_context: 0
        drained and destroyed",
    );
}

#[test]
fn timers() {
    prints(
        "timer",
        "6.1",
        "sizeof: 56; function at 32, flags at 40
        a defined timer: pending 0, flags 0x80000
        mod_timer of an idle timer: 0, of a pending one: 1, pending 1
        del_timer of a pending timer: 1, of an idle one: 0
        timer_reduce to an earlier jiffy: 1, to a later one: 1, expires unchanged 1
        mod_timer_pending of an idle timer: 0, pending 0
        it was called in a softirq 1, with itself 1, pending 0, not before its jiffy 1
        add_timer: called again
        a timer that arms itself: 3 calls; del_timer_sync: 0
        try_to_del_timer_sync while it runs: -1
        timer_shutdown_sync: 1, mod_timer after it: 0, pending 0
        on the stack: called
        round_jiffies: whole seconds 1",
    );
}

#[test]
fn timers_with_data_before_4_15() {
    prints(
        "timer_data",
        "4.9",
        "a defined timer was called with 1
        setup_timer: called with 2
        init_timer: called with 3
        a delayed work: 1, its timer pending 1; cancelled 1",
    );
}

#[test]
fn what_is_queued_with_interrupts_off_is_called_when_its_thread_sleeps_or_ends() {
    let expected = "waits 1, busy after a sleep 0\na thread that ends: called, error 0\n";
    let args = ["run", "c/irqs_off.c", "--for", "0s", "--raw", "--no-debug"];
    assert_eq!(ukmod::run(&args), (0, expected.to_owned(), String::new()));
}

#[test]
fn tasklets_and_irq_works() {
    prints(
        "tasklet",
        "6.1",
        "sizeof: tasklet 56, irq work 40
        called 1 time(s), with its receiver 1, in a softirq 1, still scheduled 0
        tasklet_init: called with 7
        declared ones: called, the old one with 9
        by hand: called with 11, idle: next is null 1, state 0
        by name: called
        a disabled one: count 1; scheduled 1, called 0; enabled, it was called; disabled again: count 1
        irq_work_queue: 1
        an irq work: in an interrupt 1, busy 0
        with interrupts off: waits 1, busy after that 0
        request_irq: -19",
    );
}

#[test]
fn tasklets_with_data_before_5_9() {
    prints(
        "tasklet_data",
        "5.4",
        "called with 5; the disabled one: count 1
        by hand: called with 7",
    );
}

#[test]
fn clocks_and_hrtimers() {
    prints(
        "ktime",
        "6.1",
        "ktime_get goes on: 1, and ktime_get_ts64 is of the same clock: 1
        cycles go on: 1
        the wall clock is later than 2020: 1, in all its forms: 1
        boottime is not before monotonic: 1
        1.999999999 s and 2 ns: 2.000000001
        -1 ns: -1 s and 999999999 ns
        ktime_set(3, 5): 3000000005, of too much: 1
        ktime_add_safe: 1; ktime_ms_delta: 7; ktime_divns: 14; ktime_compare: -1
        3 s after 2024-02-29 23:59:58: 2024-03-01 00:00:01, weekday 5, day 60
        1 s before 1970: 1969-12-31 23:59:59, weekday 3, day 364
        sizeof: hrtimer 96, function at 56
        an idle hrtimer: active 0, queued 0
        called 3 times, in an interrupt 1, forwarded at least twice 1; hrtimer_cancel: 0
        hrtimer_try_to_cancel while it runs: -1
        it remains: 1, expires as asked: 1; hrtimer_forward of one that is not due: 0
        queued 1; hrtimer_cancel: 1, again: 0
        schedule_hrtimeout: 0, not early 1",
    );
}

#[test]
fn works_that_wait_for_readers_and_timers_that_wake_a_task() {
    prints(
        "rcu_work",
        "6.9",
        "queue_rcu_work: 1, again: 0; ran while somebody reads: 0
        flush_rcu_work: 1; ran 1, too early 0, itself 1; of an idle one: 0
        and anew: 1, ran 2
        attributes: all cpus 1, applied 0
        bottom halves: ran 4
        a sleeper's timer: 1; schedule_hrtimeout_range_clock: 0",
    );
}

#[test]
fn kthread_workers() {
    prints(
        "kthread_worker",
        "6.1",
        "sizeof: worker 64, work 40, delayed work 96
        its thread: disk/3, flags 1
        kthread_queue_work: 1, again: 0
        kthread_cancel_work_sync of a queued work: 1, of an idle one: 0
        served 1, by its thread 1 1, as the current work 1
        kthread_queue_delayed_work: 1, its timer pending 1, expires ahead 1
        kthread_mod_delayed_work of a pending one: 1, of an idle one: 0; served 2
        kthread_cancel_delayed_work_sync: 1
        what was queued was served before the end: 3
        a worker of the module's: its thread 1, served 4; kthread_stop: 0
        on a cpu: cpu/0",
    );
}

#[test]
fn policies_signals_freezing_helpers_and_asynchronous_calls() {
    prints(
        "attributes",
        "6.1",
        "SCHED_FIFO 10: 0, policy 1, rt_priority 10, prio 89, static_prio 120
        SCHED_RR 10: 0, of no priority: -22, of too much: -22
        SCHED_NORMAL with a priority: -22, SCHED_DEADLINE: -22; policy 2
        SCHED_BATCH: 0, SCHED_IDLE: 0, SCHED_NORMAL: 0, prio 120
        a set: SIGTERM 1, SIGINT 0
        sigprocmask: blocked, pending 0; not blocked, pending 1; dequeued 10
        ignored: pending 0
        frozen: 0 0, the thread 1; thawed, it noticed 1; freezing(current) 0
        call_usermodehelper: 0, 0x300, -2
        call_usermodehelper_exec: 0, init 7, cleanup 7
        request_module: -2
        in order: 123, cookies rise 1, in a domain 1, here 0",
    );
}

#[test]
fn the_module_worker() {
    runs(
        "modules/worker.c",
        "6.1",
        "the read is pending already
        took back the trim
        disk/0: served slow
        disk/0: served read
        disk/0: served write
        write-back: all requests before the barrier are done
        cancelled the patrol
        disk/0: served write
        destroyed",
    );
}

#[test]
fn the_module_workqueue() {
    let file = format!("{}/modules/workqueue.c", env!("CARGO_MANIFEST_DIR"));
    // No report falls into the run.
    let words = ["run", &file, "pieces=1000", "report_ms=3600000", "--for", "0s", "--raw"];
    let (status, out, err) = ukmod::run(&words);
    let steps: u64 = (1..=1000_u64).map(collatz).sum();
    assert_eq!((status, out, &*err), (0, format!("done: 1000 pieces, {steps} steps\n"), ""));
}

fn collatz(mut n: u64) -> u64 {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 1 { 3 * n + 1 } else { n / 2 };
        steps += 1;
    }
    steps
}

#[test]
fn the_module_timer() {
    runs(
        "modules/timer.c",
        "6.1",
        "sleeper: round 1
        sleeper: round 2
        sleeper: round 3
        sleeper: round 4
        sleeper: round 5
        it was found in state 0x2 first; early: 0 times
        exit: the thread returned 5",
    );
}

#[test]
fn threads_and_functions_of_each_cpu() {
    prints(
        "percpu_threads",
        "6.1",
        "a dynamic state: 1, called for some cpu 1
        removed: called for each 1
        one that refuses: -5
        smpboot_register_percpu_thread: 0
        ran under its name 1, noted in its variable 1, set up and cleaned up 1",
    );
}

#[test]
fn a_cpu_that_goes_or_comes_passes_its_states_in_order() {
    let expected = match std::thread::available_parallelism().unwrap().get() {
        1 => "a cpu alone can not go",
        _ => {
            "goes: b- a- p- offline 0
            comes: p+ offline a+ b+ 0
            may not go: b- a- b+ -5 1
            goes: b- a- p- offline 0
            may not come: p+ offline a+ b+ a- p- offline -5 0
            may not even begin: p+ offline -5
            comes to what is left: b+ 0"
        }
    };
    prints("cpu_states", "6.1", expected);
}

#[test]
fn what_macros_of_a_kernel_are_made_of() {
    let rest = "base->get_time: clock 1, 2 ms later 1, forward from then 1
        a tasklet ran: 4
        preempt_count: 2 more
        and 0
        symbol_get: 1, of a name that nobody has: 0";
    prints("made_of", "6.1", &format!("a timer was called, flags 0x80000\n{rest}"));
    let slept = "nobody wakes: 0 0, not before the time 1\nwoken: 1\n";
    for (kernel, slept) in [("4.14", ""), ("3.10", slept), ("2.6.32", slept)] {
        prints("made_of", kernel, &format!("a timer was called with 7\n{rest}\n{slept}printk is a function"));
    }
}

#[test]
fn times_before_5_6() {
    for kernel in ["4.19", "3.10"] {
        prints(
            "time32",
            kernel,
            "the sum: 4 s 4 ns
            the difference: -1 s 999999994 ns
            -1 ns: -1 s 999999999 ns
            normalized: -1 s 500000000 ns
            2 ns later: 2 s 1 ns
            -1 us: -1 s 999999 us
            compared: -4 1 -1 0
            in jiffies: 501 375
            three jiffies: 0 s 12000000 ns
            and 12000 us
            mktime: 946684801
            the system was started before now: 1
            the clock is the system's: -1, no time: -22",
        );
    }
}
