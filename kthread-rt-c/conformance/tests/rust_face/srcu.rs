//! RCU whose readers may sleep, as `questions/srcu.c` asks of it.

use crate::ask::*;

cases![waits];

static DEFINED: SrcuStruct = SrcuStruct::new();

fn waits() {
    let other = SrcuStruct::new();
    let left = shared(AtomicBool::new(false));
    let (inside, go_on) = (shared(Completion::new()), shared(Completion::new()));
    let reader = thread(|| {
        let section = srcu_read_lock(&DEFINED);
        complete(inside);
        wait_for_completion(go_on);
        left.store(true, SeqCst);
        srcu_read_unlock(&DEFINED, section);
        sleep_until_stopped()
    });
    wait_for_completion(inside);
    // Another one's readers are nothing to this one.
    synchronize_srcu(&other);
    answer!("other reader_had_left={}", int(left.load(SeqCst)));
    let waiter = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), || {
        synchronize_srcu(&DEFINED);
        left.load(SeqCst)
    });
    let early = int(waiter.ended());
    complete(go_on);
    answer!("expedited=0 early={early} reader_had_left={}", waiter.returned());
    _ = kthread_stop(&reader);
    waiter.stop();
}
