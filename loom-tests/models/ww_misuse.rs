//! ww_mutexes (`ww_mutex/mod.rs`, `ww_mutex/context.rs`): refused calls, misuse and guards.
//!
//! A call that is refused, or that breaks a rule for contexts, says so, and changes nothing. Guards
//! unlock when they are dropped.

use super::locks::{address_of, assert_at_rest, held, waiting, with};
use super::ww_mutex::{Pair, gate, lock, lock_alone, try_lock};
use crate::harness::{Bound, Model, in_small_kernel, prepared, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "ww_refused",
        claim: "a refused or misused lock call says why, and changes nothing",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: ww_refused,
    },
    Model {
        name: "ww_warns",
        claim: "each breach of the rules for contexts warns: after done or fini, another class, another lock than the refused one, locks left",
        bound: Bound::Complete,
        outcomes: &["warned"],
        run: ww_warns,
    },
    Model {
        name: "ww_guarded",
        claim: "guards of two contexts exclude each other, and unlock when they are dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: ww_guarded,
    },
];

fn ww_refused() -> String {
    in_small_kernel(|| {
        let pair = Pair::new(WwClass::wound_wait());
        let ctx = pair.context();
        ww_mutex_unlock(&pair.a);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        lock(&pair.a, &ctx).expect("it is free");
        assert_eq!((lock(&pair.a, &ctx), warnings()), (Err(Errno::EALREADY), vec![]));
        assert_eq!((lock_alone(&pair.a), warnings()), (Err(Errno::EDEADLK), vec![WarningKind::Deadlock]));
        assert!(!try_lock(&pair.a, Some(&ctx)) && !try_lock(&pair.a, None));
        assert!(try_lock(&pair.b, Some(&ctx)));
        assert_eq!((ctx.acquired(), held()), (2, vec![address_of(&pair.a), address_of(&pair.b)]));
        ww_mutex_unlock(&pair.b);
        // Another task neither unlocks it nor takes locks with this task's context.
        prepared(|| {
            let foreign = Foreign(&raw const ctx);
            let use_it = move |pair: &Pair| {
                ww_mutex_unlock(&pair.a);
                assert_eq!(warnings(), [WarningKind::LockMisuse]);
                assert_eq!(lock(&pair.a, foreign.get()), Err(Errno::EINVAL));
                assert!(!try_lock(&pair.b, Some(foreign.get())));
                assert_eq!(warnings(), [WarningKind::BadArgument; 2]);
            };
            with(&pair, use_it).join();
        });
        assert!(ww_mutex_is_locked(&pair.a) && !ww_mutex_is_locked(&pair.b));
        // The lock has no context any more.
        let next = pair.context();
        lock(&pair.b, &next).expect("it is free");
        ww_mutex_unlock(&pair.b);
        ww_mutex_unlock(&pair.a);
        assert_eq!((ctx.acquired(), next.acquired()), (0, 0));
        ww_acquire_fini(&ctx);
        ww_acquire_fini(&next);
        assert_at_rest();
        "refused".to_owned()
    })
}

/// A context of another task, which outlives its use.
#[derive(Clone, Copy)]
struct Foreign(*const WwAcquireCtx);

impl Foreign {
    fn get(&self) -> &WwAcquireCtx {
        // SAFETY: as the type says.
        unsafe { &*self.0 }
    }
}

fn ww_warns() -> String {
    in_small_kernel(|| {
        const MISUSE: WarningKind = WarningKind::LockMisuse;
        let pair = Pair::new(WwClass::wait_die());
        assert!(pair.class.is_wait_die() && !WwClass::wound_wait().is_wait_die());
        let class = WwClass::wait_die();
        let other = WwMutex::new(&class);
        // The younger context is refused while another task holds `a` with an older one.
        let older = pair.context();
        lock(&pair.a, &older).expect("it is free");
        let (open, opened) = gate();
        let (refused, _) = waiting(&pair, |pair| {
            let ctx = pair.context();
            // SAFETY: the context outlives the lock.
            unsafe { ww_mutex_lock_slow(&pair.b, &ctx) };
            assert_eq!(warnings(), [MISUSE], "no lock has refused it");
            assert_eq!(lock(&pair.a, &ctx), Err(Errno::EDEADLK));
            ww_mutex_unlock(&pair.b);
            lock(&pair.b, &ctx).expect("it is free");
            assert_eq!(warnings(), [MISUSE], "`a` comes first");
            assert_eq!(lock(&pair.a, &ctx), Err(Errno::EDEADLK));
            opened();
            lock(&pair.a, &ctx).expect("it is free");
            assert_eq!(warnings(), [MISUSE], "`b` is still held");
            ww_mutex_unlock(&pair.a);
            ww_mutex_unlock(&pair.b);
            ww_acquire_fini(&ctx);
            assert_eq!(warnings(), []);
        });
        prepared(|| {
            ww_mutex_unlock(&pair.a);
            open();
            refused.join();
        });
        lock(&pair.a, &older).expect("it is free");
        lock(&other, &older).expect("it is free");
        assert_eq!(warnings(), [MISUSE], "it is of another class");
        ww_mutex_unlock(&other);
        ww_acquire_done(&older);
        assert_eq!(warnings(), []);
        ww_acquire_done(&older);
        assert_eq!(warnings(), [MISUSE], "it was done before");
        lock(&pair.b, &older).expect("it is free");
        assert_eq!(warnings(), [MISUSE], "it is done");
        ww_mutex_unlock(&pair.b);
        ww_acquire_fini(&older);
        assert_eq!(warnings(), [MISUSE], "it holds a lock");
        ww_mutex_unlock(&pair.a);
        ww_acquire_fini(&older);
        assert_eq!(warnings(), [MISUSE], "it was finished before");
        lock(&pair.a, &older).expect("it is free");
        assert_eq!(warnings(), [MISUSE], "it is finished");
        ww_mutex_unlock(&pair.a);
        assert_at_rest();
        "warned".to_owned()
    })
}

fn ww_guarded() -> String {
    in_small_kernel(|| {
        let class = Arc::new(WwClass::wound_wait());
        let shared = Arc::new((KWwMutex::new(&class, 0), class));
        let count = |shared: &(KWwMutex<u32>, Arc<WwClass>)| {
            shared.1.acquire(|ctx| {
                let mut guard = shared.0.lock(ctx).expect("without locks nothing refuses it");
                *guard += 1;
                *guard
            })
        };
        let other = with(&shared, count);
        let mine = count(&shared);
        assert_eq!(mine + other.join(), 3);
        assert!(!shared.0.is_locked());
        drop(shared.0.lock_alone());
        assert!(shared.0.try_lock_alone().is_some());
        assert!(!shared.0.is_locked());
        assert_at_rest();
        mine.to_string()
    })
}
