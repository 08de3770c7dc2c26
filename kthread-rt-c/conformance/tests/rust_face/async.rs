//! Calls that are put off, as `questions/async.c` asks of them.

use crate::ask::*;

cases![cookies, in_order, domains];

#[derive(Default)]
struct Call {
    given: AtomicU64,
    seen: AtomicU64,
    is_async: AtomicBool,
    began: Completion,
    go_on: Completion,
    turn: AtomicI64,
}

type Domain = Option<&'static AsyncDomain>;

/// Three calls, which have begun, and how many have ended.
struct Calls {
    calls: &'static [Call; 3],
    ended: &'static AtomicI64,
}

impl Calls {
    fn begin(in_order: bool, domain: Domain) -> Self {
        let calls: &'static [Call; 3] = shared(Default::default());
        let ended = shared(AtomicI64::new(0));
        for call in calls {
            let runs = move |call: &Call, cookie| {
                call.seen.store(cookie, SeqCst);
                call.is_async.store(current_is_async(), SeqCst);
                complete(&call.began);
                wait_for_completion(&call.go_on);
                // What was scheduled before is done by then.
                match domain {
                    Some(domain) if in_order => async_synchronize_cookie_domain(cookie, domain),
                    None if in_order => async_synchronize_cookie(cookie),
                    _ => {}
                }
                call.turn.store(ended.fetch_add(1, SeqCst) + 1, SeqCst);
            };
            let given = match domain {
                Some(domain) => async_schedule_domain(runs, call, domain),
                None => async_schedule(runs, call),
            };
            call.given.store(given, SeqCst);
        }
        calls.iter().for_each(|call| wait_for_completion(&call.began));
        Self { calls, ended }
    }

    fn given(&self, i: usize) -> AsyncCookie {
        self.calls[i].given.load(SeqCst)
    }

    fn go_on(&self, i: usize) {
        complete(&self.calls[i].go_on);
    }

    fn ended(&self) -> i64 {
        self.ended.load(SeqCst)
    }
}

fn cookies() {
    answer!("here is_async={}", int(current_is_async()));
    let calls = Calls::begin(false, None);
    let [first, second, third] = [0, 1, 2].map(|i| calls.given(i));
    answer!(
        "rising={} by_one={} not_zero={}",
        int(first < second && second < third),
        int(second == first + 1),
        int(first != 0)
    );
    for (i, call) in calls.calls.iter().enumerate() {
        let same = int(call.seen.load(SeqCst) == calls.given(i));
        answer!("i={i} same_cookie={same} is_async={}", int(call.is_async.load(SeqCst)));
    }
    calls.go_on(0);
    calls.go_on(1);
    async_synchronize_cookie(third);
    answer!("before_third ended={}", calls.ended());
    calls.go_on(2);
    async_synchronize_full();
    answer!("full ended={}", calls.ended());
}

fn in_order() {
    let own = shared(AsyncDomain::new());
    for domain in [None, Some(own)] {
        let calls = Calls::begin(true, domain);
        (0..3).rev().for_each(|i| calls.go_on(i));
        match domain {
            Some(domain) => async_synchronize_full_domain(domain),
            None => async_synchronize_full(),
        }
        let turns = calls.calls.each_ref().map(|call| call.turn.load(SeqCst).to_string());
        answer!("own_domain={} turns={}", int(domain), turns.join(","));
    }
}

ASYNC_DOMAIN!(static REGISTERED);
ASYNC_DOMAIN_EXCLUSIVE!(static EXCLUSIVE);

fn domains() {
    let calls = Calls::begin(false, Some(&EXCLUSIVE));
    async_synchronize_full();
    async_synchronize_full_domain(&REGISTERED);
    answer!("exclusive full_waited={}", calls.ended());
    (0..3).for_each(|i| calls.go_on(i));
    async_synchronize_full_domain(&EXCLUSIVE);
    answer!("exclusive ended={}", calls.ended());
    for by_domain in [false, true] {
        let calls = Calls::begin(false, Some(&REGISTERED));
        let ended = calls.ended;
        let waiter = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
            if by_domain {
                async_synchronize_full_domain(&REGISTERED);
            } else {
                async_synchronize_full();
            }
            ended.load(SeqCst)
        });
        let early = int(waiter.ended());
        (0..3).for_each(|i| calls.go_on(i));
        answer!("registered by_domain={} early={early} ended={}", int(by_domain), waiter.returned());
        waiter.stop();
    }
}
