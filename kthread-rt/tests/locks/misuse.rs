//! Misuse of locks: reported with the place, and never a silent hang.

use crate::stage::{end_of, run, waiting};
use crate::witness::{Warnings, oopses_are_quiet};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

fn in_kernel(f: impl FnOnce(&Warnings)) {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    f(&warnings);
    warnings.assert_none();
    drop(inside);
    kernel.shutdown();
}

#[track_caller]
fn warned(warnings: &Warnings, kind: WarningKind, call: &str) {
    let warning = warnings.take_one();
    assert_eq!((warning.kind, warning.call.as_str(), warning.file), (kind, call, file!()), "{warning:?}");
}

#[test]
fn locking_a_mutex_again_is_edeadlk_or_a_panic() {
    in_kernel(|warnings| {
        let mutex = RawMutex::new();
        mutex_lock(&mutex);
        assert_eq!(mutex_lock_interruptible(&mutex), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "mutex_lock_interruptible");
        assert_eq!(mutex_lock_killable(&mutex), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "mutex_lock_killable");
        assert!(catch_unwind(AssertUnwindSafe(|| mutex_lock(&mutex))).is_err());
        warned(warnings, WarningKind::Deadlock, "mutex_lock");
        assert_eq!(mutex.owner(), Some(current()), "it holds it once");
        mutex_unlock(&mutex);
        assert!(!mutex_is_locked(&mutex));
    });
}

#[test]
fn a_kthread_that_locks_again_oopses_alone() {
    oopses_are_quiet();
    in_kernel(|warnings| {
        let mutex = Arc::new(KMutex::new(0));
        let task = run("oops", {
            let mutex = mutex.clone();
            move || {
                let _first = mutex.lock();
                let _second = mutex.lock();
                0
            }
        });
        assert_eq!(end_of(&task), -14);
        let kinds: Vec<_> = warnings.take().iter().map(|warning| warning.kind).collect();
        assert_eq!(kinds, [WarningKind::Deadlock, WarningKind::Oops]);
        assert!(mutex.try_lock().is_some(), "its guard let go");
    });
}

#[test]
fn locking_a_rwsem_again_that_the_task_writes_is_edeadlk_or_a_panic() {
    in_kernel(|warnings| {
        let sem = RawRwSemaphore::new();
        down_write(&sem);
        assert_eq!(down_write_killable(&sem), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "down_write_killable");
        assert_eq!(down_read_killable(&sem), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "down_read_killable");
        assert!(catch_unwind(AssertUnwindSafe(|| down_read(&sem))).is_err());
        warned(warnings, WarningKind::Deadlock, "down_read");
        assert!(catch_unwind(AssertUnwindSafe(|| down_write(&sem))).is_err());
        warned(warnings, WarningKind::Deadlock, "down_write");
        up_write(&sem);
        assert!(!rwsem_is_locked(&sem) && !rwsem_is_contended(&sem));
    });
}

#[test]
fn an_unlock_without_a_lock_changes_nothing() {
    in_kernel(|warnings| {
        let (mutex, sem, spin) = (RawMutex::new(), RawRwSemaphore::new(), RawSpinLock::new());
        mutex_unlock(&mutex);
        warned(warnings, WarningKind::LockMisuse, "mutex_unlock");
        up_read(&sem);
        warned(warnings, WarningKind::LockMisuse, "up_read");
        up_write(&sem);
        warned(warnings, WarningKind::LockMisuse, "up_write");
        downgrade_write(&sem);
        warned(warnings, WarningKind::LockMisuse, "downgrade_write");
        // SAFETY: it protects nothing.
        unsafe { spin_unlock(&spin) };
        warned(warnings, WarningKind::LockMisuse, "spin_unlock");
        assert!(mutex_trylock(&mutex) && down_write_trylock(&sem) && spin_trylock(&spin));
        mutex_unlock(&mutex);
        up_write(&sem);
        // SAFETY: locked above.
        unsafe { spin_unlock(&spin) };
    });
}

#[test]
fn an_unlock_of_another_tasks_lock_changes_nothing() {
    in_kernel(|warnings| {
        let locks = Arc::new((RawMutex::new(), RawRwSemaphore::new()));
        mutex_lock(&locks.0);
        down_write(&locks.1);
        let stranger = run("stranger", {
            let locks = locks.clone();
            move || {
                mutex_unlock(&locks.0);
                up_write(&locks.1);
                up_read(&locks.1);
                downgrade_write(&locks.1);
                0
            }
        });
        end_of(&stranger);
        let all = warnings.take();
        let calls: Vec<&str> = all.iter().map(|warning| warning.call.as_str()).collect();
        assert_eq!(calls, ["mutex_unlock", "up_write", "up_read", "downgrade_write"]);
        assert!(
            all.iter().all(|warning| warning.kind == WarningKind::LockMisuse && warning.comm == "stranger")
        );
        assert_eq!(locks.0.owner(), Some(current()));
        assert!(locks.1.is_write_locked());
        mutex_unlock(&locks.0);
        up_write(&locks.1);
    });
}

#[test]
fn the_warning_of_a_task_that_ends_with_a_mutex_names_the_place_and_the_task() {
    in_kernel(|warnings| {
        let mutex = Arc::new(RawMutex::new());
        let forgetful = run("forgetful", {
            let mutex = mutex.clone();
            move || {
                mutex_lock(&mutex);
                0
            }
        });
        end_of(&forgetful);
        let warning = warnings.take_one();
        assert_eq!((warning.kind, warning.comm.as_str()), (WarningKind::LockMisuse, "forgetful"));
        assert_eq!((warning.call.as_str(), warning.file), ("do_exit", file!()));
        assert!(warning.message.contains(&format!("{:#x}", Arc::as_ptr(&mutex).addr())), "{warning:?}");
        let pid = forgetful.pid();
        drop(forgetful);
        assert_eq!(mutex.owner().map(|owner| owner.pid()), Some(pid));
        assert!(!mutex_trylock(&mutex));
    });
}

#[test]
fn a_semaphores_count_stays_at_its_limit() {
    in_kernel(|warnings| {
        let sem = Semaphore::new(Semaphore::MAX_COUNT);
        up(&sem);
        warned(warnings, WarningKind::LockMisuse, "up");
        assert_eq!(sem.count(), Semaphore::MAX_COUNT);
    });
}

#[test]
fn a_percpu_rwsem_reports_relocking_unlocking_and_an_early_end() {
    in_kernel(|warnings| {
        let sem = RawPercpuRwSemaphore::new();
        percpu_up_read(&sem);
        warned(warnings, WarningKind::LockMisuse, "percpu_up_read");
        percpu_up_write(&sem);
        warned(warnings, WarningKind::LockMisuse, "percpu_up_write");
        percpu_down_write(&sem);
        assert!(catch_unwind(AssertUnwindSafe(|| percpu_down_write(&sem))).is_err());
        warned(warnings, WarningKind::Deadlock, "percpu_down_write");
        assert!(catch_unwind(AssertUnwindSafe(|| percpu_down_read(&sem))).is_err());
        warned(warnings, WarningKind::Deadlock, "percpu_down_read");
        percpu_up_read(&sem);
        warned(warnings, WarningKind::LockMisuse, "percpu_up_read");
        percpu_free_rwsem(&sem);
        warned(warnings, WarningKind::LockMisuse, "percpu_free_rwsem");
        percpu_rwsem_acquire(&sem, false);
        warned(warnings, WarningKind::LockMisuse, "percpu_rwsem_acquire");
        percpu_rwsem_release(&sem, false);
        percpu_rwsem_release(&sem, false);
        warned(warnings, WarningKind::LockMisuse, "percpu_rwsem_release");
        percpu_up_write(&sem);
        warned(warnings, WarningKind::LockMisuse, "percpu_up_write");
        percpu_rwsem_acquire(&sem, false);
        percpu_up_write(&sem);
        percpu_rwsem_acquire(&sem, false);
        warned(warnings, WarningKind::LockMisuse, "percpu_rwsem_acquire");
        assert!(!percpu_is_write_locked(&sem));
        percpu_free_rwsem(&sem);
    });
}

#[test]
fn locking_a_rt_mutex_again_is_edeadlk_or_a_panic() {
    in_kernel(|warnings| {
        let lock = RawRtMutex::new();
        rt_mutex_unlock(&lock);
        warned(warnings, WarningKind::LockMisuse, "rt_mutex_unlock");
        rt_mutex_lock(&lock);
        assert_eq!(rt_mutex_lock_interruptible(&lock), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "rt_mutex_lock_interruptible");
        assert_eq!(rt_mutex_lock_killable(&lock), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "rt_mutex_lock_killable");
        assert!(catch_unwind(AssertUnwindSafe(|| rt_mutex_lock(&lock))).is_err());
        warned(warnings, WarningKind::Deadlock, "rt_mutex_lock");
        assert_eq!(lock.owner(), Some(current()), "it holds it once");
        rt_mutex_unlock(&lock);
        assert!(!rt_mutex_base_is_locked(&lock));
    });
}

#[test]
fn a_task_that_would_close_a_circle_of_rt_mutexes_gets_edeadlk_and_the_others_go_on() {
    in_kernel(|warnings| {
        let locks = Arc::new([RawRtMutex::new(), RawRtMutex::new(), RawRtMutex::new()]);
        rt_mutex_lock(&locks[0]);
        // Each holds one, and waits for the previous one.
        let others = [1, 2].map(|number| {
            let locks = locks.clone();
            waiting("links", TASK_UNINTERRUPTIBLE, move || {
                rt_mutex_lock(&locks[number]);
                rt_mutex_lock(&locks[number - 1]);
                rt_mutex_unlock(&locks[number - 1]);
                rt_mutex_unlock(&locks[number]);
                number as i32
            })
        });
        assert_eq!(rt_mutex_lock_interruptible(&locks[2]), Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "rt_mutex_lock_interruptible");
        rt_mutex_unlock(&locks[0]);
        assert_eq!(others.map(|other| end_of(&other)), [1, 2]);
        rt_mutex_lock(&locks[2]);
        rt_mutex_unlock(&locks[2]);
    });
}

#[test]
fn more_locks_than_are_listed_are_counted() {
    in_kernel(|warnings| {
        let locks: Vec<RawMutex> = (0..20).map(|_| RawMutex::new()).collect();
        locks.iter().for_each(mutex_lock);
        assert_eq!(current().held_locks().len(), if Kernel::current().debugs() { 20 } else { 4 });
        locks.iter().for_each(mutex_unlock);
        assert_eq!(current().held_locks(), []);
        warnings.assert_none();
    });
}

#[test]
fn misuse_of_a_ww_mutex_is_reported() {
    in_kernel(|warnings| {
        let (class, other_class) = (WwClass::wait_die(), WwClass::wound_wait());
        let (mutex, other, stranger) =
            (WwMutex::new(&class), WwMutex::new(&class), WwMutex::new(&other_class));
        let ctx = WwAcquireCtx::new(&class);
        // SAFETY: `ctx` outlives the locks' being held.
        let lock = |mutex: &WwMutex| unsafe { ww_mutex_lock(mutex, Some(&ctx)) };
        ww_mutex_unlock(&mutex);
        warned(warnings, WarningKind::LockMisuse, "ww_mutex_unlock");
        assert_eq!(lock(&stranger), Ok(()), "of another class");
        warned(warnings, WarningKind::LockMisuse, "ww_mutex_lock");
        // SAFETY: there is no context.
        assert_eq!(unsafe { ww_mutex_lock(&stranger, None) }, Err(Errno::EDEADLK));
        warned(warnings, WarningKind::Deadlock, "ww_mutex_lock");
        ww_acquire_done(&ctx);
        warnings.assert_none();
        ww_acquire_done(&ctx);
        warned(warnings, WarningKind::LockMisuse, "ww_acquire_done");
        assert_eq!(lock(&mutex), Ok(()), "done, and it locks all the same");
        warned(warnings, WarningKind::LockMisuse, "ww_mutex_lock");
        // SAFETY: `ctx` outlives the locks' being held.
        assert_eq!(unsafe { ww_mutex_lock_slow_interruptible(&mutex, &ctx) }, Err(Errno::EALREADY));
        warned(warnings, WarningKind::LockMisuse, "ww_mutex_lock_slow_interruptible");
        ww_acquire_fini(&ctx);
        warned(warnings, WarningKind::LockMisuse, "ww_acquire_fini");
        ww_mutex_unlock(&mutex);
        ww_mutex_unlock(&stranger);
        ww_acquire_fini(&ctx);
        warned(warnings, WarningKind::LockMisuse, "ww_acquire_fini");
        assert_eq!(lock(&other), Ok(()), "finished, and it locks all the same");
        warned(warnings, WarningKind::LockMisuse, "ww_mutex_lock");
        ww_mutex_unlock(&other);
    });
}

#[test]
fn the_slow_path_with_another_tasks_context_panics() {
    in_kernel(|warnings| {
        let class = WwClass::wound_wait();
        let ctx = WwAcquireCtx::new(&class);
        let address = ptr::from_ref(&ctx).expose_provenance();
        let stranger = run("stranger", move || {
            let lock = WwMutex::new(&WwClass::wound_wait());
            let refused = catch_unwind(AssertUnwindSafe(|| {
                // SAFETY: the context's task waits for this one's end, and does nothing with it
                // meanwhile.
                unsafe { ww_mutex_lock_slow(&lock, &*ptr::with_exposed_provenance::<WwAcquireCtx>(address)) };
            }));
            let message = refused.unwrap_err();
            let message = message.downcast_ref::<&str>().copied().unwrap_or_default();
            assert!(message.contains("the acquire context of another task"), "{message:?}");
            i32::from(ww_mutex_is_locked(&lock))
        });
        assert_eq!(end_of(&stranger), 0);
        let told = warnings.take().iter().map(|told| told.kind).collect::<Vec<_>>();
        assert_eq!(
            told,
            [WarningKind::LockMisuse, WarningKind::BadArgument],
            "no EDEADLK, and not its context"
        );
        ww_acquire_fini(&ctx);
    });
}

#[test]
fn the_calls_after_edeadlk_are_checked() {
    in_kernel(|warnings| {
        let class = Arc::new(WwClass::wait_die());
        let locks = Arc::new([WwMutex::new(&class), WwMutex::new(&class), WwMutex::new(&class)]);
        let older = WwAcquireCtx::new(&class);
        // SAFETY: `older` outlives the lock's being held.
        unsafe { ww_mutex_lock(&locks[0], Some(&older)) }.unwrap();
        let younger = run("younger", {
            let (class, locks) = (class.clone(), locks.clone());
            move || {
                let ctx = WwAcquireCtx::new(&class);
                // SAFETY: `ctx` outlives the locks' being held.
                let lock = |n: usize| unsafe { ww_mutex_lock(&locks[n], Some(&ctx)) };
                assert_eq!(lock(1), Ok(()));
                assert_eq!(lock(0), Err(Errno::EDEADLK));
                assert_eq!(lock(2), Ok(()), "another lock, with one still held");
                ww_mutex_unlock(&locks[1]);
                ww_mutex_unlock(&locks[2]);
                ww_acquire_fini(&ctx);
                0
            }
        });
        assert_eq!(end_of(&younger), 0);
        let all = warnings.take();
        assert!(all.iter().all(|told| told.kind == WarningKind::LockMisuse && told.call == "ww_mutex_lock"));
        assert_eq!(all.len(), 2, "{all:?}");
        ww_mutex_unlock(&locks[0]);
        ww_acquire_fini(&older);
    });
}

#[test]
fn a_context_of_another_task_is_einval() {
    in_kernel(|warnings| {
        let class = WwClass::wound_wait();
        let mutex = WwMutex::new(&class);
        let (kernel, _) = Warnings::of_new_kernel();
        let ctx = {
            let _inside = kernel.enter();
            WwAcquireCtx::new(&class)
        };
        // SAFETY: `ctx` outlives the lock's being held.
        unsafe {
            assert_eq!(ww_mutex_lock(&mutex, Some(&ctx)), Err(Errno::EINVAL));
            warned(warnings, WarningKind::BadArgument, "ww_mutex_lock");
            assert!(!ww_mutex_trylock(&mutex, Some(&ctx)));
            warned(warnings, WarningKind::BadArgument, "ww_mutex_trylock");
        }
        kernel.shutdown();
    });
}
