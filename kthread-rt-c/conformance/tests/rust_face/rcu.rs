//! RCU, as `questions/rcu.c` asks of it.

use crate::ask::*;
use std::sync::mpsc::channel;

cases![waits_for_reader, order, again];

/// A callback that calls a closure: the head is its first field.
#[repr(C)]
struct Callback {
    head: RcuHead,
    function: Box<dyn FnOnce() + Send>,
}

/// `call_rcu` of something that is freed by its callback.
fn call(function: impl FnOnce() + Send + 'static) {
    let callback = Box::into_raw(Box::new(Callback { head: RcuHead::new(), function: Box::new(function) }));
    // SAFETY: the head is valid until the callback, which frees it, and nobody else has it.
    unsafe { call_rcu(callback.cast(), called_back) };
}

unsafe extern "C-unwind" fn called_back(head: *mut RcuHead) {
    // SAFETY: the head is the first field of a `Callback` that `call` has made, and is called back
    // once.
    let callback = unsafe { Box::from_raw(head.cast::<Callback>()) };
    (callback.function)();
}

fn waits_for_reader() {
    let called_after = shared(AtomicBool::new(false));
    for (how, name) in ["synchronize", "barrier"].into_iter().enumerate() {
        let left = shared(AtomicBool::new(false));
        let (inside, is_inside) = channel();
        let (go_on, may_go_on) = channel();
        let reader = thread(move || {
            rcu_read_lock();
            rcu_read_lock();
            rcu_read_unlock();
            inside.send(()).unwrap();
            may_go_on.recv().unwrap();
            left.store(true, SeqCst);
            rcu_read_unlock();
            sleep_until_stopped()
        });
        is_inside.recv().unwrap();
        let ended = shared(Completion::new());
        let seen_left = shared(AtomicBool::new(false));
        let task = thread(move || {
            if how == 0 {
                synchronize_rcu();
            } else {
                call(|| called_after.store(left.load(SeqCst), SeqCst));
                rcu_barrier();
            }
            seen_left.store(left.load(SeqCst), SeqCst);
            complete(ended);
            sleep_until_stopped()
        });
        // Time for one that does not wait.
        schedule_timeout_uninterruptible(5);
        let early = int(completion_done(ended));
        go_on.send(()).unwrap();
        wait_for_completion(ended);
        answer!("{name} early={early} reader_had_left={}", int(seen_left.load(SeqCst)));
        _ = kthread_stop(&reader);
        _ = kthread_stop(&task);
    }
    answer!("callback reader_had_left={}", int(called_after.load(SeqCst)));
}

fn order() {
    let (tell, told) = channel();
    for i in 0..5 {
        let tell = tell.clone();
        call(move || tell.send(i).unwrap());
    }
    rcu_barrier();
    let mut turns = [0; 5];
    for turn in 1..=5 {
        let i: usize = told.recv().unwrap();
        turns[i] = turn;
    }
    answer!("turns={}", turns.map(|turn| turn.to_string()).join(","));
}

fn again() {
    let chained = shared(AtomicI64::new(0));
    let ended = shared(Completion::new());
    fn calls_again(chained: &'static AtomicI64, ended: &'static Completion) {
        if chained.fetch_add(1, SeqCst) + 1 < 3 {
            call(move || calls_again(chained, ended));
        } else {
            complete(ended);
        }
    }
    call(|| calls_again(chained, ended));
    rcu_barrier();
    answer!("first_ran={}", int(chained.load(SeqCst) >= 1));
    wait_for_completion(ended);
    rcu_barrier();
    answer!("chained={}", chained.load(SeqCst));
}
