//! Semaphores whose readers are counted on each cpu, as `questions/percpu_rwsem.c` asks of them.

use crate::ask::*;

cases![states, waits];

DEFINE_PERCPU_RWSEM!(static DEFINED);

type Sem = RawPercpuRwSemaphore;

/// What a reader of another thread gets now.
fn tries(when: &str, sem: &'static Sem) {
    let (read, write) = (percpu_is_read_locked(sem), percpu_is_write_locked(sem));
    let reader = Waiter::begin(None, move || {
        let got = percpu_down_read_trylock(sem);
        if got {
            percpu_up_read(sem);
        }
        got
    });
    answer!("{when} read_locked={} write_locked={} reader_gets={}", int(read), int(write), reader.returned());
    reader.stop();
}

fn states() {
    let mut sem = Sem::new();
    answer!("made={}", int(percpu_init_rwsem(&mut sem)));
    let sem = shared(sem);
    tries("defined", &DEFINED);
    tries("free", sem);
    percpu_down_read(sem);
    tries("read", sem);
    let got = int(percpu_down_read_trylock(sem));
    tries("read_twice", sem);
    percpu_up_read(sem);
    percpu_up_read(sem);
    answer!("try={got}");
    tries("read_no_more", sem);
    percpu_down_write(sem);
    tries("write", sem);
    answer!("own_write try={}", int(percpu_down_read_trylock(sem)));
    percpu_up_write(sem);
    tries("free_again", sem);
    percpu_free_rwsem(sem);
}

/// A reader would get in.
fn open_for_readers(sem: &Sem) -> bool {
    let got = percpu_down_read_trylock(sem);
    if got {
        percpu_up_read(sem);
    }
    got
}

fn waits() {
    let sem: &'static Sem = &DEFINED;
    let write = || {
        let sleeps = Some(TASK_UNINTERRUPTIBLE);
        Waiter::holding(sleeps, move || percpu_down_write(sem), move || percpu_up_write(sem))
    };
    percpu_down_read(sem);
    let writer = write();
    until(|| !open_for_readers(sem));
    let reader = Waiter::holding(
        Some(TASK_UNINTERRUPTIBLE),
        move || percpu_down_read(sem),
        move || percpu_up_read(sem),
    );
    answer!("writer_got_in={} reader_got_in={}", int(writer.ended()), int(reader.ended()));
    tries("writer_waits", sem);
    percpu_up_read(sem);
    writer.returned();
    answer!("writer_in reader_got_in={}", int(reader.ended()));
    writer.let_go();
    writer.stop();
    reader.returned();
    tries("reader_in", sem);
    reader.let_go();
    reader.stop();

    percpu_down_write(sem);
    let writer = write();
    answer!("second_writer_got_in={}", int(writer.ended()));
    percpu_up_write(sem);
    writer.returned();
    writer.let_go();
    writer.stop();
    tries("after", sem);
}
