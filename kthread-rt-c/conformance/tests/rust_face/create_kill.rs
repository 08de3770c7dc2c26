//! Creating threads while the creator has signals, as `questions/create_kill.c` asks of it.

use crate::ask::*;

cases![term, kill_not_allowed, kill, kill_dequeued, kill_blocked, others, not_disturbed, not_inherited];

const TRIES: i32 = 20;

/// Creates threads, never wakes them, and tells what came of it.
fn creates(when: &str) {
    let runs = shared(AtomicI64::new(0));
    let (mut made, mut interrupted, mut other) = (0, 0, 0);
    for i in 0..TRIES {
        let threadfn = |()| {
            runs.fetch_add(1, SeqCst);
            interruptible_until_stopped();
            0
        };
        match kthread_create!(threadfn, (), "made/%d", i) {
            Ok(task) => {
                made += 1;
                _ = kthread_stop(&task);
            }
            Err(Errno::EINTR) => interrupted += 1,
            Err(_) => other += 1,
        }
    }
    answer!("when={when} made={made} interrupted={interrupted} other={other} ran={}", runs.load(SeqCst));
}

fn pending() -> i64 {
    int(signal_pending(&current()))
}

fn fatal() -> i64 {
    int(fatal_signal_pending(&current()))
}

fn send_to_self(signal: i32) {
    let _ = send_sig(signal, &current(), 1);
}

fn term() {
    on_thread(|| {
        creates("none");
        let _ = allow_signal(SIGTERM);
        send_to_self(SIGTERM);
        answer!("pending={} fatal={}", pending(), fatal());
        creates("term");
        answer!("pending={}", pending());
    });
}

fn kill_not_allowed() {
    on_thread(|| {
        send_to_self(SIGKILL);
        answer!("pending={} fatal={}", pending(), fatal());
        creates("kill_not_allowed");
    });
}

fn kill() {
    on_thread(|| {
        let _ = allow_signal(SIGKILL);
        send_to_self(SIGKILL);
        answer!("pending={} fatal={}", pending(), fatal());
        creates("kill");
        answer!("still pending={} fatal={}", pending(), fatal());
        flush_signals(&current());
        creates("flushed");
    });
}

fn kill_dequeued() {
    on_thread(|| {
        let _ = allow_signal(SIGKILL);
        send_to_self(SIGKILL);
        let signal = kernel_dequeue_signal();
        answer!("signal={signal} pending={} fatal={}", pending(), fatal());
        creates("dequeued");
    });
}

fn kill_blocked() {
    on_thread(|| {
        let _ = allow_signal(SIGKILL);
        let old = sigprocmask(SIG_BLOCK, 1 << (SIGKILL - 1)).unwrap();
        send_to_self(SIGKILL);
        answer!("pending={} fatal={}", pending(), fatal());
        creates("kill_blocked");
        let _ = sigprocmask(SIG_SETMASK, old);
        answer!("unblocked pending={} fatal={}", pending(), fatal());
        creates("kill_unblocked");
    });
}

fn others() {
    on_thread(|| {
        let _ = allow_signal(SIGKILL);
        send_to_self(SIGKILL);
        let mut interrupted = [0; 5];
        let stop = |made: Result<Task, Errno>| {
            made.map(|task| {
                _ = kthread_stop(&task);
            })
        };
        // What was made of a worker is destroyed by its drop.
        let creates: [&dyn Fn() -> Result<(), Errno>; 5] = [
            &|| stop(kthread_create_on_node!(|()| 0, (), 0, "on-node")),
            &|| stop(kthread_create_on_cpu!(|()| 0, (), 0, "on-cpu/%u")),
            &|| stop(kthread_run!(|()| 0, (), "run")),
            &|| kthread_create_worker!(0, "worker").map(drop),
            &|| kthread_create_worker_on_cpu!(0, 0, "worker/%u").map(drop),
        ];
        for _ in 0..TRIES {
            for (count, create) in interrupted.iter_mut().zip(creates) {
                *count += int(create() == Err(Errno::EINTR));
            }
        }
        answer!(
            "interrupted on_node={} on_cpu={} run={} worker={} worker_on_cpu={}",
            interrupted[0],
            interrupted[1],
            interrupted[2],
            interrupted[3],
            interrupted[4]
        );
    });
}

fn not_disturbed() {
    on_thread(|| {
        let threadfn = |()| {
            while !kthread_should_stop() {
                kthread_parkme();
                schedule_timeout_interruptible(1);
            }
            14
        };
        let task = kthread_run!(threadfn, (), "parks").unwrap();
        let _ = allow_signal(SIGKILL);
        send_to_self(SIGKILL);
        let parked = int(kthread_park(&task));
        kthread_unpark(&task);
        answer!("park={parked} stop={} pending={}", kthread_stop(&task), pending());
    });
}

fn not_inherited() {
    on_thread(|| {
        let _ = allow_signal(SIGTERM);
        send_to_self(SIGTERM);
        on_thread(|| {
            let before = pending();
            let sent = int(send_sig(SIGTERM, &current(), 1));
            let pending = pending();
            let dequeued = kernel_dequeue_signal();
            answer!("inherited before={before} sent={sent} pending={pending} dequeued={dequeued}");
        });
    });
}
